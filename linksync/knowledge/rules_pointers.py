"""Stubs: what stands there instead of the document, and shortcuts, which may carry out a command."""

import re
from urllib.parse import urlsplit

from linksync.knowledge.endings import HARMFUL
from linksync.knowledge.rules_commands import INTERPRETERS
from linksync.knowledge.subject import Subject

# fmt: off
_CLOUD_ENDINGS = frozenset({
    "boxnote", "cloud", "cloudf", "gdlink", "gdoc", "gdraw", "gform", "gjam", "glink", "gmap", "gnote", "gscript",
    "gsheet", "gsite", "gslides", "gtable", "icloud", "odlink", "paper", "papert", "webdoc",
})
# fmt: on
_DESKTOP_ENDINGS = frozenset({"desktop", "kdelnk"})
_WEB_ENDINGS = frozenset({"url", "webloc", "website", "inetloc"})
_COMMAND_ENDINGS = frozenset(
    {
        "scf",
        "library-ms",
        "search-ms",
        "searchconnector-ms",
        "rdp",
        "ica",
        "theme",
        "themepack",
        "desktopthemepackfile",
        "fileloc",
    }
)
_CLOUD = re.compile(
    rb"""\{[^{}]{0,2000}"(?:url|doc_id|resource_id|open_url)"\s*:\s*"[^"]*(?:google\.com|dropbox\.com|[\w-]{20,})"""
)
_ICLOUD = re.compile(rb"NSURLNameKey|NSURLFileResourceTypeKey")
_STUB_MAX = 16 * 1024
_LINE = re.compile(r"^\s*(\w+)\s*=\s*(.*?)\s*$", re.MULTILINE)
_STARTERS = re.compile(rf"\b(?:{INTERPRETERS}|conhost|python|node|java)(?:\.exe)?\b", re.IGNORECASE)
_UNC = re.compile(r"^(?:file:)?[\\/]{2,}[^\\/]", re.IGNORECASE)
_ELSEWHERE = re.compile(rb"=[ \t]*@?(?:\\\\[^\\\r\n]|https?:|file://[^/])", re.IGNORECASE)
_HAS_ARGUMENTS = 0x20


def stub(subject: Subject) -> str | None:
    """Whether it only points to a document that stayed elsewhere, or carries out something instead of pointing."""
    media_type = subject.identity.media_type
    if media_type == "application/x-ms-shortcut":
        return _lnk(subject)
    if subject.extension in _COMMAND_ENDINGS and subject.sample.size <= 1 << 20:
        return "shortcut-command"
    if media_type == "application/x-desktop" or (subject.extension in _DESKTOP_ENDINGS and subject.sample.size):
        return _desktop(subject)
    if media_type == "application/x-mswinurl" or (subject.extension in _WEB_ENDINGS and subject.sample.size):
        return _address(subject)
    if media_type == "application/x-webloc":
        return _address(subject)
    if subject.extension == "lnk":
        return "stub-shortcut"
    return "stub-cloud" if _is_cloud(subject) else None


def empty(subject: Subject) -> str | None:
    """Whether there is nothing in it."""
    return "empty" if subject.sample.size == 0 else None


def folder_settings(subject: Subject) -> str | None:
    """Whether the settings with which Windows shows a folder name another computer: to ask it tells who is asking."""
    if subject.name != "desktop.ini":
        return None
    return "remote-content" if _ELSEWHERE.search(subject.sample.head.replace(b"\0", b"")) else None


def _is_cloud(subject: Subject) -> bool:
    if subject.sample.size > _STUB_MAX:
        return False
    if subject.extension in _CLOUD_ENDINGS:
        return True
    head = subject.sample.head
    is_json = subject.identity.media_type == "application/json" and b"google.com/" in head
    return (is_json and _CLOUD.match(head) is not None) or _ICLOUD.search(head) is not None


def _lnk(subject: Subject) -> str:
    """A shortcut of Windows ([MS-SHLLINK]): with arguments or a program as its target it is a command."""
    data = subject.sample.head
    flags = int.from_bytes(data[20:24], "little")
    if flags & _HAS_ARGUMENTS or subject.sample.size > len(data):
        return "shortcut-command"
    coded = (("latin-1", 76), ("utf-16-le", 76), ("utf-16-le", 77))
    texts = "\n".join(data[at:].decode(encoding, "replace") for encoding, at in coded)
    if _STARTERS.search(texts) or _names_a_program(texts):
        return "shortcut-command"
    return "stub-shortcut"


def _names_a_program(texts: str) -> bool:
    endings = {found.lower() for found in re.findall(r"\.([A-Za-z][A-Za-z0-9]{1,10})\b", texts)}
    return bool(endings & (HARMFUL - {"com", "lnk"}))


def _desktop(subject: Subject) -> str:
    """A shortcut of Linux: one that only links points, any other starts something."""
    fields = _fields(subject)
    if fields.get("type", "").lower() == "link" and "exec" not in fields:
        return _kind(fields.get("url", ""))
    return "shortcut-command"


def _address(subject: Subject) -> str:
    """A web address in a file of Windows or of a Mac."""
    fields = _fields(subject)
    icon = fields.get("iconfile", "")
    if _UNC.match(icon) or _STARTERS.search(fields.get("workingdirectory", "")):
        return "shortcut-command"
    if url := fields.get("url") or fields.get("baseurl"):
        return _kind(url)
    found = re.search(rb"<string>([^<]{1,2000})</string>", subject.sample.head)
    return _kind(found[1].decode("utf-8", "replace").strip()) if found else "stub-web"


def _kind(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return "shortcut-command"
    if parts.scheme.lower() in ("http", "https", "mailto", "ftp", "tel", ""):
        return "stub-web"
    ending = parts.path.rpartition(".")[2].lower()
    if parts.scheme.lower() != "file" or parts.netloc or ending in HARMFUL or _UNC.match(url):
        return "shortcut-command"
    return "stub-shortcut"


def _fields(subject: Subject) -> dict[str, str]:
    encoding = subject.identity.encoding or "latin-1"
    text = subject.sample.head.decode(encoding, "replace")
    return {name.lower(): value for name, value in reversed(_LINE.findall(text))}
