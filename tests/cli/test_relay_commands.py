"""``linksync relay``: an organiser's afternoon, and everything that can go wrong in it."""

import json
import os
import shlex
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from media import need
from running import Terminal, run

from linksync.cli.main import main
from linksync.machine.key_files import load_public, new_key


def invoke(*arguments: object, **variables: str) -> Result:
    return CliRunner(env=variables).invoke(main, ["relay", *map(str, arguments)])


@dataclass(frozen=True, slots=True)
class Desk:
    """An organiser's folder, with keys beside it."""

    root: Path

    @property
    def folder(self) -> Path:
        return self.root / "estafette"

    @property
    def page(self) -> Path:
        return self.folder / "relay.yaml"

    def key(self, name: str) -> Path:
        path = self.root / name
        if not path.exists():
            new_key(path, comment=name, passphrase=None)
        return path

    def public(self, name: str) -> Path:
        return Path(f"{self.key(name)}.pub")

    def add(self, what: str, id_: str, *more: object, key: Path | None = None) -> Result:
        public = key or self.public(id_)
        return invoke(f"add-{what}", self.folder, "--id", id_, "--name", f"De {id_}", "--key", public, *more)

    def sign(self, name: str = "org", *more: object) -> Result:
        return invoke("sign", self.folder, "--key", self.key(name), *more)

    def everything(self) -> dict[str, bytes]:
        return {
            str(path.relative_to(self.folder)): path.read_bytes()
            for path in sorted(self.folder.rglob("*"))
            if path.is_file()
        }


def begin(tmp_path: Path) -> Desk:
    desk = Desk(tmp_path)
    result = invoke("new", desk.folder, "--id", "estafette", "--name", "De Estafette", "--key", desk.key("org"))
    assert result.exit_code == 0, result.output
    return desk


def refused(result: Result, told: str, status: int = 1) -> None:
    """One sentence on stderr, with what it is about; nothing on stdout."""
    assert result.exit_code == status, result.output
    assert result.stdout == ""
    assert result.stderr.count("\n") == 1
    assert told in result.stderr


def test_an_afternoon_at_the_desk(tmp_path: Path) -> None:
    desk = begin(tmp_path)
    assert desk.add("host", "gemeente-assen", "--place", "Assen").exit_code == 0
    assert desk.add("archive", "archief").exit_code == 0
    assert desk.add("archivist", "archivaris").exit_code == 0
    assert "Version 1 is signed." in desk.sign().stdout
    told = json.loads(invoke("show", desk.folder, "--json").stdout)
    assert told["id"] == "estafette"
    assert [one["id"] for one in told["hosts"]] == ["gemeente-assen"]
    assert [one["number"] for one in told["versions"]] == [1]
    assert told["unsigned_changes"] is False
    shown = invoke("show", desk.folder, "--language", "nl").stdout
    for word in ("De Estafette", "gemeente-assen", "archief", "archivaris", "versie 1", told["fingerprint"]):
        assert word in shown


def test_a_host_that_was_added_counts_with_the_next_version(tmp_path: Path) -> None:
    desk = begin(tmp_path)
    desk.sign()
    desk.add("host", "gemeente-assen")
    shown = invoke("show", desk.folder).stdout
    assert "version 1; relay.yaml changed since" in shown
    assert json.loads(desk.sign("org", "--json").stdout)["version"] == 2


def test_adding_a_host_says_the_command_that_makes_it_count(tmp_path: Path) -> None:
    (tmp_path / "een map").mkdir()
    desk = begin(tmp_path / "een map")
    told = desk.add("host", "gemeente-assen").stdout.splitlines()[-1]
    words = shlex.split(told.removeprefix("It counts once you sign: "))
    assert words == ["linksync", "relay", "sign", str(desk.folder), "--key", "FILE"]
    assert invoke(*words[2:-1], desk.key("org")).exit_code == 0


def test_signing_what_was_signed_says_so_and_signs_nothing(tmp_path: Path) -> None:
    desk = begin(tmp_path)
    desk.sign()
    before = desk.everything()
    again = desk.sign("org", "--language", "nl")
    assert again.exit_code == 0
    assert "Er is niets veranderd sinds versie 1" in again.stdout
    assert desk.everything() == before


