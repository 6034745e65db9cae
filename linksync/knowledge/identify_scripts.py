"""Scripts: by the ``#!`` that they begin with, or, of Windows, by lines that can hardly be anything else."""

import re

from linksync.knowledge.encodings import Text
from linksync.knowledge.identity import Family
from linksync.knowledge.sample import Sample

Found = tuple[str, Family, str]
"""Media type, family, PRONOM id."""

_INTERPRETERS = (
    ("python", "text/x-python"),
    ("perl", "text/x-perl"),
    ("ruby", "text/x-ruby"),
    ("node", "text/javascript"),
    ("php", "text/x-php"),
    ("osascript", "text/x-applescript"),
    ("pwsh", "text/x-powershell"),
)


def shebang(begin: str, text: Text, _: Sample) -> Found | None:
    """A script of a system with a shell, by the interpreter that its first line names."""
    if not text.head.startswith("#!"):
        return None
    line = begin.partition("\n")[0]
    if "/" not in line:
        return None
    media_type = next((media for word, media in _INTERPRETERS if word in line), "text/x-shellscript")
    return media_type, Family.PROGRAM, ""


_BATCH = re.compile(
    r"(?>(?:(?:rem|::)[^\n]*\n\s*)*)(?:@?echo off\b|@(?:if|set|start|cmd|powershell|call|cls|rem)\b)", re.IGNORECASE
)
_VISUAL_BASIC = re.compile(
    r"^[ \t]*(?:set\s+\w+\s*=\s*(?:wscript\.)?createobject\s*\(|on error resume next\b|wscript\.(?:echo|sleep|quit)\b"
    r"|option explicit\s*$)",
    re.IGNORECASE | re.MULTILINE,
)
_VISUAL_BASIC_BEGIN = re.compile(
    r"(?>(?:\s*(?:'|rem\b)[^\n]*\n)*)\s*"
    r"(?:dim|set|option|on error|const|wscript|function|sub|private|public|call|if|msgbox)\b",
    re.IGNORECASE,
)
_VISUAL_BASIC_WORDS = ("createobject", "wscript.", "on error resume", "option explicit")
_POWERSHELL = re.compile(
    r"(?>(?:<#.*?#>|#[^\n]*\n|\s)*)(?:#requires\b|\[cmdletbinding\(|param\s*\(|\$[a-z_]\w*\s*=\s*[^\n]|(?:write-host|"
    r"set-executionpolicy|invoke-webrequest|invoke-expression|start-process|import-module|iex)\b)",
    re.IGNORECASE | re.DOTALL,
)
_POWERSHELL_WORD = re.compile(
    r"^[ \t]*(?:write-host|write-output|invoke-\w+|start-process|new-object|set-\w+|get-\w+|import-module|iex)\b"
    r"|=\s*(?:new-object|get-\w+|invoke-\w+)\b",
    re.IGNORECASE | re.MULTILINE,
)
_JSCRIPT = re.compile(r"new\s+ActiveXObject\s*\(|WScript\.CreateObject\s*\(")


def windows_script(begin: str, _text: Text, _: Sample) -> Found | None:
    """Windows' scripts, which carry no mark: only where a line can hardly be anything else."""
    if _BATCH.match(begin):
        return "application/x-bat", Family.PROGRAM, "x-fmt/413"
    lowered = begin.lower()
    visual = any(word in lowered for word in _VISUAL_BASIC_WORDS) and _VISUAL_BASIC_BEGIN.match(begin)
    if visual and _VISUAL_BASIC.search(begin):
        return "text/vbscript", Family.PROGRAM, ""
    if _POWERSHELL.match(begin) and _POWERSHELL_WORD.search(begin):
        return "text/x-powershell", Family.PROGRAM, ""
    if (
        "Object" in begin
        and _JSCRIPT.search(begin)
        and begin.startswith(("var ", "function", "(", "//", "/*", "try", "new ", "WScript"))
    ):
        return "text/javascript", Family.PROGRAM, ""
    return None
