"""Office documents: Word text, OpenDocument text and a spreadsheet, as small as strict readers allow.

Each is a zip with fixed times, whose parts are stored and not compressed, so that its bytes are the same
everywhere.
"""

import io
import zipfile
from collections.abc import Iterable, Sequence
from html import escape

Cell = str | int | float
"""What stands in one cell of a spreadsheet."""

_TIME = (2011, 11, 1, 9, 0, 0)
_ISO_TIME = "2011-11-01T09:00:00Z"
_PROGRAM = "linksync demo"

_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
_TYPE = "application/vnd.openxmlformats-officedocument"
_WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_SHEET = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_ODF = "urn:oasis:names:tc:opendocument:xmlns"
_ODT_TYPE = "application/vnd.oasis.opendocument.text"

_WORD_STYLES = (
    f"<w:styles {_WORD}>"
    '<w:docDefaults><w:rPrDefault><w:rPr><w:sz w:val="22"/><w:lang w:val="nl-NL"/></w:rPr></w:rPrDefault>'
    '<w:pPrDefault><w:pPr><w:spacing w:after="160"/></w:pPr></w:pPrDefault></w:docDefaults>'
    '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>'
    '<w:style w:type="paragraph" w:styleId="Heading1"><w:name w:val="heading 1"/><w:basedOn w:val="Normal"/>'
    '<w:next w:val="Normal"/><w:pPr><w:outlineLvl w:val="0"/></w:pPr><w:rPr><w:b/><w:sz w:val="32"/></w:rPr>'
    "</w:style>"
    "</w:styles>"
)
_ODF_SPACES = (
    f'xmlns:office="{_ODF}:office:1.0" xmlns:text="{_ODF}:text:1.0" xmlns:style="{_ODF}:style:1.0" '
    f'xmlns:fo="{_ODF}:xsl-fo-compatible:1.0" xmlns:meta="{_ODF}:meta:1.0" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" office:version="1.2"'
)
_ODF_STYLES = (
    f"<office:document-styles {_ODF_SPACES}><office:styles>"
    '<style:default-style style:family="paragraph"><style:paragraph-properties fo:margin-bottom="0.3cm"/>'
    '<style:text-properties fo:language="nl" fo:country="NL"/></style:default-style>'
    '<style:style style:name="Standard" style:family="paragraph" style:class="text"/>'
    '<style:style style:name="Heading_20_1" style:display-name="Heading 1" style:family="paragraph" '
    'style:parent-style-name="Standard" style:default-outline-level="1">'
    '<style:text-properties fo:font-size="16pt" fo:font-weight="bold"/></style:style>'
    "</office:styles></office:document-styles>"
)


def make_docx(title: str, paragraphs: Sequence[str]) -> bytes:
    """A Word document: the title as a heading, then the paragraphs; the title is in its properties too.

    Raises:
        ValueError: text with a control character, which XML cannot hold.
    """
    heading = f'<w:p><w:pPr><w:pStyle w:val="Heading1"/></w:pPr>{_word_run(title)}</w:p>'
    body = "".join(f"<w:p>{_word_run(paragraph)}</w:p>" for paragraph in paragraphs)
    page = (
        '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/>'
        '<w:pgMar w:top="1417" w:right="1417" w:bottom="1417" w:left="1417" '
        'w:header="708" w:footer="708" w:gutter="0"/></w:sectPr>'
    )
    parts = [
        (
            "word/document.xml",
            "wordprocessingml.document.main",
            f"<w:document {_WORD}><w:body>{heading}{body}{page}</w:body></w:document>",
        ),
        ("word/styles.xml", "wordprocessingml.styles", _WORD_STYLES),
    ]
    return _open_xml(title, parts)


def make_xlsx(title: str, rows: Iterable[Sequence[Cell]]) -> bytes:
    """A spreadsheet of one sheet, at most 26 columns wide; the title names the sheet and the properties.

    Raises:
        ValueError: more than 26 columns, or text with a control character.
    """
    lines = "".join(_sheet_row(number, row) for number, row in enumerate(rows, 1))
    name = "".join(" " if c in "[]:*?/\\'" else c for c in title)[:31].strip() or "Blad 1"
    book = (
        f'<workbook {_SHEET} xmlns:r="{_OFFICE}/relationships"><sheets>'
        f'<sheet name="{_text(name)}" sheetId="1" r:id="rId1"/></sheets></workbook>'
    )
    parts = [
        ("xl/workbook.xml", "spreadsheetml.sheet.main", book),
        (
            "xl/worksheets/sheet1.xml",
            "spreadsheetml.worksheet",
            f"<worksheet {_SHEET}><sheetData>{lines}</sheetData></worksheet>",
        ),
    ]
    return _open_xml(title, parts)


