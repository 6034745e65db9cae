"""The house keeps its plan: which room may know which, where durable writes stand, what lies at the top."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from media import need

HOUSE = Path(__file__).resolve().parent.parent
PACKAGE = HOUSE / "linksync"

# Each room and the rooms it may import from; ``errors`` and its own room always.
BASE = frozenset({"custody", "people", "machine"})
STICK = BASE | {"knowledge"}
LIBRARY = STICK | {"archive"}
HOST = STICK | {"stick", "archive", "relay"}
ALL_BUT_CLI = HOST | {"library", "site", "host", "demo"}
MAY_IMPORT: dict[str, frozenset[str]] = {
    "custody": frozenset(),
    "machine": frozenset({"custody"}),
    "people": frozenset({"custody"}),
    "knowledge": frozenset({"custody", "machine"}),
    "relay": BASE,
    "stick": STICK,
    "archive": STICK,
    "library": LIBRARY,
    "site": LIBRARY | {"library"},
    "host": HOST,
    "demo": ALL_BUT_CLI,
    "cli": ALL_BUT_CLI,
    "__main__": frozenset({"cli"}),
    "__init__": frozenset(),
    "errors": frozenset(),
}

# fmt: off
IMPURE_MODULES = frozenset({
    "asyncio", "ctypes", "fcntl", "getpass", "glob", "http", "locale", "logging", "mmap",
    "multiprocessing", "os", "pathlib", "platform", "random", "secrets", "select", "shutil",
    "signal", "socket", "sqlite3", "ssl", "subprocess", "sys", "tempfile", "threading", "time",
    "urllib", "uuid",
})
# fmt: on
IMPURE_NAMES = frozenset({"open", "input", "print", "__import__", "eval", "exec"})
CLOCKS = frozenset({"now", "utcnow", "today"})
DURABLE_CALLS = frozenset({"rename", "renames", "replace", "link", "fsync", "fdatasync"})
DURABLE_HOMES = frozenset({"machine/durable.py", "machine/key_files.py", "stick/writing.py"})
HEAVY = frozenset({"rich", "cryptography", "jinja2", "yaml"})


@dataclass(frozen=True, slots=True)
class Module:
    """One module of linksync: where it stands from the package, its room, and what it says."""

    name: str
    room: str
    tree: ast.Module
    lines: int

    @property
    def package(self) -> list[str]:
        """The package that a relative import starts from."""
        return ["linksync", *self.name.split("/")[:-1]]


def parsed(name: str, text: str) -> Module:
    room = name.split("/")[0].removesuffix(".py")
    return Module(name=name, room=room, tree=ast.parse(text), lines=text.count("\n"))


MODULES = tuple(
    parsed(str(path.relative_to(PACKAGE)), path.read_text("utf-8")) for path in sorted(PACKAGE.rglob("*.py"))
)


def imported(module: Module) -> Iterator[str]:
    """Every dotted name that a module imports, relative ones made whole."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            stem = module.package[: len(module.package) + 1 - node.level] if node.level else []
            stem = [*stem, *([node.module] if node.module else [])]
            yield from (".".join([*stem, alias.name]) for alias in node.names)


def wrong_ways(module: Module) -> list[str]:
    """Imports of a room that this one may not know, or that is not in the plan."""
    allowed = MAY_IMPORT.get(module.room, frozenset()) | {module.room, "errors", "__version__"}
    rooms = (name.split(".")[1] for name in imported(module) if name.startswith("linksync."))
    return [f"{module.name} imports {room}" for room in rooms if room not in allowed]


def impurities(module: Module) -> list[str]:
    """What reaches for the disk, the clock, chance, the environment or the network."""
    found = [name for name in imported(module) if name.split(".")[0] in IMPURE_MODULES]
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in IMPURE_NAMES:
            found.append(f"{node.func.id}()")
        if isinstance(node, ast.Attribute) and node.attr in CLOCKS and _ends_in_date(node.value):
            found.append(f"datetime.{node.attr}")
        if isinstance(node, ast.Attribute) and node.attr == "generate":
            found.append("generate")
    return [f"{module.name}: {what}" for what in found]


def _ends_in_date(node: ast.expr) -> bool:
    name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
    return name in {"date", "datetime"}


