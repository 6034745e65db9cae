#!/bin/sh
# Check a Link with OpenSSH and sha256sum alone. / Een Link nakijken met alleen OpenSSH en sha256sum.
#
#   sh nakijken.sh /media/LINK 'SHA256:...'
#
# The fingerprint stands on the label of the sculpture, not on the stick. Nothing is written to the stick.
# Ends with 0: all is well; 20: all is well, and there are files that no hand-off has sealed yet; 1: something is wrong.

set -u
LC_ALL=C
export LC_ALL
cd -- "${1:-.}" || exit 1
label=${2:-}
wrong=0
known=$(mktemp -d) || exit 1
trap 'rm -rf "$known"' EXIT
: > "$known/names"

say() { printf '%s\n' "$*" | cat -v; }
bad() { wrong=1; say "WRONG / FOUT: $*"; }

if sha256sum --version > /dev/null 2>&1; then
    sums() { sha256sum --strict -c "$1" 2>&1; }
else
    sums() { shasum -a 256 --strict -c "$1" 2>&1; }
fi

# A value that stands on a line of its own in a handoff.yaml.
field() { sed -n "s/^$2: *[\"']\{0,1\}\([a-z0-9-]*\)[\"']\{0,1\} *\$/\1/p" "$1"; }

# Whether a list names a path.
names() { cut -b67- "$1" | grep -Fqx -e "$2"; }

# A list: plain file, well-formed lines, no path that leaves the stick, every hash right. Its names are noted.
check() {
    if [ ! -f "$1" ] || [ -L "$1" ]; then
        bad "$1 is missing"
        return 1
    fi
    if grep -q -v '^[0-9a-f]\{64\}  [^/]' "$1" || cut -b67- "$1" | grep -q -e '^\.\.$' -e '^\.\./' -e '/\.\./' -e '/\.\.$'; then
        bad "$1 names what a list may not name; it is not followed"
        return 1
    fi
    cut -b67- "$1" >> "$known/names"
    told=$(sums "$1" < /dev/null) && return 0
    bad "$1 does not agree with the files"
    printf '%s\n' "$told" | grep -v ': OK$' | cat -v
    return 1
}

# A signature: folder, allowed_signers, who, namespace. Prints the fingerprint of the key.
signed() {
    told=$(ssh-keygen -Y verify -f "$2" -I "$3" -n "$4" -s "$1/seal.sha256.sig" < "$1/seal.sha256" 2>&1) || return 1
    printf '%s\n' "$told" | sed -n 's/^Good .* key \(SHA256:[A-Za-z0-9+\/]*\)$/\1/p'
}

# Whether a signature is there in full; a stick that was pulled out too early leaves half of one.
in_full() { [ -f "$1/seal.sha256.sig" ] && grep -q '^-----END SSH SIGNATURE-----$' "$1/seal.sha256.sig"; }

if [ ! -d linksync ] || [ -L linksync ]; then
    bad "this is not a Link"
    exit 1
fi
[ -z "$(find linksync ! -type f ! -type d)" ] || bad "linksync/ holds something that is neither file nor folder"

# 1. The relay's versions. Version 1 is judged by its own allowed_signers, each next one by the version before.
relays=" " before="" newest=0
for folder in linksync/relay/[0-9][0-9][0-9][0-9]; do
    version=${folder##*/}
    in_full "$folder" || { say "note: $folder was cut off and does not count"; continue; }
    signers=${before:-$folder}/allowed_signers
    if [ "$version" != "$(printf '%04d' $((newest + 1)))" ]; then
        bad "relay version $version does not follow $newest"
        break
    fi
    key=""
    for who in $(sed -n 's/^\([a-z0-9-]*\) namespaces="[^"]*linksync-relay-v1[^"]*" .*/\1/p' "$signers" | sort -u); do
        [ -n "$key" ] || key=$(signed "$folder" "$signers" "$who" linksync-relay-v1)
    done
    [ -n "$key" ] || { bad "signature of $folder"; break; }
    names "$folder/seal.sha256" "$folder/allowed_signers" || { bad "$folder/allowed_signers is not sealed"; break; }
    [ -z "$before" ] || names "$folder/seal.sha256" "$before/seal.sha256" || { bad "$folder follows another version"; break; }
    check "$folder/seal.sha256" || break
    printf '%s\n' "$folder/seal.sha256" "$folder/seal.sha256.sig" >> "$known/names"
    if [ -z "$before" ]; then
        say "organiser / organisator: $key"
        [ -n "$label" ] || say "    Compare this with the label. / Vergelijk dit met het label."
        [ -z "$label" ] || [ "$label" = "$key" ] || bad "the label says $label"
    fi
    before=$folder newest=$((newest + 1)) relays="$relays$version "
done
[ "$newest" -gt 0 ] || { bad "no version of the relay stands"; exit 1; }

# 2. The hand-offs, oldest first. Each seal names the seal before it and the relay version that judges it.
version_of() { sed -n 's/^[0-9a-f]\{64\}  linksync\/relay\/\([0-9]\{4\}\)\/seal\.sha256$/\1/p' "$1/seal.sha256"; }
before_of() { sed -n 's/^[0-9a-f]\{64\}  \(linksync\/handoffs\/[0-9]\{6\}-[a-z0-9-]*\)\/seal\.sha256$/\1/p' "$1/seal.sha256"; }

# The chain leads from the newest hand-off back. What an older relay version let stand beside it does not count: a key
# may have been revoked since.
head="" headnumber="" headversion=0
for folder in linksync/handoffs/*; do
    in_full "$folder" || continue
    name=${folder##*/} version=$(version_of "$folder")
    if [ "${name%%-*}" != "$headnumber" ] || [ "${version:-0}" -gt "$headversion" ]; then
        head=$folder headnumber=${name%%-*} headversion=${version:-0}
    fi