def test_openssh_and_sha256sum_verify_every_version(tmp_path: Path) -> None:
    desk = begin(tmp_path)
    desk.sign()
    desk.add("host", "gemeente-assen")
    desk.sign()
    for version, judge in ((1, 1), (2, 1)):
        seal = desk.folder / f"linksync/relay/{version:04}/seal.sha256"
        signers = desk.folder / f"linksync/relay/{judge:04}/allowed_signers"
        command = [need("ssh-keygen"), "-Y", "verify", "-f", str(signers), "-I", "organisatie"]
        command += ["-n", "linksync-relay-v1", "-s", f"{seal}.sig"]
        subprocess.run(command, check=True, input=seal.read_bytes(), capture_output=True)
        checked = ["sha256sum", "--strict", "-c", str(seal)]
        subprocess.run(checked, check=True, cwd=desk.folder, capture_output=True)


def test_what_people_wrote_in_the_page_stays(tmp_path: Path) -> None:
    desk = begin(tmp_path)
    text = desk.page.read_text().replace("hosts: []", "# onze gastheren, op volgorde\nhosts: []  # nog leeg")
    desk.page.write_text(text)
    desk.add("host", "gemeente-assen")
    desk.add("host", "school-emmen")
    after = desk.page.read_text()
    for line in text.replace("hosts: []  # nog leeg", "").splitlines():
        assert line in after
    assert "# nog leeg" in after


def test_the_draft_explains_itself_in_two_languages(tmp_path: Path) -> None:
    page = begin(tmp_path).page.read_text()
    for word in ("Wie de Link ontvangt", "Who receives the Link", "Een gestolen sleutel", "A stolen key"):
        assert word in page


def test_the_label_shows_the_fingerprint_and_is_drawn_again_when_asked(tmp_path: Path) -> None:
    desk = begin(tmp_path)
    desk.sign()
    told = json.loads(invoke("label", desk.folder, "--json").stdout)
    drawing = desk.folder / "label.svg"
    assert told["organiser"] in drawing.read_text()
    shown = invoke("label", desk.folder, "--url", "https://estafette.example/nakijken")
    assert shown.exit_code == 0
    assert told["organiser"] in shown.stdout
    assert "▄" in shown.stdout
    assert "https://estafette.example/nakijken" in drawing.read_text()


def test_the_label_stays_the_same_when_the_organiser_changes_keys(tmp_path: Path) -> None:
    desk = begin(tmp_path)
    desk.sign()
    before = json.loads(invoke("label", desk.folder, "--json").stdout)["organiser"]
    line = desk.public("nieuw").read_text().split(" nieuw")[0]
    page = desk.page.read_text()
    old = desk.public("org").read_text().split(" org")[0]
    desk.page.write_text(page.replace(old, line))
    assert desk.sign("org").exit_code == 0
    assert json.loads(invoke("label", desk.folder, "--json").stdout)["organiser"] == before
    refused_by_version_2 = desk.add("host", "gemeente-assen")
    assert refused_by_version_2.exit_code == 0
    refused(desk.sign("org"), "may not sign version 3")
    assert desk.sign("nieuw").exit_code == 0


# What is refused.


def test_a_folder_that_holds_a_relay_is_left_alone(tmp_path: Path) -> None:
    desk = begin(tmp_path)
    before = desk.everything()
    again = invoke("new", desk.folder, "--id", "anders", "--name", "Anders", "--key", desk.key("org"))
    refused(again, str(desk.folder))
    assert desk.everything() == before


@pytest.mark.parametrize("id_", ["De Estafette", "é", "", "a--b", "-a", "x" * 65, "..", "a/b"])
def test_an_id_that_is_none_is_refused_before_anything_is_made(tmp_path: Path, id_: str) -> None:
    desk = Desk(tmp_path)
    result = invoke("new", desk.folder, "--id", id_, "--name", "x", "--key", desk.key("org"))
    refused(result, "cannot be an id")
    assert not desk.folder.exists()


@pytest.mark.parametrize("name", ["", "x" * 201])
def test_a_name_that_is_empty_or_too_long_is_refused(tmp_path: Path, name: str) -> None:
    desk = Desk(tmp_path)
    refused(invoke("new", desk.folder, "--id", "x", "--name", name, "--key", desk.key("org")), "name")
    assert not desk.folder.exists()