def make_odt(title: str, paragraphs: Sequence[str]) -> bytes:
    """An OpenDocument text: the title as a heading, then the paragraphs; the title is in its metadata too.

    Raises:
        ValueError: text with a control character, which XML cannot hold.
    """
    heading = f'<text:h text:style-name="Heading_20_1" text:outline-level="1">{_text(title)}</text:h>'
    body = "".join(f'<text:p text:style-name="Standard">{_text(line)}</text:p>' for line in paragraphs)
    content = (
        f"<office:document-content {_ODF_SPACES}><office:body><office:text>{heading}{body}"
        "</office:text></office:body></office:document-content>"
    )
    meta = (
        f"<office:document-meta {_ODF_SPACES}><office:meta><meta:generator>{_PROGRAM}</meta:generator>"
        f"<dc:title>{_text(title)}</dc:title><meta:creation-date>2011-11-01T09:00:00</meta:creation-date>"
        "<dc:language>nl-NL</dc:language></office:meta></office:document-meta>"
    )
    xml = [("content.xml", content), ("styles.xml", _ODF_STYLES), ("meta.xml", meta)]
    entries = [("/", _ODT_TYPE), *((name, "text/xml") for name, _ in xml)]
    listed = "".join(
        f'<manifest:file-entry manifest:full-path="{path}" manifest:media-type="{kind}"/>' for path, kind in entries
    )
    spaces = f'xmlns:manifest="{_ODF}:manifest:1.0" manifest:version="1.2"'
    manifest = f"<manifest:manifest {spaces}>{listed}</manifest:manifest>"
    return _zip(
        [
            ("mimetype", _ODT_TYPE),
            *((n, _XML + t) for n, t in xml),
            ("META-INF/manifest.xml", _XML + manifest),
        ]
    )


def _text(text: str) -> str:
    if not text.isprintable():
        raise ValueError(f"a document holds printable text, not {text!r}")
    return escape(text, quote=True)


def _word_run(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{_text(text)}</w:t></w:r>'


def _sheet_row(number: int, row: Sequence[Cell]) -> str:
    if len(row) > 26:
        raise ValueError(f"a row has at most 26 cells, not {len(row)}")
    cells = "".join(_sheet_cell(f"{chr(65 + column)}{number}", cell) for column, cell in enumerate(row))
    return f'<row r="{number}">{cells}</row>'


def _sheet_cell(at: str, cell: Cell) -> str:
    if isinstance(cell, str):
        return f'<c r="{at}" t="inlineStr"><is><t xml:space="preserve">{_text(cell)}</t></is></c>'
    return f'<c r="{at}"><v>{cell}</v></c>'


def _open_xml(title: str, parts: Sequence[tuple[str, str, str]]) -> bytes:
    """The package around parts of (path, content type, XML); the first one refers to the others."""
    main = parts[0][0]
    folder, _, name = main.rpartition("/")
    kinds = [(path, f"{_TYPE}.{kind}+xml") for path, kind, _ in parts]
    kinds.append(("docProps/core.xml", "application/vnd.openxmlformats-package.core-properties+xml"))
    inner = [(path.removeprefix(folder + "/"), kind) for path, kind, _ in parts[1:]]
    links = [(path, f"{_OFFICE}/relationships/{kind.rpartition('.')[2]}") for path, kind in inner]
    outer = [
        (main, f"{_OFFICE}/relationships/officeDocument"),
        ("docProps/core.xml", f"{_PACKAGE}/relationships/metadata/core-properties"),
    ]
    files = [
        ("[Content_Types].xml", _content_types(kinds)),
        ("_rels/.rels", _relations(outer)),
        *((path, xml) for path, _, xml in parts),
        (f"{folder}/_rels/{name}.rels", _relations(links)),
        ("docProps/core.xml", _core(title)),
    ]
    return _zip([(path, _XML + xml) for path, xml in files])


def _content_types(kinds: Sequence[tuple[str, str]]) -> str:
    overrides = "".join(f'<Override PartName="/{path}" ContentType="{kind}"/>' for path, kind in kinds)
    return (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
    )


def _relations(links: Sequence[tuple[str, str]]) -> str:
    lines = "".join(
        f'<Relationship Id="rId{number}" Type="{kind}" Target="{target}"/>'
        for number, (target, kind) in enumerate(links, 1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{lines}</Relationships>'


def _core(title: str) -> str:
    spaces = (
        f'xmlns:cp="{_PACKAGE}/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    )
    created = f'<dcterms:created xsi:type="dcterms:W3CDTF">{_ISO_TIME}</dcterms:created>'
    return (
        f"<cp:coreProperties {spaces}><dc:title>{_text(title)}</dc:title><dc:creator>{_PROGRAM}</dc:creator>"
        f"<dc:language>nl-NL</dc:language>{created}</cp:coreProperties>"
    )


def _zip(files: Iterable[tuple[str, str]]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as package:
        for name, text in files:
            entry = zipfile.ZipInfo(name, _TIME)
            entry.create_system = 3
            entry.external_attr = 0o644 << 16
            package.writestr(entry, text.encode())
    return target.getvalue()
