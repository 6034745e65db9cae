"""One run of LibreOffice that makes all office documents, driven by a macro in a profile of its own.

``soffice --convert-to`` knows one format a run; a macro opens each source once and stores it in every format.
"""

import os
import signal
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

from media import need

_TIMEOUT = 120.0

_MACRO = """
Function Named(name As String, value)
    Dim pair As New com.sun.star.beans.PropertyValue
    pair.Name = name
    pair.Value = value
    Named = pair
End Function

Sub Store(source, parts)
    options = Array(Named("FilterName", parts(2)), Named("FilterOptions", parts(3)))
    If parts(4) <> "" And Right(parts(1), 4) = ".pdf" Then
        locks = Array(Named("EncryptFile", True), Named("DocumentOpenPassword", parts(4)))
        options = Array(Named("FilterName", parts(2)), Named("FilterData", locks))
    ElseIf parts(4) <> "" And Right(parts(1), 5) = ".docx" Then
        key = CreateUnoStruct("com.sun.star.beans.NamedValue")
        key.Name = "OOXPassword"
        key.Value = parts(4)
        kind = CreateUnoStruct("com.sun.star.beans.NamedValue")
        kind.Name = "CryptoType"
        kind.Value = "Standard"
        options = Array(Named("FilterName", parts(2)), Named("EncryptionData", Array(key, kind)))
    ElseIf parts(4) <> "" Then
        options = Array(Named("FilterName", parts(2)), Named("Password", parts(4)))
    End If
    source.storeToURL(ConvertToURL(parts(1)), options)
End Sub

Sub Make(orders As String)
    Dim entry As String, opened As String
    Dim source As Object
    listed = FreeFile
    Open orders For Input As #listed
    answer = FreeFile
    Open orders & ".answer" For Output As #answer
    On Error GoTo Broken
    Do While Not EOF(listed)
        Line Input #listed, entry
        parts = Split(entry, Chr(9))
        If parts(0) <> opened Then
            If opened <> "" Then source.close(True)
            opened = parts(0)
            source = StarDesktop.loadComponentFromURL(ConvertToURL(opened), "_blank", 0, Array(Named("Hidden", True)))
        End If
        Store(source, parts)
    Loop
    Print #answer, "made"
    Close #answer
    StarDesktop.terminate()
    Exit Sub
Broken:
    Print #answer, entry & ": " & Error$
    Close #answer
    StarDesktop.terminate()
End Sub
"""
_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
_PROFILE = {
    "registrymodifications.xcu": _XML  # else the first start puts its own macros over ours
    + '<oor:items xmlns:oor="http://openoffice.org/2001/registry"><item oor:path="/org.openoffice.Setup/Office">'
    '<prop oor:name="ooSetupInstCompleted" oor:op="fuse"><value>true</value></prop></item></oor:items>',
    "basic/script.xlc": _XML
    + '<library:libraries xmlns:library="http://openoffice.org/2000/library"><library:library library:name="Standard"'
    ' library:link="false"/></library:libraries>',
    "basic/Standard/script.xlb": _XML
    + '<library:library xmlns:library="http://openoffice.org/2000/library" library:name="Standard">'
    '<library:element library:name="Making"/></library:library>',
    "basic/Standard/Making.xba": _XML
    + '<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Making"'
    f' script:language="StarBasic">{escape(_MACRO)}</script:module>',
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One document to be stored.

    Attributes:
        source: what LibreOffice opens.
        target: what it stores.
        export: the name of its export filter.
        options: the filter's options, as ``44,34,76``.
        password: what opens the document; empty for none.
    """

    source: Path
    target: Path
    export: str
    options: str = ""
    password: str = ""

    def line(self) -> str:
        """The order as the macro reads it."""
        return "\t".join((str(self.source), str(self.target), self.export, self.options, self.password))


def run_office(orders: Iterable[Order], room: Path) -> None:
    """Store every document; orders of one source stand together.

    Args:
        orders: what to make; paths in ASCII, without tabs.
        room: an empty folder for the profile.

    Raises:
        RuntimeError: LibreOffice could not make one, with what it said.
    """
    for name, content in _PROFILE.items():
        path = room / "profile" / "user" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")
    listed = room / "orders"
    listed.write_text("".join(f"{order.line()}\n" for order in orders), "utf-8")
    told = _end_in_time(
        [
            need("soffice"),
            f"-env:UserInstallation={(room / 'profile').as_uri()}",
            *("--headless", "--norestore", "--nologo"),
            f'macro:///Standard.Making.Make("{listed}")',
        ],
        room,
    )
    answer = room / "orders.answer"
    if not answer.exists() or answer.read_text("utf-8", "replace").strip() != "made":
        raise RuntimeError(f"LibreOffice: {answer.read_text('utf-8', 'replace') if answer.exists() else ''} {told}")


def _end_in_time(command: list[str], room: Path) -> str:
    """Run a program that starts others, and end all of them after two minutes."""
    environment = {**os.environ, "HOME": str(room), "LC_ALL": "C.UTF-8"}
    with open(room / "said", "w+b") as said:
        running = subprocess.Popen(command, env=environment, stdout=said, stderr=said, start_new_session=True)
        try:
            running.wait(_TIMEOUT)
        except subprocess.TimeoutExpired:
            os.killpg(running.pid, signal.SIGKILL)
            running.wait()
        said.seek(0)
        return said.read().decode(errors="replace")