@pytest.mark.parametrize(
    "name", ['"; hosts: [] #', "&anker *ster", "één: naam # geen commentaar", "- x", "\\n", "\u202eomgekeerd"]
)
def test_a_name_with_signs_of_yaml_is_only_a_name(tmp_path: Path, name: str) -> None:
    desk = Desk(tmp_path)
    result = invoke("new", desk.folder, "--id", "x", "--name", name, "--key", desk.key("org"))
    assert result.exit_code == 0, result.output
    told = json.loads(invoke("show", desk.folder, "--json").stdout)
    assert told["name"] in {name, name.replace("\u202e", "\\xe2\\x80\\xae")}
    assert told["hosts"] == []


def test_a_name_whose_bytes_are_no_text_is_shown_as_bytes(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    ran = run("relay", "new", str(desk.folder), "--id", "x", "--key", str(desk.key("org")), "--name", "caf\udce9")
    assert ran.status == 0, ran.err
    assert "name: caf\\xe9" in desk.page.read_text()


@pytest.mark.parametrize("what", ["host", "archive", "archivist"])
def test_the_same_id_or_key_twice_is_refused_with_a_sentence(tmp_path: Path, what: str) -> None:
    desk = begin(tmp_path)
    desk.add(what, "gemeente-assen")
    before = desk.everything()
    refused(desk.add(what, "gemeente-assen", key=desk.public("ander")), "De gemeente-assen")
    refused(desk.add(what, "ander", key=desk.public("gemeente-assen")), "under gemeente-assen")
    assert desk.everything() == before


def test_a_host_cannot_be_the_organiser_but_an_archive_may_have_a_hosts_id(tmp_path: Path) -> None:
    desk = begin(tmp_path)
    refused(desk.add("host", "organisatie", key=desk.public("ander")), "organisatie")
    desk.add("host", "gemeente-assen")
    assert desk.add("archive", "gemeente-assen").exit_code == 0


def test_a_private_key_is_never_taken_for_a_public_one(tmp_path: Path) -> None:
    desk = begin(tmp_path)
    before = desk.everything()
    refused(desk.add("host", "gemeente-assen", key=desk.key("gemeente-assen")), "is the private key")
    assert desk.everything() == before


def test_a_key_that_is_not_there_is_said(tmp_path: Path) -> None:
    desk = begin(tmp_path)
    refused(desk.add("host", "x", key=tmp_path / "weg.pub"), "weg.pub")
    refused(invoke("sign", desk.folder, "--key", tmp_path / "weg"), "There is no key")


@pytest.mark.parametrize("command", ["show", "label", "sign", "add-host"])
def test_a_folder_that_is_no_relay_is_said(tmp_path: Path, command: str) -> None:
    desk = Desk(tmp_path)
    desk.key("org")
    (tmp_path / "leeg").mkdir()
    more: list[object] = {"sign": ["--key", desk.key("org")]}.get(command, [])
    if command == "add-host":
        more = ["--id", "x", "--name", "x", "--key", desk.public("x")]
    told = "not signed" if command == "label" else "relay.yaml"
    for folder in ("leeg", "weg"):
        refused(invoke(command, tmp_path / folder, *more), told)
    assert list((tmp_path / "leeg").iterdir()) == []
    assert not (tmp_path / "weg").exists()


def test_a_label_before_anything_was_signed_is_refused(tmp_path: Path) -> None:
    desk = begin(tmp_path)
    refused(invoke("label", desk.folder), "relay sign")
    assert not (desk.folder / "label.svg").exists()


def test_a_label_is_never_drawn_over_something_else(tmp_path: Path) -> None:
    desk = begin(tmp_path)
    desk.sign()
    before = desk.everything()
    refused(invoke("label", desk.folder, "--svg", desk.page), "no label")
    refused(invoke("label", desk.folder, "--svg", desk.folder), "no label")
    refused(invoke("label", desk.folder, "--url", "javascript:alert(1)"), "plain address")
    assert desk.everything() == before


def test_a_key_that_is_not_the_organisers_signs_nothing(tmp_path: Path) -> None:
    desk = begin(tmp_path)
    desk.add("host", "gemeente-assen")
    before = desk.everything()
    refused(desk.sign("gemeente-assen"), "may not sign version 1")
    assert desk.everything() == before


def test_a_key_that_only_the_new_page_lists_signs_nothing(tmp_path: Path) -> None:
    desk = begin(tmp_path)
    desk.sign()
    old, new = (desk.public(name).read_text().split(f" {name}")[0] for name in ("org", "dief"))
    desk.page.write_text(desk.page.read_text().replace(old, new))
    before = desk.everything()
    refused(desk.sign("dief"), "may not sign version 2")
    assert desk.everything() == before


BROKEN = {
    "a tab": ("hosts: []", "hosts:\n\t- id: x", "a tab"),
    "a bracket": ("hosts: []", "hosts: [", "not YAML"),
    "a field that nobody knows": ("hosts: []", "gasten: []", "gasten"),
    "an anchor": ("hosts: []", "hosts: &a []", "an anchor"),
    "twice the same": ("stops: []", "stops: []\nstops: []", '"stops" for the second time'),
    "a day that is none": ("  to: ", "  to: 2026-02-30 # ", "relay.yaml"),
    "a stop at a stranger's": (
        "stops: []",
        "stops:\n  - date: 2026-01-01\n    host: niemand\n    place: Assen",
        "niemand",
    ),
    "a period backwards": ("  to: ", "  to: 1999-01-01 # ", "before it starts"),
    "a line end of Windows": ("hosts: []\n", "hosts: []\r\n", "Windows"),
    "another format": ("format: 1", "format: 2", "format 2"),
    "another relay": ("id: estafette", "id: anders", "put the id back"),
    "no key": ("ssh-ed25519 ", "ssh-rsa ", "key"),
}


@pytest.mark.parametrize("what", sorted(BROKEN))
def test_a_page_that_people_edited_wrong_is_not_signed(tmp_path: Path, what: str) -> None:
    desk = begin(tmp_path)
    desk.sign()
    old, new, told = BROKEN[what]
    page = desk.page.read_text()
    assert old in page
    desk.page.write_bytes(page.replace(old, new, 1).encode())
    before = desk.everything()
    refused(desk.sign(), told)
    assert desk.everything() == before


@pytest.mark.parametrize("what", ["relay.yaml", "allowed_signers", "seal.sha256", "seal.sha256.sig"])
@pytest.mark.parametrize("how", ["altered", "removed", "a link", "huge"])
def test_signed_versions_that_no_longer_stand_are_not_built_upon(tmp_path: Path, what: str, how: str) -> None:
    desk = begin(tmp_path)
    desk.sign()
    desk.add("host", "gemeente-assen")
    file = desk.folder / "linksync/relay/0001" / what
    data = file.read_bytes()
    file.unlink()
    if how == "altered":
        file.write_bytes(data.replace(b"a", b"b"))
    elif how == "a link":
        (tmp_path / "elders").write_bytes(data)
        file.symlink_to(tmp_path / "elders")
    elif how == "huge":
        file.write_bytes(data + b"\n" * 2_000_000)
    before = desk.everything()
    refused(desk.sign(), "linksync/relay")
    refused(invoke("label", desk.folder), "linksync/relay")
    assert desk.everything() == before


@pytest.mark.parametrize("how", ["a folder", "a link", "a pipe"])
def test_a_page_that_is_no_plain_file_is_not_opened(tmp_path: Path, how: str) -> None:
    desk = begin(tmp_path)
    page = desk.page.read_bytes()
    desk.page.unlink()
    if how == "a folder":
        desk.page.mkdir()
    elif how == "a link":
        (tmp_path / "elders").write_bytes(page)
        desk.page.symlink_to(tmp_path / "elders")
    else:
        os.mkfifo(desk.page)
    refused(desk.sign(), "relay.yaml")
    refused(invoke("show", desk.folder), "relay.yaml")


def test_a_folder_that_cannot_be_written_to_is_said(tmp_path: Path) -> None:
    desk = begin(tmp_path)
    before = desk.everything()
    subprocess.run([need("mount"), "--bind", desk.folder, desk.folder], check=True)
    try:
        subprocess.run([need("mount"), "-o", "remount,bind,ro", desk.folder], check=True)
        refused(desk.add("host", "gemeente-assen"), "read-only")
        refused(desk.sign(), "read-only")
    finally:
        subprocess.run([need("umount"), desk.folder], check=True)
    assert desk.everything() == before


def test_a_passphrase_is_asked_on_a_terminal_and_a_wrong_one_signs_nothing(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    new_key(tmp_path / "org", comment="", passphrase=b"geheim")
    invoke("new", desk.folder, "--id", "x", "--name", "X", "--key", tmp_path / "org")
    for word, status in (("fout", 1), ("geheim", 0)):
        screen = Terminal("relay", "sign", str(desk.folder), "--key", str(tmp_path / "org"), "--language", "nl")
        screen.until("Wachtwoord van")
        screen.type(f"{word}\n")
        assert screen.ends() == status
        assert ("niet het wachtwoord" in screen.shown) == bool(status)
        assert (desk.folder / "linksync/relay/0001").exists() == (status == 0)


def test_a_passphrase_that_nobody_can_type_is_said_at_once(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    new_key(tmp_path / "org", comment="", passphrase=b"geheim")
    invoke("new", desk.folder, "--id", "x", "--name", "X", "--key", tmp_path / "org")
    ran = run("relay", "sign", str(desk.folder), "--key", str(tmp_path / "org"))
    assert ran.status == 1
    assert "LINKSYNC_PASSPHRASE" in ran.err
    ran = run("relay", "sign", str(desk.folder), "--key", str(tmp_path / "org"), LINKSYNC_PASSPHRASE="geheim")  # noqa: S106
    assert ran.status == 0


def test_a_relay_that_was_signed_is_taken_by_stick_prepare(tmp_path: Path) -> None:
    desk = begin(tmp_path)
    desk.add("host", "gemeente-assen")
    desk.sign()
    (tmp_path / "stick").mkdir()
    state = ["--state", str(tmp_path / "state")]
    prepare = ["stick", "prepare", str(tmp_path / "stick"), "--relay", str(desk.folder), "--key", str(desk.key("org"))]
    assert CliRunner().invoke(main, [*prepare, *state]).exit_code == 0
    assert CliRunner().invoke(main, ["verify", str(tmp_path / "stick"), *state]).exit_code == 0


def test_signing_says_what_it_changes(tmp_path: Path) -> None:
    desk = begin(tmp_path)
    desk.add("host", "gemeente-assen")
    first = desk.sign()
    assert "gemeente-assen" not in first.stdout
    desk.add("host", "gemeente-emmen")
    told = desk.sign().stdout
    assert "Version 2 is signed." in told
    assert "New in hosts: gemeente-emmen, De gemeente-emmen." in told
    desk.add("archive", "archief")
    as_json = json.loads(desk.sign("org", "--json").stdout)
    assert [(one["what"], one["id"]) for one in as_json["changes"]] == [("party-new", "archief")]


def revoke_without_a_link(desk: Desk) -> None:
    stolen = load_public(desk.public("gestolen")).fingerprint
    desk.page.write_text(desk.page.read_text().replace("revoked: []", f'revoked:\n  - key: "{stolen}"\n'))
    assert stolen in desk.page.read_text()


def test_a_revocation_that_voids_everything_is_warned_for(tmp_path: Path) -> None:
    desk = begin(tmp_path)
    desk.sign()
    revoke_without_a_link(desk)
    done = desk.sign()
    assert done.exit_code == 0
    assert "every hand-off that was signed with it is void" in done.stderr
    assert "last_good" in done.stderr
    assert desk.sign().stderr == ""


def test_on_a_terminal_it_is_asked_before_anything_is_signed(tmp_path: Path) -> None:
    desk = begin(tmp_path)
    desk.sign()
    revoke_without_a_link(desk)
    before = desk.everything()
    words = ("relay", "sign", str(desk.folder), "--key", str(desk.key("org")))
    screen = Terminal(*words, LINKSYNC_LANGUAGE="nl")
    screen.until("Toch tekenen? [nee]")
    screen.type("\n")
    assert screen.ends() == 1
    assert desk.everything() == before
    screen = Terminal(*words)
    screen.until("Sign all the same? [no]")
    screen.type("yes\n")
    assert screen.ends() == 0
    assert "Version 2 is signed." in screen.shown


def test_the_stops_are_shown_in_the_order_of_their_days(tmp_path: Path) -> None:
    desk = begin(tmp_path)
    desk.add("host", "gemeente-assen")
    stops = "stops:\n  - {date: 2026-12-02, host: gemeente-assen, place: Markt}\n"
    stops += "  - {date: 2026-12-01, host: gemeente-assen, place: Stadhuis}\n"
    desk.page.write_text(desk.page.read_text().replace("stops: []", stops))
    told = invoke("show", desk.folder, LINKSYNC_LANGUAGE="nl").stdout
    assert "Haltes (2)" in told
    assert told.index("dinsdag 1 december 2026") < told.index("woensdag 2 december 2026")
    assert "Stadhuis, gemeente-assen" in told
    as_json = json.loads(invoke("show", desk.folder, "--json").stdout)
    assert as_json["stops"][0] == {"date": "2026-12-02", "host": "gemeente-assen", "place": "Markt", "region": ""}
