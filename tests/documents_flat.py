"""What the offices' documents say, as flat OpenDocument: what LibreOffice opens, to make every other format of it."""

from dataclasses import dataclass
from xml.sax.saxutils import escape

_SPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{space}:1.0"'
    for name, space in {
        "office": "office",
        "text": "text",
        "table": "table",
        "style": "style",
        "draw": "drawing",
        "presentation": "presentation",
        "meta": "meta",
        "fo": "xsl-fo-compatible",
        "svg": "svg-compatible",
        "number": "datastyle",
    }.items()
)
_FORMULAS = 'xmlns:of="urn:oasis:names:tc:opendocument:xmlns:of:1.2"'
_HEAD = (
    f'<?xml version="1.0" encoding="UTF-8"?>\n<office:document {_SPACES} {_FORMULAS}'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xlink="http://www.w3.org/1999/xlink" office:version="1.3"'
    ' office:mimetype="application/vnd.oasis.opendocument.{kind}">'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """What one document says, in every format that it is made in.

    Attributes:
        title: also its heading.
        author: in its properties only.
        created: RFC 3339, in its properties.
        language: ``nl`` or ``en``.
        sentences: paragraphs of the body, each on one line.
        cells: a table of two columns, or the cells of the sheets.
        head: what stands in the header, ``foot`` in the footer, ``note`` in a footnote or the speaker's notes.
    """

    title: str
    author: str
    created: str
    language: str
    sentences: tuple[str, ...]
    cells: tuple[tuple[str, str], ...]
    head: str
    foot: str
    note: str


DUTCH = Telling(
    title="Zelfroosteren in de thuiszorg",
    author="Anneke de Vries-Böck",
    created="2011-11-03T09:30:00",
    language="nl",
    sentences=(
        "De planners van de thuiszorg in Assen maken het rooster niet meer zelf, maar laten het aan het team.",
        "Dat scheelt één uur per week, en de cliënten zien vaker hetzelfde gezicht aan de deur.",
        "Het geheim is dat je eerst de vaste afspraken opschrijft en daarna pas de voorkeuren van de collega's.",
    ),
    cells=(("Wijk", "Uren per week"), ("Kloosterveen", "Twaalf uur"), ("Cliënten", "Negen uur")),
    head="Slimmer Werken Estafette",
    foot="Gemeente Assen, afdeling Welzijn",
    note="Met dank aan de wijkverpleging van Marsdijk.",
)
ENGLISH = Telling(
    title="Shorter meetings at the harbour",
    author="Thomas O'Brien",
    created="2011-11-17T14:05:00",
    language="en",
    sentences=(
        "The pilots of the harbour used to meet for an hour every morning, and nobody knew why it took so long.",
        "Now they stand around the map, and the meeting is over when the coffee is cold.",
        "What you should try first is to leave the chairs out of the room and to ask only one question.",
    ),
    cells=(("Quay", "Minutes"), ("North", "Fifteen"), ("South", "Twenty")),
    head="Working Smarter Relay",
    foot="Port of Delfzijl, pilots' office",
    note="With thanks to the crane drivers of the evening shift.",
)
SHEET_DATE = "2011-11-03"
"""A date in the sheets; ods, csv and html show it as ``03-11-2011``, xlsx and xls hold a number and that format."""
TELLINGS = {"nl": DUTCH, "en": ENGLISH}


def flat_text(told: Telling, times: int = 1) -> str:
    """A letter with a heading, a table, a list, a footnote, a text box, a remark, a header and a footer.

    Args:
        told: what it says.
        times: how often the paragraphs stand in it; 200 make a long document.
    """
    styles = (
        "<office:styles><style:default-style style:family='paragraph'><style:text-properties "
        f"fo:language='{told.language}' fo:country='{_country(told)}'/></style:default-style>"
        "<style:style style:name='Standard' style:family='paragraph'/>"
        "<style:style style:name='Heading_20_1' style:family='paragraph' style:default-outline-level='1'/>"
        "<style:style style:name='Frame' style:family='graphic'/></office:styles>"
        "<office:automatic-styles><style:page-layout style:name='page'><style:page-layout-properties "
        "fo:page-width='21cm' fo:page-height='29.7cm' fo:margin='2cm'/><style:header-style/><style:footer-style/>"
        "</style:page-layout></office:automatic-styles><office:master-styles>"
        "<style:master-page style:name='Standard' style:page-layout-name='page'>"
        f"<style:header>{_p(told.head)}</style:header><style:footer>{_p(told.foot)}</style:footer>"
        "</style:master-page></office:master-styles>"
    )
    first, *others = told.sentences
    note = (
        "<text:note text:id='one' text:note-class='footnote'><text:note-citation>1</text:note-citation>"
        f"<text:note-body>{_p(told.note)}</text:note-body></text:note>"
    )
    body = (
        f"<text:h text:style-name='Heading_20_1' text:outline-level='1'>{escape(told.title)}</text:h>"
        f"<text:p text:style-name='Standard'>{escape(first)}{note}</text:p>"
        + "".join(map(_p, [*others, *list(told.sentences) * (times - 1)]))
        + f"<text:list>{''.join(f'<text:list-item>{_p(cell)}</text:list-item>' for _, cell in told.cells)}</text:list>"
        + _table(told)
    )
    kind = _HEAD.format(kind="text")
    return f"{kind}{_meta(told)}{styles}<office:body><office:text>{body}</office:text></office:body></office:document>"


def flat_sheets(told: Telling) -> str:
    """A spreadsheet of two sheets: the cells, with a number, a date and a sum, and the sentences."""
    rows = "".join(
        f"<table:table-row>{_cell(left)}{_cell(right)}"
        f"<table:table-cell office:value-type='float' office:value='{number}'>{_p(str(number))}</table:table-cell>"
        f"<table:table-cell table:style-name='date' office:value-type='date' office:date-value='{SHEET_DATE}'/>"
        "</table:table-row>"
        for number, (left, right) in enumerate(told.cells, 41)
    )
    total = (
        "<table:table-row><table:table-cell/><table:table-cell/><table:table-cell table:formula='of:=SUM([.C1:.C3])'"
        " office:value-type='float' office:value='126'><text:p>126</text:p></table:table-cell></table:table-row>"
    )
    lines = "".join(f"<table:table-row>{_cell(line)}</table:table-row>" for line in told.sentences)
    sheets = (
        f"<table:table table:name='{escape(told.cells[0][0])}'>{rows}{total}</table:table>"
        f"<table:table table:name='{escape(told.cells[1][0])}'>{lines}</table:table>"
    )
    dash = "<number:text>-</number:text>"
    styles = (
        "<office:automatic-styles><number:date-style style:name='day'><number:day number:style='long'/>"
        f"{dash}<number:month number:style='long'/>{dash}<number:year number:style='long'/></number:date-style>"
        "<style:style style:name='date' style:family='table-cell' style:data-style-name='day'/>"
        "</office:automatic-styles>"
    )
    body = f"<office:body><office:spreadsheet>{sheets}</office:spreadsheet></office:body>"
    return f"{_HEAD.format(kind='spreadsheet')}{_meta(told)}{styles}{body}</office:document>"


def flat_slides(told: Telling) -> str:
    """A presentation of a slide a sentence, the title on each, with notes for the speaker on the first."""
    layout = (
        "<office:automatic-styles><style:page-layout style:name='page'><style:page-layout-properties "
        "fo:page-width='28cm' fo:page-height='21cm'/></style:page-layout></office:automatic-styles>"
        "<office:master-styles><style:master-page style:name='Default' style:page-layout-name='page'/>"
        "</office:master-styles>"
    )
    slides = "".join(
        f"<draw:page draw:name='slide{number}' draw:master-page-name='Default'>{_frame(told.title, 1)}{_frame(line, 8)}"
        + (f"<presentation:notes>{_notes(told)}</presentation:notes>" if number == 1 else "")
        + "</draw:page>"
        for number, line in enumerate(told.sentences, 1)
    )
    body = f"<office:body><office:presentation>{slides}</office:presentation></office:body>"
    return f"{_HEAD.format(kind='presentation')}{_meta(told)}{layout}{body}</office:document>"


def _country(told: Telling) -> str:
    return {"nl": "NL", "en": "GB"}[told.language]


def _meta(told: Telling) -> str:
    return (
        f"<office:meta><dc:title>{escape(told.title)}</dc:title><meta:initial-creator>{escape(told.author)}"
        f"</meta:initial-creator><dc:creator>{escape(told.author)}</dc:creator><meta:creation-date>{told.created}"
        f"</meta:creation-date><dc:date>{told.created}</dc:date></office:meta>"
    )


def _p(text: str) -> str:
    return f"<text:p>{escape(text)}</text:p>"


def _cell(text: str) -> str:
    return f"<table:table-cell office:value-type='string'>{_p(text)}</table:table-cell>"


def _table(told: Telling) -> str:
    rows = "".join(f"<table:table-row>{_cell(left)}{_cell(right)}</table:table-row>" for left, right in told.cells)
    columns = "<table:table-column table:number-columns-repeated='2'/>"
    return f"<table:table table:name='cells'>{columns}{rows}</table:table>"


def _frame(text: str, top: int) -> str:
    place = f"svg:x='2cm' svg:y='{top}cm' svg:width='24cm' svg:height='5cm'"
    return f"<draw:frame {place}><draw:text-box>{_p(text)}</draw:text-box></draw:frame>"


def _notes(told: Telling) -> str:
    place = "svg:x='2cm' svg:y='15cm' svg:width='16cm' svg:height='10cm'"
    box = f"<draw:text-box>{_p(told.note)}</draw:text-box>"
    return f"<draw:frame presentation:class='notes' {place}>{box}</draw:frame>"