def imports_in_functions(module: Module) -> list[str]:
    functions = [node for node in ast.walk(module.tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    return [
        f"{module.name}:{node.lineno}"
        for function in functions
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]


def durable_calls(module: Module) -> list[str]:
    """Where ``os.rename`` and its like are named, or taken out of ``os`` by an import."""
    named = [
        f"os.{node.attr}"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Attribute)
        and node.attr in DURABLE_CALLS
        and isinstance(node.value, ast.Name)
        and node.value.id == "os"
    ]
    taken = [name for name in imported(module) if name in {f"os.{call}" for call in DURABLE_CALLS}]
    moved = [name for name in imported(module) if name == "shutil.move"]
    return [f"{module.name}: {what}" for what in named + taken + moved]


def files_of_the_project() -> list[str]:
    """Everything that git has or would take; ``-c`` since the checkout may belong to another user."""
    command = [
        need("git"),
        "-c",
        "safe.directory=*",
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    ]
    listed = subprocess.run(command, cwd=HOUSE, check=True, capture_output=True).stdout
    return sorted({name.decode() for name in listed.split(b"\0") if name and (HOUSE / name.decode()).is_file()})


def test_imports_run_one_way() -> None:
    assert [wrong for module in MODULES for wrong in wrong_ways(module)] == []


def test_every_room_stands_in_the_plan() -> None:
    assert {module.room for module in MODULES} - MAY_IMPORT.keys() == set()


@pytest.mark.parametrize(
    "line",
    [
        "import linksync.host.handoff",
        "from linksync.host import handoff",
        "from linksync.host.handoff import run",
        "from linksync import host",
        "from ..host import handoff",
        "from .. import host",
        "def late():\n    from linksync.host import handoff",
    ],
)
def test_an_import_the_wrong_way_is_seen_however_it_is_written(line: str) -> None:
    assert wrong_ways(parsed("stick/verify.py", line)) == ["stick/verify.py imports host"]


def test_imports_the_right_way_are_let_through() -> None:
    lines = (
        "from linksync.custody.seal import Seal",
        "from ..errors import FormatError",
        "from . import layout",
    )
    assert wrong_ways(parsed("stick/verify.py", "\n".join(lines))) == []


def test_custody_has_no_disk_no_clock_no_chance_and_no_network() -> None:
    assert [found for module in MODULES if module.room == "custody" for found in impurities(module)] == []


@pytest.mark.parametrize(
    "line",
    [
        "import os",
        "from pathlib import Path",
        "import urllib.request",
        "open('x')",
        "datetime.now()",
        "datetime.datetime.utcnow()",
        "date.today()",
        "Ed25519PrivateKey.generate()",
    ],
)
def test_an_impure_line_is_seen(line: str) -> None:
    assert len(impurities(parsed("custody/chain.py", line))) == 1


def test_custody_imports_at_the_top_only() -> None:
    assert [late for module in MODULES if module.room == "custody" for late in imports_in_functions(module)] == []


def test_durable_writes_stand_in_their_own_modules() -> None:
    strangers = [module for module in MODULES if module.name not in DURABLE_HOMES]
    assert [call for module in strangers for call in durable_calls(module)] == []


@pytest.mark.parametrize(
    "line", ["os.replace(a, b)", "from os import rename", "f = os.fsync", "from shutil import move"]
)
def test_a_durable_write_elsewhere_is_seen(line: str) -> None:
    assert len(durable_calls(parsed("host/outbox.py", line))) == 1


def test_each_room_opens_with_a_docstring_and_nothing_else() -> None:
    rooms = [module for module in MODULES if module.name.count("/") and module.name.endswith("/__init__.py")]
    odd = [room.name for room in rooms if not ast.get_docstring(room.tree) or len(room.tree.body) != 1]
    assert odd == []
    without = {module.room for module in MODULES if "/" in module.name} - {room.room for room in rooms}
    assert without == set()


def test_no_module_is_over_400_lines() -> None:
    assert [f"{module.name}: {module.lines}" for module in MODULES if module.lines > 400] == []


def test_the_top_holds_what_the_plan_says() -> None:
    top = {name.split("/")[0] for name in files_of_the_project()}
    assert {name for name in top if not name.startswith(".")} == {
        "linksync",
        "manifests",
        "tests",
        "pyproject.toml",
        "README.md",
    }


def test_no_file_names_a_place_where_only_one_machine_has_something() -> None:
    # in pieces, so that this file does not find itself
    hosts = "|".join(
        map(re.escape, ("pypi" + ".org", "pythonhosted" + ".org", "deb.debian" + ".org", "npmjs" + ".org"))
    )
    private = re.compile(rf"(?<![\w.-])/wo{''}rk/|(?<![\w.-])/opt/py{''}pi|{hosts}".encode())
    names = files_of_the_project()
    found = {name: private.search((HOUSE / name).read_bytes()) for name in names}
    assert [f"{name}: {match[0]!r}" for name, match in found.items() if match] == []


def test_no_test_passes_by_not_running() -> None:
    escape = re.compile(r"pytest\.(sk" + r"ip|import" + r"orskip)|mark\.(sk" + r"ip|sk" + r"ipif|x" + r"fail)")
    tests = [name for name in files_of_the_project() if name.startswith("tests/") and name.endswith(".py")]
    assert [name for name in tests if escape.search((HOUSE / name).read_text("utf-8"))] == []


def test_the_program_starts_without_what_only_some_commands_need() -> None:
    command = [sys.executable, "-X", "importtime", "-m", "linksync", "--version"]
    run = subprocess.run(command, check=True, capture_output=True, text=True)
    loaded = {line.rsplit("|", 1)[-1].strip().split(".")[0] for line in run.stderr.splitlines()}
    assert "linksync" in loaded
    assert loaded & HEAVY == set()
