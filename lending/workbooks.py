"""Rows as a workbook (XLSX), written as a stream: one sheet of texts and numbers, in which there is nothing to compute.

A text that looks like a formula stands behind an apostrophe, as in CSV (`lending.spreadsheets`); characters that XML cannot hold
are written as the format writes them, _x0000_ (ECMA-376 part 1, 22.9.2.19).
"""

import re
import zipfile
from collections.abc import Iterable
from tempfile import TemporaryFile
from typing import IO
from xml.sax.saxutils import escape

from lending.spreadsheets import defused

WORKBOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{WORKBOOK_TYPE}.main+xml"/>'
    '<Override PartName="/xl/worksheets/sheet1.xml"'
    ' ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
    '<sheets><sheet name="1" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
}
_NOT_IN_XML = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_WRITTEN_SO = re.compile("_x([0-9A-Fa-f]{4})_")


class Number(str):
    """A cell that is a number, as text with a point: a workbook can sum it."""

    __slots__ = ()


def workbook(rows: Iterable[Iterable[str]], *, head: Iterable[str]) -> IO[bytes]:
    """The workbook as an open file, at its beginning, that is gone when it is closed."""
    file = TemporaryFile()  # noqa: SIM115 - whoever sends it closes it
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in _PARTS.items():
            archive.writestr(name, _HEAD + content)
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write(f'{_HEAD}<worksheet xmlns="{_MAIN}"><sheetData>'.encode())
            sheet.write(_row(head))
            for row in rows:
                sheet.write(_row(row))
            sheet.write(b"</sheetData></worksheet>")
    file.seek(0)
    return file


def unescaped(text: str) -> str:
    """The text that a cell holds."""
    return _WRITTEN_SO.sub(lambda found: chr(int(found[1], 16)), text)


def _row(cells: Iterable[str]) -> bytes:
    return f"<row>{''.join(map(_cell, cells))}</row>".encode()


def _cell(cell: str) -> str:
    if isinstance(cell, Number):
        return f"<c><v>{cell}</v></c>"
    text = _NOT_IN_XML.sub(lambda found: f"_x{ord(found[0]):04X}_", defused(cell))
    return f'<c t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'
