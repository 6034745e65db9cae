"""The organiser's folder is old or new at every instant, and never read beyond its bounds."""

import datetime as dt
import errno
import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from faults import Faults, Killed, each_fault

from linksync.custody.keys import PublicKey, Signer
from linksync.custody.relay import relay_from_bytes
from linksync.custody.roster import read_roster
from linksync.errors import LinksyncError, MediumError, RefusedError
from linksync.machine.key_files import load_signer, new_key
from linksync.relay.desk import add_party, new_relay, read_relay, sign
from linksync.relay.draft import draft
from linksync.relay.folder import locked, organiser_fingerprint, read_signed

TODAY = dt.date(2026, 11, 24)


@pytest.fixture
def signer(tmp_path: Path) -> Signer:
    new_key(tmp_path / "org", comment="", passphrase=None)
    return load_signer(tmp_path / "org", passphrase=None)


def another_key(number: int) -> PublicKey:
    """A key that nobody signs with."""
    private = Ed25519PrivateKey.from_private_bytes(number.to_bytes(32, "big"))
    return PublicKey(private.public_key().public_bytes_raw())


def begin(folder: Path, signer: Signer) -> Path:
    new_relay(folder, id_="estafette", name="De Estafette", organiser=("org", "Org"), key=signer.public, today=TODAY)
    return folder


def add_host(folder: Path, number: int = 1) -> None:
    add_party(folder, "hosts", id_=f"host-{number}", name="Host", key=another_key(number))


def test_a_draft_is_a_relay(signer: Signer) -> None:
    text = draft(id_="x", name="X", organiser=("org", "Org"), key=signer.public, today=TODAY)
    relay = relay_from_bytes(text.encode())
    assert (relay.period.from_, relay.organiser.public_keys) == (TODAY, (signer.public,))
    assert (relay.hosts, relay.archives, relay.archivists, relay.stops, relay.revoked) == ((), (), (), (), ())


def test_every_example_in_the_draft_is_right_once_the_hash_is_gone(signer: Signer) -> None:
    text = draft(id_="x", name="X", organiser=("org", "Org"), key=signer.public, today=TODAY)
    key, seal = another_key(1), "ab" * 32
    lines = []
    for line in text.splitlines():
        example = line.startswith("#   ") and not line.startswith("#   linksync")
        lines.append(line[2:] if example else line)
    filled = "\n".join(lines) + "\n"
    for name in ("hosts", "stops", "revoked"):
        filled = filled.replace(f"{name}: []\n", "")
    filled = filled.replace("  - id: gemeente", "hosts:\n  - id: gemeente").replace("  - date:", "stops:\n  - date:")
    filled = filled.replace('  - key: "SHA256:..."', f"revoked:\n  - key: {another_key(2).fingerprint}")
    filled = filled.replace("ssh-ed25519 AAAA...", key.line).replace("64 tekens / characters", seal)
    relay = relay_from_bytes(filled.encode())
    assert [host.id for host in relay.hosts] == ["gemeente-assen"]
    assert [stop.place for stop in relay.stops] == ["Assen"]
    assert relay.revoked[0].last_good == {"0123456789abcdef0123456789abcdef": seal}


def test_the_fingerprint_for_the_label_is_that_of_version_1(tmp_path: Path, signer: Signer) -> None:
    folder = begin(tmp_path / "relay", signer)
    with pytest.raises(RefusedError, match="relay-not-signed"):
        organiser_fingerprint(folder)
    sign(folder, signer)
    assert organiser_fingerprint(folder) == signer.public.fingerprint


def test_the_versions_are_read_in_order(tmp_path: Path, signer: Signer) -> None:
    folder = begin(tmp_path / "relay", signer)
    assert read_signed(folder) == ()
    for number in range(1, 4):
        add_host(folder, number)
        assert sign(folder, signer).version.number == number
    read = read_signed(folder)
    assert [one.name for one in read] == ["0001", "0002", "0003"]
    roster, found = read_roster(read)
    assert len(roster.versions) == 3
    assert found == []


