"""The START page: what somebody sees who opens the stick on any computer, offline, with no software of ours.

``START-HIER.html``, ``START-HIER.txt`` and ``data/LEES-MIJ.txt`` as bytes (format 1, "START pages"). The
pages are unsigned, never trusted, and rebuilt at every hand-off; the same ``StartPage`` always gives the
same bytes. They fetch nothing, run only the one script whose hash their policy names, and can be read
without it. Names of files come from strangers: each is escaped where it is shown and percent-encoded,
byte by byte, where it is a link.
"""

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from urllib.parse import quote, quote_from_bytes

import jinja2
from markupsafe import Markup

from linksync.custody import names
from linksync.people import look, pages, texts
from linksync.people.texts import LANGUAGES, Language

_FINGERPRINT = re.compile(r"SHA256:[A-Za-z0-9+/]{43}")
_FOLDER = re.compile(r"[0-9]{6}-[a-z0-9-]{1,80}")
_MAIL = re.compile(r"[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")

_TEXT = jinja2.Environment(  # plain text: nothing reads it as markup
    loader=pages.LOADER,
    autoescape=False,  # noqa: S701
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


RECIPE_SH = pages.source("recipe.sh")
"""The stranger's recipe for Linux and macOS: ``sh nakijken.sh STICK [FINGERPRINT]``.

Exit codes: 0 all is well; 20 all is well, and there are files that no hand-off has sealed; 1 something is
wrong.
"""

RECIPE_PS = pages.source("recipe.ps1")
"""The same for Windows PowerShell 5.1, with the same exit codes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A day at a host, as planned; ``passed`` when a hand-off has been there or the date lies behind it."""

    date: dt.date
    host_name: str
    place: str
    passed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """A hand-off of the journey so far.

    Attributes:
        time: as claimed, aware; shown in the zone that it carries.
        added: files taken in; ``bytes`` their size together.
    """

    number: int
    host_name: str
    place: str
    time: dt.datetime
    added: int
    bytes: int

    def __post_init__(self) -> None:
        if self.time.utcoffset() is None:
            raise ValueError(f"hand-off {self.number} has a time without a zone")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A file on the stick that was meant for everyone.

    Attributes:
        path: raw bytes, relative to the stick's root; a path that a list may carry.
        size: bytes.
        from_host: name of the host that took it in.
        contribution: raw bytes of the folder that it belongs to, as ``b"data/Bakkerij Jansen"``; or empty.
        title: of the contribution, from its card; empty for the folder's name.
    """

    path: bytes
    size: int
    from_host: str
    contribution: bytes
    title: str = ""

    def __post_init__(self) -> None:
        fault = names.path_fault(self.path)
        if fault is not None:
            raise ValueError(f"{names.escape(self.path)}: {fault}")

    @property
    def href(self) -> str:
        """A relative link that no browser takes for anything else: every byte but the plainest as ``%NN``."""
        return "./" + quote_from_bytes(self.path, safe="/")

    @property
    def name(self) -> str:
        """The path inside its contribution, escaped."""
        prefix = self.contribution.rstrip(b"/") + b"/"
        inside = self.path.startswith(prefix) and len(prefix) > 1
        return names.escape(self.path[len(prefix) :] if inside else self.path)


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedHandoff:
    """A hand-off as a stranger checks it: its folder, who signs, the relay version that its seal names."""

    folder: str
    holder: str
    relay_version: int

    def __post_init__(self) -> None:
        if not _FOLDER.fullmatch(self.folder) or not names.is_id(self.holder) or self.relay_version < 1:
            raise ValueError(f"not a hand-off: {self.folder!a} by {self.holder!a}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """What the stranger's recipe is filled in with.

    Attributes:
        organiser: the id that signs the relay's versions.
        head: number of the last hand-off; ``head_folder`` the name of its folder.
        address: where the recipe can be had from elsewhere, as on the label; empty for nowhere.
    """

    organiser: str
    relay_versions: tuple[int, ...]
    handoffs: tuple[SealedHandoff, ...]
    head: int
    head_folder: str
    address: str = ""

    def __post_init__(self) -> None:
        if not names.is_id(self.organiser) or not _FOLDER.fullmatch(self.head_folder):
            raise ValueError(f"not a recipe: {self.organiser!a}, {self.head_folder!a}")


@dataclass(frozen=True, slots=True, kw_only=True)
class StartPage:
    """Everything that the START pages tell.

    Attributes:
        link: the Link's id, 32 hexadecimal digits.
        organiser_fingerprint: ``SHA256:`` and 43 characters, as on the label.
        languages: of the relay; the first stands in front. Dutch and English are always both there.
        shared: what is meant for everyone, as far as it is listed; ``more`` how many such files are not.
        kept_for_organisers: how many files are not listed, for want of a ``ja`` on their card.
        waiting: how many files wait for a next hand-off.
    """

    relay_name: str
    link: str
    organiser_fingerprint: str
    contact: str
    privacy: str
    rights: str
    languages: tuple[str, ...]
    stops: tuple[Stop, ...]
    journey: tuple[Hop, ...]
    shared: tuple[Item, ...]
    kept_for_organisers: int
    more: int
    waiting: int
    recipe: Recipe

    def __post_init__(self) -> None:
        if not names.is_hex(self.link, 32) or not _FINGERPRINT.fullmatch(self.organiser_fingerprint):
            raise ValueError(f"not a Link: {self.link!a}, {self.organiser_fingerprint!a}")

    @property
    def language(self) -> Language:
        """The language that stands in front."""
        return next((known for told in self.languages for known in LANGUAGES if told == known), "nl")

    @property
    def ahead(self) -> tuple[Stop, ...]:
        """The stops to come, the next one first."""
        return tuple(sorted((s for s in self.stops if not s.passed), key=lambda s: (s.date, s.host_name)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The files of one contribution, as they are listed; no title for those that stand beside ``data/``."""

    title: str
    folder: str
    hosts: tuple[str, ...]
    items: tuple[Item, ...]


def render_html(page: StartPage) -> bytes:
    """``START-HIER.html``: UTF-8, LF, one file with everything in it."""
    css, js = pages.source("start.css"), pages.source("start.js")
    states = look.chain_states(len(page.journey), len(page.ahead))
    paint = {state: f'class="{state}"' for state in ("done", "here", "ahead")}
    paint |= {f"{state}-gap": f'class="gap {state}"' for state in ("done", "here", "ahead")}
    told = pages.HTML.get_template("start.html.j2").render(
        **_facts(page),
        css=Markup(css),  # noqa: S704 - our own file
        js=Markup(js),  # noqa: S704 - our own file
        policy=pages.policy(css, js),
        mark=look.chain_paths(("done", "here"), paint),
        mark_width=look.chain_width(2),
        chain=look.chain_paths(states, paint),
        chain_width=look.chain_width(max(len(states), 8)),
        chain_height=look.LINK_HEIGHT + 12,
    )
    return told.encode()


def render_text(page: StartPage) -> bytes:
    """``START-HIER.txt``: the same without a browser.

    UTF-8 with CRLF, so that an old Notepad shows lines, and without a byte order mark: every Notepad since
    Windows XP recognises UTF-8 without one, and a mark would spoil the first line in a terminal.
    """
    return _crlf(_TEXT.get_template("start.txt.j2").render(**_facts(page)))


def read_me(page: StartPage) -> bytes:
    """``data/LEES-MIJ.txt``: how to add, in short; follows from the relay's name and contact alone.

    It is payload and sealed like the rest, so it is the same on every stick and at every hand-off of a relay.
    """
    template = _TEXT.get_template("read_me.txt.j2")
    return _crlf(
        template.render(relay_name=texts.plain(page.relay_name), contact=texts.plain(page.contact), wrap=texts.wrap)
    )


def _facts(page: StartPage) -> dict[str, object]:
    contact = texts.plain(page.contact)
    return {
        "page": page,
        "relay_name": texts.plain(page.relay_name),
        "contact": contact,
        "mailto": f"mailto:{quote(contact, safe='@')}" if _MAIL.fullmatch(contact) else "",
        "privacy": texts.paragraphs(page.privacy),
        "rights": texts.paragraphs(page.rights),
        "groups": _groups(page.shared),
        "address": texts.plain(page.recipe.address),
        "commands": _commands(page.recipe),
        "recipe_sh": RECIPE_SH,
        "recipe_ps": RECIPE_PS,
        "languages": (page.language, "en" if page.language == "nl" else "nl"),
        **{word: getattr(texts, word) for word in ("day", "clock", "number", "size", "files", "plain", "wrap")},
    }


def _groups(items: Iterable[Item]) -> tuple[Group, ...]:
    ordered = sorted(items, key=lambda item: (not item.contribution, item.contribution, item.path))
    return tuple(_group(folder, tuple(some)) for folder, some in groupby(ordered, key=lambda i: i.contribution))


def _group(folder: bytes, items: tuple[Item, ...]) -> Group:
    shown = names.escape(folder.rstrip(b"/"))
    title = next((told for item in items if (told := texts.plain(item.title))), "")
    return Group(
        title=title or shown.rsplit("/", 1)[-1],
        folder=shown,
        hosts=tuple(dict.fromkeys(texts.plain(item.from_host) for item in items)),
        items=items,
    )


def _commands(recipe: Recipe) -> dict[str, tuple[str, ...]]:
    """The signature commands, spelled out: each relay version, and the last hand-off."""
    relays, signers = [], min(recipe.relay_versions, default=1)
    for version in sorted(recipe.relay_versions):
        folder = f"linksync/relay/{version:04}"
        relays.append(_verify(folder, signers, recipe.organiser, "linksync-relay-v1"))
        signers = version
    last = [h for h in recipe.handoffs if h.folder == recipe.head_folder]
    return {
        "relays": tuple(relays),
        "last": tuple(
            _verify(f"linksync/handoffs/{h.folder}", h.relay_version, h.holder, "linksync-handoff-v1") for h in last
        ),
    }


def _verify(folder: str, signers: int, who: str, namespace: str) -> str:
    seal = f"{folder}/seal.sha256"
    allowed = f"linksync/relay/{signers:04}/allowed_signers"
    return f"ssh-keygen -Y verify -f {allowed} -I {who} -n {namespace} -s {seal}.sig < {seal}"


def _crlf(text: str) -> bytes:
    return text.replace("\n", "\r\n").encode()
