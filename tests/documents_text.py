"""Plain text, Markdown, tables and mail as people's programs write them, in the encodings that they use."""

import codecs
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

from documents_flat import TELLINGS, Telling

SENT = datetime(2011, 11, 9, 8, 15, tzinfo=UTC)
"""When the mails were sent."""

_TEXTS = {
    "utf8": "utf-8",
    "utf8-bom": "utf-8-sig",
    "utf16": "utf-16-le",
    "utf16-be": "utf-16-be",
    "cp1252": "cp1252",
}
_BOMS = {"utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE}
TEXTS = tuple(f"{name}-{language}.txt" for name in _TEXTS for language in TELLINGS)
TABLES = tuple(f"{name}-{language}.csv" for name in ("utf8", "utf16", "cp1252") for language in TELLINGS)
MARKDOWN = tuple(f"readme-{language}.md" for language in TELLINGS)
PAGES = ("page-nl.html", "page-en.html", "page-cp1252.html", "page-utf16.html")
MAILS = ("plain-nl.eml", "plain-en.eml", "html-nl.eml", "attached-nl.eml", "forwarded-en.eml")


def make_texts(folder: Path) -> None:
    """All of the names above, in a folder that already holds ``letter-nl.docx``."""
    for language, told in TELLINGS.items():
        for name, encoding in _TEXTS.items():
            (folder / f"{name}-{language}.txt").write_bytes(_encoded(_text(told), encoding))
        for name in ("utf8", "utf16", "cp1252"):
            (folder / f"{name}-{language}.csv").write_bytes(_encoded(_table(told), _TEXTS[name]))
        (folder / f"readme-{language}.md").write_text(_markdown(told), "utf-8")
        (folder / f"page-{language}.html").write_text(_page(told, "utf-8"), "utf-8")
        (folder / f"plain-{language}.eml").write_bytes(bytes(_mail(told)))
    (folder / "page-cp1252.html").write_bytes(_page(TELLINGS["nl"], "windows-1252").encode("cp1252"))
    (folder / "page-utf16.html").write_bytes(_encoded(_page(TELLINGS["nl"], "utf-16"), "utf-16-le"))
    (folder / "html-nl.eml").write_bytes(bytes(_mail(TELLINGS["nl"], html=True)))
    with_files = _mail(TELLINGS["nl"])
    letter = (folder / "letter-nl.docx").read_bytes()
    with_files.add_attachment(letter, maintype="application", subtype="octet-stream", filename="rooster één.docx")
    (folder / "attached-nl.eml").write_bytes(bytes(with_files))
    forwarding = EmailMessage()
    forwarding["From"], forwarding["To"] = "Eva <eva@example.org>", "iedereen@example.org"
    forwarding["Subject"], forwarding["Date"] = "Fwd: the meeting", format_datetime(SENT)
    forwarding.set_content("See below.\r\n")
    forwarding.add_attachment(_mail(TELLINGS["en"]))
    (folder / "forwarded-en.eml").write_bytes(bytes(forwarding))


def _encoded(text: str, encoding: str) -> bytes:
    return _BOMS.get(encoding, b"") + text.replace("\n", "\r\n").encode(encoding)


def _text(told: Telling) -> str:
    return "\n\n".join((told.title, *told.sentences, told.note)) + "\n"


def _table(told: Telling) -> str:
    return "".join(f'{left};"{right}";{number}\n' for number, (left, right) in enumerate(told.cells, 41))


def _markdown(told: Telling) -> str:
    first, *others = told.sentences
    cells = "".join(f"| {left} | {right} |\n" for left, right in told.cells[1:])
    head = "| {} | {} |\n| --- | --- |\n".format(*told.cells[0])
    listed = "".join(f"- {line}\n" for line in others)
    return f"# {told.title}\n\n**{first}**\n\n{listed}\n{head}{cells}\n[{told.note}](https://example.org/)\n"


def _page(told: Telling, charset: str) -> str:
    lines = "".join(f"<p>{line}</p>\n" for line in told.sentences)
    return (
        f'<!DOCTYPE html>\n<html lang="{told.language}"><head><meta charset="{charset}"><title>{told.title}</title>\n'
        f'<meta name="author" content="{told.author}"><style>p {{ color: red }}</style>\n'
        f"<script>var hidden = '<p>script text</p>';</script></head><body><h1>{told.title}</h1>\n{lines}"
        f"<ul><li>{told.note}</li></ul></body></html>\n"
    )


def _mail(told: Telling, html: bool = False) -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = f"{told.author} <planner@example.org>"
    mail["To"] = "estafette@example.org"
    mail["Subject"] = told.title
    mail["Date"] = format_datetime(SENT)
    mail["Message-ID"] = "<1@example.org>"
    if html:
        mail.set_content(_page(told, "utf-8"), subtype="html", cte="quoted-printable")
    else:
        mail.set_content("\n\n".join(told.sentences) + "\n", cte="base64")
    return mail