def test_a_link_in_place_of_the_versions_is_not_followed(tmp_path: Path, signer: Signer) -> None:
    folder = begin(tmp_path / "relay", signer)
    sign(folder, signer)
    os.rename(folder / "linksync", tmp_path / "elders")
    (folder / "linksync").symlink_to(tmp_path / "elders")
    with pytest.raises(MediumError, match="relay-unreadable"):
        read_signed(folder)


def test_the_next_version_counts_on_from_one_that_somebody_else_signed(tmp_path: Path, signer: Signer) -> None:
    folder = begin(tmp_path / "relay", signer)
    sign(folder, signer)
    add_host(folder)
    _, roster, unsigned = read_relay(folder)
    assert unsigned
    assert len(roster.versions) == 1
    signed = sign(folder, signer)
    assert signed.anew
    assert signed.version.relay.hosts[0].id == "host-1"
    assert not sign(folder, signer).anew


def test_two_who_add_at_once_both_stand_in_the_page(tmp_path: Path, signer: Signer) -> None:
    folder = begin(tmp_path / "relay", signer)
    threads = [threading.Thread(target=add_host, args=(folder, number)) for number in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    relay, _, _ = read_relay(folder)
    assert sorted(host.id for host in relay.hosts) == [f"host-{number}" for number in range(1, 9)]


def test_what_a_run_that_was_cut_off_left_is_cleared_and_nothing_else(tmp_path: Path, signer: Signer) -> None:
    folder = begin(tmp_path / "relay", signer)
    sign(folder, signer)
    (folder / ".new-0123456789ab").write_bytes(b"half")
    (folder / "linksync/relay/.new-0123456789ab/linksync").mkdir(parents=True)
    (folder / ".new-year.txt").write_bytes(b"van iemand")
    with locked(folder):
        pass
    assert sorted(os.listdir(folder)) == [".new-year.txt", "linksync", "relay.yaml"]
    assert os.listdir(folder / "linksync/relay") == ["0001"]


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".new-" not in str(path)
    }


FAULTS: dict[str, dict[str, object]] = {
    "one call fails": {"error": errno.EIO},
    "the disk is full": {"error": errno.ENOSPC, "stay_dead": True},
    "the power goes": {"torn": True},
    "killed": {"killed": True},
}

ACTS: dict[str, Callable[[Path, Signer], object]] = {
    "sign": sign,
    "add": lambda folder, _signer: add_host(folder, 7),
}


# A page is put over another by a rename, which a journalled disk makes old or new; that is not played by "the power".
@pytest.mark.parametrize(
    ("act", "how"), [(act, how) for act in ACTS for how in FAULTS if (act, how) != ("add", "the power goes")]
)
def test_every_call_that_fails_leaves_old_or_new_and_the_next_run_finishes(
    tmp_path: Path, signer: Signer, act: str, how: str
) -> None:
    def fresh(number: int) -> Path:
        folder = begin(tmp_path / f"{number}", signer)
        sign(folder, signer)
        add_host(folder)
        return folder

    wanted = fresh(0)
    old = contents(wanted)
    ACTS[act](wanted, signer)
    new = contents(wanted)
    runs = 0
    for number, faults in enumerate(each_fault(lambda n: Faults(fresh(n), fail_at=n, **FAULTS[how])), 1):  # type: ignore[arg-type]
        folder = tmp_path / str(number)
        try:
            with faults:
                ACTS[act](folder, signer)
        except (LinksyncError, Killed):
            pass
        now = contents(folder)
        assert now in (old, new), faults.calls[-1]
        if now == old:
            ACTS[act](folder, signer)
        else:
            sign(folder, signer) if act == "sign" else read_relay(folder)
        assert contents(folder) == new
        runs += 1
    assert runs > 5
