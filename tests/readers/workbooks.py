"""Writes workbooks without a library: as little as Excel and LibreOffice would open."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

Cell = str | float | bool | None
Sheets = Mapping[str, Sequence[Sequence[Cell]]]

_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PARTS = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_ODS = "urn:oasis:names:tc:opendocument:xmlns"
ODS_TYPE = "application/vnd.oasis.opendocument.spreadsheet"


def write_workbook(path: Path, sheets: Sheets, hidden: Sequence[str] = ()) -> Path:
    """An .xlsx or .ods file with these rows by the name of their sheet; a date is "=2019-12-25"."""
    (write_ods if path.suffix == ".ods" else write_xlsx)(path, sheets, hidden)
    return path


def write_xlsx(path: Path, sheets: Sheets, hidden: Sequence[str] = (), extent: str = "") -> None:
    names = list(sheets)
    state = {name: 'state="hidden" ' if name in hidden else "" for name in names}
    listed = "".join(
        f'<sheet name="{escape(name)}" {state[name]}sheetId="{i}" r:id="r{i}"/>'
        for i, name in enumerate(names, 1)
    )
    links = "".join(
        f'<Relationship Id="r{i}" Type="{_RELATION}/worksheet" Target="worksheets/sheet{i}.xml"/>'
        for i in range(1, len(names) + 1)
    )
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/'
        f'content-types"><Default Extension="xml" ContentType="{_PARTS}.worksheet+xml"/>'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.'
        'relationships+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{_RELATIONS}"><Relationship Id="r1" '
        f'Type="{_RELATION}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATION}"><sheets>{listed}'
        "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_RELATIONS}">{links}'
        f'<Relationship Id="styles" Type="{_RELATION}/styles" Target="styles.xml"/>'
        "</Relationships>",
        # Numbers of the style 1 are dates.
        "xl/styles.xml": f'<styleSheet xmlns="{_MAIN}"><cellXfs count="2"><xf numFmtId="0"/>'
        '<xf numFmtId="14"/></cellXfs></styleSheet>',
    }
    for i, rows in enumerate(sheets.values(), 1):
        body = "".join(
            f'<row r="{y}">{"".join(_xlsx_cell(cell, x, y) for x, cell in enumerate(row))}</row>'
            for y, row in enumerate(rows, 1)
        )
        parts[f"xl/worksheets/sheet{i}.xml"] = (
            f'<worksheet xmlns="{_MAIN}">{extent}<sheetData>{body}</sheetData></worksheet>'
        )
    _write(path, parts)


def _xlsx_cell(cell: Cell, x: int, y: int) -> str:
    at = f'r="{chr(ord("A") + x)}{y}"'
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return f'<c {at} t="b"><v>{int(cell)}</v></c>'
    if isinstance(cell, int | float):
        return f"<c {at}><v>{cell}</v></c>"
    if cell == "=2019-12-25":
        return f'<c {at} s="1"><v>43824</v></c>'
    return f'<c {at} t="inlineStr"><is><t xml:space="preserve">{escape(cell)}</t></is></c>'


def write_ods(path: Path, sheets: Sheets, hidden: Sequence[str] = ()) -> None:
    tables = ""
    for name, rows in sheets.items():
        style = ' table:style-name="off"' if name in hidden else ""
        body = "".join(
            f"<table:table-row>{''.join(map(_ods_cell, row))}"
            '<table:table-cell table:number-columns-repeated="1000"/></table:table-row>'
            for row in rows
        )
        # LibreOffice fills the sheet to its last row with one that is repeated.
        tables += (
            f'<table:table table:name="{escape(name)}"{style}>{body}'
            '<table:table-row table:number-rows-repeated="1048000"><table:table-cell '
            'table:number-columns-repeated="16384"/></table:table-row></table:table>'
        )
    spaces = " ".join(f'xmlns:{n}="{_ODS}:{n}:1.0"' for n in ("office", "table", "text", "style"))
    content = (
        f'<office:document-content {spaces}><office:automatic-styles><style:style style:name="off" '
        'style:family="table"><style:table-properties table:display="false"/></style:style>'
        f"</office:automatic-styles><office:body><office:spreadsheet>{tables}"
        "</office:spreadsheet></office:body></office:document-content>"
    )
    manifest = f'<manifest:manifest xmlns:manifest="{_ODS}:manifest:1.0"/>'
    _write(path, {"mimetype": ODS_TYPE, "META-INF/manifest.xml": manifest, "content.xml": content})


def _ods_cell(cell: Cell) -> str:
    kind = 'table:table-cell office:value-type="{}" office:{}="{}"'
    if cell is None:
        return "<table:table-cell/>"
    if isinstance(cell, bool):
        return f"<{kind.format('boolean', 'boolean-value', str(cell).lower())}/>"
    if isinstance(cell, int | float):
        return f"<{kind.format('float', 'value', cell)}/>"
    if cell == "=2019-12-25":
        return f"<{kind.format('date', 'date-value', cell[1:])}/>"
    lines = "".join(f"<text:p>{escape(line)}</text:p>" for line in cell.split("\n"))
    return f'<table:table-cell office:value-type="string">{lines}</table:table-cell>'


def _write(path: Path, parts: Mapping[str, str]) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