done
chain=" "
while [ -n "$head" ] && [ -f "$head/seal.sha256" ]; do
    case $chain in *" $head "*) break ;; esac
    chain="$chain$head " head=$(before_of "$head")
done

last="" link="" number=0 lowest=0
for folder in linksync/handoffs/*; do
    name=${folder##*/}
    in_full "$folder" || { say "note: $folder was cut off and does not count"; continue; }
    version=$(version_of "$folder")
    holder=$(field "$folder/handoff.yaml" holder)
    case $relays in *" $version "*) ;; *) bad "$folder names a relay version that does not stand"; continue ;; esac
    case $holder in "" | *[!a-z0-9-]*) bad "$folder does not say who signs"; continue ;; esac
    key=$(signed "$folder" "linksync/relay/$version/allowed_signers" "$holder" linksync-handoff-v1)
    [ -n "$key" ] || { bad "signature of $folder by $holder"; continue; }
    check "$folder/seal.sha256"
    printf '%s\n' "$folder/seal.sha256" "$folder/seal.sha256.sig" >> "$known/names"
    names "$folder/seal.sha256" "$folder/handoff.yaml" || bad "$folder/handoff.yaml is not sealed"
    case $chain in
    *" $folder "*) ;;
    *) if [ "$version" -lt "$headversion" ]; then say "note: $folder stands beside the chain"; continue; fi ;;
    esac
    [ -z "$last" ] || names "$folder/seal.sha256" "$last/seal.sha256" || bad "$folder does not follow $last"
    number=$((number + 1))
    again=${name#"$(printf '%06d' "$number")-$holder"}
    case $again in "" | -[1-9] | -[1-9][0-9]) ;; *) bad "hand-off $number by $holder expected, $name found" ;; esac
    [ -n "$last" ] || grep -q "^$holder namespaces=\"[^\"]*linksync-relay-v1" "linksync/relay/$version/allowed_signers" ||
        bad "the first hand-off is not the organiser's"
    [ "$version" -ge "$lowest" ] || bad "$folder goes back to relay version $version"
    lowest=$version
    [ "${link:=$(field "$folder/handoff.yaml" link)}" = "$(field "$folder/handoff.yaml" link)" ] || bad "$folder is of another Link"
    say "$name: signed by / getekend door $holder"
    last=$folder
done
[ -n "$last" ] || { bad "no hand-off stands"; exit 1; }

# 3. The files. The last hand-off seals state.sha256, which seals the two manifests, which name every file.
state=$last/state.sha256
if [ -e "$state" ]; then
    names "$last/seal.sha256" "$state" || bad "$state is not sealed"
    check "$state"
fi
for list in manifest-sha256.txt linksync/outside-sha256.txt; do
    [ -e "$list" ] || continue
    names "$state" "$list" || bad "$list is not sealed"
    check "$list"
done

# 4. What stands on the stick and is named nowhere: sha256sum does not see it.
printf '%s\n' START-HIER.html START-HIER.txt bagit.txt bag-info.txt tagmanifest-sha256.txt \
    manifest-sha256.txt linksync/outside-sha256.txt >> "$known/names"
sort -u "$known/names" > "$known/sorted"
find . \( -type d \( -ipath './$RECYCLE.BIN' -o -ipath './System Volume Information' -o -ipath './FOUND.[0-9][0-9][0-9]' \
    -o -ipath './.Trashes' -o -ipath './.fseventsd' -o -ipath './.Spotlight-V100' -o -ipath './.TemporaryItems' \
    -o -ipath './.DocumentRevisions-V100' -o -ipath './.Trash-[0-9]*' -o -ipath './lost+found' \) \
    -o -path ./linksync/receipts -o -path ./linksync/decisions \) -prune -o -type f -print |
    sed 's/^\.\///' | sort > "$known/here"
comm -13 "$known/here" "$known/sorted" > "$known/away"
for list in START-HIER.html START-HIER.txt bagit.txt bag-info.txt tagmanifest-sha256.txt \
    manifest-sha256.txt linksync/outside-sha256.txt; do
    grep -Fvx -e "$list" "$known/away" > "$known/rest"
    mv "$known/rest" "$known/away"
done
if [ -s "$known/away" ]; then
    bad "named in a list, and not a plain file here:"
    sed 's/^/    /' "$known/away" | cat -v
fi
comm -23 "$known/here" "$known/sorted" > "$known/new"
if [ -s "$known/new" ]; then
    say "note: not sealed by any hand-off yet / nog door geen overdracht verzegeld:"
    sed 's/^/    /' "$known/new" | cat -v
fi

if [ "$wrong" -ne 0 ]; then
    say "SOMETHING IS WRONG. Do not rely on this stick; show this to the organiser."
    say "ER KLOPT IETS NIET. Vertrouw niet op deze stick; laat dit zien aan de organisatie."
    exit 1
fi
say "ALL IS WELL: $number hand-offs, the last is ${last##*/}."
say "ALLES KLOPT: $number overdrachten, de laatste is ${last##*/}."
[ ! -s "$known/new" ] || exit 20
