"""What stands in ``manifests/`` is what the code makes: nothing drifts, nothing is forgotten."""

import ast
import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import msgspec
import pytest
from media import need
from vectors import MANIFESTS, SOUND, VECTORS, lay_out, maker, relay_folders

from linksync.cli.verify import report_json
from linksync.custody import (
    card,
    chain,
    handoff,
    lists,
    litter,
    names,
    roster,
    seal,
    signers,
    sshsig,
    strict_yaml,
)
from linksync.custody.findings import CATALOGUE, VERDICTS
from linksync.custody.roster import read_roster
from linksync.custody.seal import RELAYS
from linksync.demo.estafette import RELAY_ID
from linksync.demo.tampering import CASES, WITHOUT_SCENE, codes_without_scene
from linksync.stick import records

README = (MANIFESTS / "README.md").read_text("utf-8")
PACKAGE = MANIFESTS.parent / "linksync"
EXAMPLE = MANIFESTS / "example" / RELAY_ID


def test_everything_here_is_what_the_program_makes() -> None:
    wanted: dict[str, bytes] = maker().everything()
    other = [path for path, data in wanted.items() if maker().read(path) != data]
    stray = [path for path in maker().here() if path not in wanted]
    assert (other, stray) == ([], []), "run python manifests/make.py"


def test_the_program_makes_the_same_twice() -> None:
    assert maker().everything() == maker().everything()


def test_every_block_that_the_readme_shows_is_made() -> None:
    marks = re.findall(r"<!-- made: (\S+) -->", README)
    assert sorted(marks) == sorted(maker().shown_blocks())
    assert len(maker()._BLOCK.findall(README)) == len(marks)


# The specification.


def cited() -> dict[str, set[str]]:
    """Every section of format 1 that a docstring cites, with the modules that do."""
    found: dict[str, set[str]] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                for some in re.findall(r'format 1,\s+("[^"]+"(?:,\s+"[^"]+")*)', node.value, re.IGNORECASE):
                    for name in re.findall(r'"([^"]+)"', some):
                        found.setdefault(" ".join(name.split()), set()).add(path.name)
    return found


def test_every_section_that_the_code_cites_is_a_heading_of_the_specification() -> None:
    headings = set(re.findall(r"^##+ (.+)$", README, re.MULTILINE))
    assert {name: where for name, where in cited().items() if name not in headings} == {}
    assert len(cited()) > 20


def test_every_link_of_the_specification_leads_somewhere() -> None:
    for page in ("README.md", "findings.md", "screening.md"):
        text = (MANIFESTS / page).read_text("utf-8")
        heads = re.findall(r"^#+ (.+)$", README, re.MULTILINE)
        anchors = {re.sub(r"[^a-z0-9 -]", "", head.lower()).replace(" ", "-") for head in heads}
        for target in re.findall(r"\]\(([^)]+)\)", text):
            file, _, anchor = target.partition("#")
            assert not file or (MANIFESTS / file).exists(), target
            assert not anchor or anchor in anchors, target


def test_every_code_that_the_specification_names_is_in_the_catalogue() -> None:
    codes = set(re.findall(r"`([EW][0-9]{3})`", README))
    assert codes - CATALOGUE.keys() == set()
    assert len(codes) > 50


def test_the_specification_says_the_bounds_that_the_code_holds() -> None:
    assert "| a YAML record | 1 MiB, depth 20, 200,000 nodes |" in README
    assert (strict_yaml.BYTES_MAX, strict_yaml.DEPTH_MAX, strict_yaml.NODES_MAX) == (1 << 20, 20, 200_000)
    assert (lists.SEAL_BYTES_MAX, seal.SIGNATURE_BYTES_MAX, sshsig.BYTES_MAX) == (64 * 1024, 4096, 4096)
    assert (names.PATH_MAX, signers.BYTES_MAX, roster.ROSTER_BYTES_MAX) == (1024, 256 * 1024, 64 << 20)
    assert (lists.LINES_MAX, lists.LIST_BYTES_MAX) == (1_000_000, 200_000_000)
    assert (handoff.INDEX_LINE_MAX, handoff.INDEX_BYTES_MAX) == (16 * 1024, 512 << 20)
    assert (chain.GAP_MAX, card.BYTES_MAX, card.FIELD_MAX, litter.BYTES_MAX) == (1000, 64 * 1024, 4000, 64 * 1024)
    assert (records.FOLDERS_MAX, records.BYTES_MAX) == (100_000, 2 << 30)


