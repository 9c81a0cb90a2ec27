"""A letter as PDF: the same text as its HTML, set on numbered pages, every character of it text that can be selected.

Chinese is set in a font that every reader of PDF brings along (`STSong-Light`, one of Adobe's own names), so no font file is
kept or installed; what Latin-1 can say stands in Helvetica, unless the letter is Chinese throughout.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from io import BytesIO
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from lending.letter_html import Block, Part, Table, parts_of

CONTENT_TYPE = "application/pdf"
SONG, LATIN = "STSong-Light", "Helvetica"
MARGIN, GAP, CELL_PADDING = 54.0, 6.0, 4.0
"""Points: three quarters of an inch around the page."""
SIZE, LEADING, SMALL, FOOT_SIZE = 9.5, 14.0, 8.0, 8.0
NARROW_MAX = 95.0
"""A column whose longest line is no wider keeps its width; the others share what is left."""
SIZES = {"h2": 14.0}
NOT_LATIN = re.compile(r"[^\x00-\xff]+")
MARKUP = re.compile(r"<[^>]*>")
RULE, FAINT = "#c8ccd2", "#5b6470"


def pdf_of(letter: str, *, language: str, title: str, author: str) -> bytes:
    """The letter's pages; the same letter gives the same bytes."""
    parts = parts_of(letter)
    pages, _content = _built(parts, language, title, author, pages=0)
    return _built(parts, language, title, author, pages=pages)[1]


def _built(parts: Sequence[Part], language: str, title: str, author: str, *, pages: int) -> tuple[int, bytes]:
    """How many pages there are, and the document with `pages` as their number at the foot of each."""
    from reportlab.lib.pagesizes import A4
    from reportlab.platypus import SimpleDocTemplate

    _know_the_font()
    content = BytesIO()
    page = SimpleDocTemplate(
        content,
        pagesize=A4,
        **dict.fromkeys(("leftMargin", "rightMargin", "topMargin", "bottomMargin"), MARGIN),
        title=title,
        author=author,
        lang=translation.to_locale(language).replace("_", "-"),
        invariant=1,
    )
    latin = SONG if language.startswith("zh") else LATIN

    def foot(canvas: Any, document: Any) -> None:
        with translation.override(language):
            words = _("Page %(page)s of %(pages)s") % {"page": document.page, "pages": pages}
        canvas.setFont(latin, FOOT_SIZE)
        canvas.setFillColor(FAINT)
        canvas.drawCentredString(A4[0] / 2, MARGIN / 2, words)

    story = [flowable for part in parts for flowable in _set(part, page.width, latin)]
    page.build(story, onFirstPage=foot, onLaterPages=foot)
    return page.page, content.getvalue()


@lru_cache(maxsize=1)
def _know_the_font() -> None:
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfbase.pdfmetrics import registerFont

    registerFont(UnicodeCIDFont(SONG))


def _set(part: Part, width: float, latin: str) -> list[Any]:
    from reportlab.platypus import Spacer

    if isinstance(part, Block):
        paragraph = _paragraph(part.markup, latin, size=SIZES.get(part.kind, SIZE), is_right=part.kind == "letter-day")
        return [paragraph, Spacer(0, GAP)]
    return [_table(part, width, latin), Spacer(0, 2 * GAP)]


def _paragraph(markup: str, latin: str, *, size: float = SIZE, is_right: bool = False) -> Any:
    from reportlab.lib.enums import TA_LEFT, TA_RIGHT
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.platypus import Paragraph

    style = ParagraphStyle(
        "letter",
        fontName=latin,
        fontSize=size,
        leading=size * LEADING / SIZE,
        alignment=TA_RIGHT if is_right else TA_LEFT,
        wordWrap="CJK" if latin == SONG else None,
    )
    markup = markup.replace("<small>", f'<font size="{SMALL}" color="{FAINT}">').replace("</small>", "</font>")
    if latin != SONG:
        markup = NOT_LATIN.sub(lambda found: f'<font name="{SONG}">{found[0]}</font>', markup)
    return Paragraph(markup, style)


def _table(table: Table, width: float, latin: str) -> Any:
    from reportlab.lib.colors import HexColor
    from reportlab.platypus import Table as Grid

    rows = [[_paragraph(cell.markup, latin, is_right=cell.is_number) for cell in row] for row in table.rows]
    rules: list[Any] = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LINEBELOW", (0, 0), (-1, -1), 0.5, HexColor(RULE)),
        *((side, (0, 0), (-1, -1), CELL_PADDING) for side in ("LEFTPADDING", "RIGHTPADDING")),
        *((side, (0, 0), (-1, -1), CELL_PADDING / 2) for side in ("TOPPADDING", "BOTTOMPADDING")),
    ]
    if table.heads:
        rules.append(("LINEBELOW", (0, table.heads - 1), (-1, table.heads - 1), 1, HexColor(FAINT)))
    if table.has_foot:
        rules.append(("LINEABOVE", (0, -1), (-1, -1), 1, HexColor(FAINT)))
    return Grid(rows, colWidths=_widths(table, width), repeatRows=table.heads, style=rules, hAlign="LEFT")


def _widths(table: Table, width: float) -> list[float]:
    """Narrow columns as wide as their longest line, the rest of the page shared by the others."""
    columns = max(len(row) for row in table.rows)
    natural = [max(_wide(row[index].markup) for row in table.rows if index < len(row)) for index in range(columns)]
    narrow = [wide if wide <= NARROW_MAX else 0.0 for wide in natural]
    others = narrow.count(0.0)
    share = max(width - sum(narrow), 0) / others if others else 0.0
    return [wide or share for wide in narrow]


def _wide(markup: str) -> float:
    """How wide the longest line of a cell is, its padding with it; of the two fonts that may set a character, the wider."""
    from html import unescape

    from reportlab.pdfbase.pdfmetrics import stringWidth

    lines = [unescape(MARKUP.sub("", line)) for line in markup.split("<br/>")]
    longest = max(sum(max(stringWidth(each, font, SIZE) for font in (SONG, LATIN)) for each in line) for line in lines)
    return float(longest) + 2 * CELL_PADDING + 1
