# What tests/try and tests/all share: the Python environment in .venv and the Debian packages that the tests need.
# To be sourced by bash, in the checkout. It asks for nothing and never calls sudo: what it may not install, it names.
# shellcheck shell=bash

export PATH="$PATH:/usr/sbin:/sbin"
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore

say() { printf '%s\n' "$*" >&2; }

stop() {
    say "$@"
    exit 2
}

# apt_install PACKAGE...: installs as root, else says what to install.
apt_install() {
    if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
        stop "Missing here: $*. On Debian or Ubuntu, as root: apt-get install $*"
    fi
    say "Installing Debian packages: $*"
    local log
    log=$(mktemp)
    if ! { apt_get update && apt_get install --no-install-recommends "$@"; } >"$log" 2>&1; then
        cat "$log" >&2
        stop "These Debian packages could not be installed: $*"
    fi
    rm -f "$log"
}

apt_get() { DEBIAN_FRONTEND=noninteractive apt-get -y -q -o DPkg::Lock::Timeout=300 "$@"; }

# find_python: prints the first Python that is new enough.
find_python() {
    local name
    for name in python3 python3.14 python3.13 python3.12 python3.11; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$name"
            return
        fi
    done
    stop "Python 3.11 or later is missing here. On Debian 12, as root: apt-get install python3-venv"
}

# make_venv: makes .venv, anew where it is broken or was made for a checkout that stood elsewhere.
make_venv() {
    local python
    if .venv/bin/python -c 'import pip' 2>/dev/null && grep -qsF " $PWD/.venv" .venv/pyvenv.cfg; then
        return
    fi
    if [ ! -w . ] || { [ -e .venv ] && [ ! -w .venv ]; }; then
        stop "$PWD or its .venv belongs to somebody else: clone linksync for yourself, or ask its owner"
    fi
    python=$(find_python)
    "$python" -c 'import ensurepip, venv' 2>/dev/null || apt_install python3-venv
    say "Making the Python environment .venv"
    "$python" -m venv --clear .venv
}

# set_up run|dev: linksync in .venv, for use or for tests; quick when nothing has changed since.
set_up() {
    local done=.venv/linksync-set-up state extra=
    make_venv
    state=$(sha256sum <pyproject.toml)
    if ! grep -qsxF -e "$1 $state" -e "dev $state" "$done"; then
        [ "$1" = run ] || extra="[$1]"
        say "Installing linksync$extra in .venv; the first time this takes about a minute"
        .venv/bin/python -m pip install --quiet --editable ".$extra"
        echo "$1 $state" >"$done"
    fi
    # as pip does: where Python may not write it down, each start compiles; somebody else's checkout stays as it is
    .venv/bin/python -m compileall -q linksync || true
}

# debian_packages [LIST]...: every package of the lists, tests/debian-packages.txt by default, whose program (or file,
# given by its path) is not there.
debian_packages() {
    local package program missing=()
    [ $# -gt 0 ] || set -- tests/debian-packages.txt
    while read -r package program _; do
        case $package in '' | '#'*) continue ;; esac
        command -v "$program" >/dev/null || [ -e "$program" ] || missing+=("$package")
    done < <(cat "$@")
    [ ${#missing[@]} = 0 ] || apt_install "${missing[@]}"
}