def test_what_the_example_tells_a_stranger_to_type_checks_the_stick(tmp_path: Path) -> None:
    typed = re.search(r"^```sh\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    assert typed is not None
    need("ssh-keygen")
    stick = lay_out(MANIFESTS / "vectors" / maker().SHOWN, tmp_path).stick
    run = subprocess.run(["sh", "-euc", typed[1]], cwd=stick, capture_output=True, text=True, env=_plain())
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout == maker().shown_blocks()["judged"]


@pytest.mark.parametrize("damage", ["data/gemeente-assen/plan.txt", "linksync/handoffs/000001-ncsi/index.jsonl"])
def test_what_a_stranger_types_stops_at_damage(tmp_path: Path, damage: str) -> None:
    typed = re.search(r"^```sh\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    assert typed is not None
    stick = lay_out(MANIFESTS / "vectors" / maker().SHOWN, tmp_path).stick
    (stick / damage).write_bytes(b"altered\n")
    run = subprocess.run(["sh", "-euc", typed[1]], cwd=stick, capture_output=True, text=True, env=_plain())
    assert run.returncode != 0
    assert "FAILED" in run.stdout


def test_what_a_stranger_types_stops_at_a_path_that_leads_out_of_the_stick(tmp_path: Path) -> None:
    typed = re.search(r"^```sh\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    assert typed is not None
    stick = lay_out(MANIFESTS / "vectors" / maker().SHOWN, tmp_path).stick
    manifest = stick / "manifest-sha256.txt"
    manifest.write_bytes(manifest.read_bytes() + b"0" * 64 + b"  data/../../x\n")
    run = subprocess.run(["sh", "-euc", typed[1]], cwd=stick, capture_output=True, text=True, env=_plain())
    assert run.returncode != 0
    assert run.stdout.endswith("data/../../x\nSTOP\n")


def _plain() -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "LC_ALL": "C"}


# The schemas.


@pytest.mark.parametrize("name", sorted(maker().RECORDS))
def test_a_schema_refuses_what_it_does_not_know_and_explains_itself(name: str) -> None:
    told: Any = json.loads((MANIFESTS / "schemas" / f"{name}.schema.json").read_text("utf-8"))
    top = told["$defs"][told["$ref"].rpartition("/")[2]]
    assert top["additionalProperties"] is False
    assert top["description"]
    assert {f"#/$defs/{key}" for key in told["$defs"]} >= set(_references(told))


def _references(value: Any) -> list[str]:
    if isinstance(value, list):
        return [ref for item in value for ref in _references(item)]
    if isinstance(value, dict):
        return [ref for key, item in value.items() for ref in ([item] if key == "$ref" else _references(item))]
    return []


def test_every_field_that_a_sound_stick_uses_is_in_its_schema(tmp_path: Path) -> None:
    files = {"relay.yaml": "relay", "handoff.yaml": "handoff", "receipt.yaml": "receipt", "decision.yaml": "decision"}
    for folder in SOUND:
        for path in folder.rglob("*.yaml"):
            if path.name in files:
                schema = json.loads((MANIFESTS / "schemas" / f"{files[path.name]}.schema.json").read_text("utf-8"))
                top = schema["$defs"][schema["$ref"].rpartition("/")[2]]
                page: Any = strict_yaml.load(path.read_bytes())
                assert page.keys() <= top["properties"].keys(), path
                assert set(top["required"]) <= page.keys(), path


# The finding catalogue.


def test_every_code_stands_in_the_catalogue_with_its_status_and_a_vector() -> None:
    page = (MANIFESTS / "findings.md").read_text("utf-8")
    for code, status in CATALOGUE.items():
        assert f"### {code}: {f'exit {status}, {VERDICTS[status]}' if status else 'a note'}\n" in page
    assert codes_without_scene() == set()
    assert {folder.name.partition("_")[0] for folder in VECTORS} == CATALOGUE.keys() - WITHOUT_SCENE.keys() | {"OK"}
    assert {folder.name for folder in VECTORS} == CASES.keys()


# The example relay.


def test_the_example_relay_stands_and_is_signed_as_version_1() -> None:
    stands, findings = read_roster(relay_folders(EXAMPLE))
    assert findings == []
    assert [version.relay.id for version in stands.versions] == [RELAY_ID]
    assert (EXAMPLE / "relay.yaml").read_bytes() == (EXAMPLE / RELAYS / "0001" / "relay.yaml").read_bytes()


def test_openssh_and_sha256sum_verify_the_example_relay() -> None:
    folder = f"{RELAYS}/0001"
    command = [need("ssh-keygen"), "-Y", "verify", "-f", f"{folder}/allowed_signers", "-I", "ncsi"]
    command += ["-n", "linksync-relay-v1", "-s", f"{folder}/seal.sha256.sig"]
    with open(EXAMPLE / folder / "seal.sha256", "rb") as message:
        told = subprocess.run(command, stdin=message, cwd=EXAMPLE, check=True, capture_output=True, text=True).stdout
    assert read_roster(relay_folders(EXAMPLE))[0].organiser in told
    sums = [need("sha256sum"), "--strict", "-c", f"{folder}/seal.sha256"]
    subprocess.run(sums, cwd=EXAMPLE, check=True, capture_output=True)


def test_no_private_key_stands_here() -> None:
    held = [path for path in MANIFESTS.rglob("*") if path.is_file() and b"PRIVATE KEY" in path.read_bytes()]
    assert held == [] or held == [MANIFESTS / "make.py"]


def test_the_report_of_verify_fits_its_schema(tmp_path: Path) -> None:
    for number, folder in enumerate(VECTORS[::9]):
        (tmp_path / str(number)).mkdir()
        report = lay_out(folder, tmp_path / str(number)).judge()
        told = json.loads(json.dumps(report_json(report)))
        assert msgspec.convert(told, maker().Report, strict=True).verdict == report.verdict
