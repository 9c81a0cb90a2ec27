"""The parts of a letter as its HTML has them, for whoever sets it otherwise: one text serves the screen and the paper.

Knows what letters are made of (headings, paragraphs, tables, pairs of term and value) and nothing more.
"""

from dataclasses import dataclass, field
from html import escape
from html.parser import HTMLParser

BREAK = "<br/>"
HIDDEN = "vh"
VOID = {"br"}


@dataclass
class Block:
    """A paragraph: `kind` is its tag, or its class where that says more; the markup has text, breaks and small print."""

    kind: str
    markup: str = ""


@dataclass
class Cell:
    markup: str = ""
    is_number: bool = False
    is_head: bool = False


@dataclass
class Table:
    """Rows of cells, the first `heads` of them column heads; a list of pairs is one without heads."""

    rows: list[list[Cell]] = field(default_factory=list)
    heads: int = 0
    has_foot: bool = False


Part = Block | Table


def parts_of(html: str) -> list[Part]:
    """The letter's parts in their order, what is hidden from the eye left out."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return [part for part in reader.parts if isinstance(part, Table) or part.markup.strip()]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[Part] = []
        self.open: list[tuple[str, bool, bool]] = []
        self.text: list[str] | None = None
        self.table: Table | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        classes = (dict(attrs).get("class") or "").split()
        is_hidden = HIDDEN in classes or self._is_hidden()
        is_small = tag == "span" and "small" in classes
        if tag not in VOID:
            self.open.append((tag, is_hidden, is_small))
        match tag:
            case "br":
                self._write(BREAK)
            case "p" | "h2" if not self.table:
                self._begin(Block(next((name for name in classes if name.startswith("letter-")), tag)))
            case "table" | "dl":
                self.table = Table()
                self.parts.append(self.table)
            case "tr" | "dt" if self.table:
                self.table.rows.append([])
                self.table.heads += self._is_in("thead")
                self.table.has_foot |= self._is_in("tfoot")
            case _:
                pass
        if tag in {"th", "td", "dt", "dd"} and self.table and self.table.rows:
            is_number = "num" in classes or tag == "dd"
            self.table.rows[-1].append(Cell(is_number=is_number, is_head=self._is_in("thead")))
            self.text = []
        if is_small:
            self._write("<small>")

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID or not any(opened == tag for opened, _, _ in self.open):
            return
        while self.open:
            opened, _hidden, is_small = self.open.pop()
            if is_small:
                self._write("</small>")
            self._end(opened)
            if opened == tag:
                return

    def handle_data(self, data: str) -> None:
        if not self._is_hidden():
            self._write(escape(data, quote=False))

    def _begin(self, block: Block) -> None:
        self.parts.append(block)
        self.text = []

    def _end(self, tag: str) -> None:
        if tag in {"table", "dl"}:
            self.table = None
        if self.text is None:
            return
        markup = " ".join("".join(self.text).split()).replace(f" {BREAK} ", BREAK).replace(f"{BREAK} ", BREAK)
        if tag in {"th", "td", "dt", "dd"} and self.table:
            self.table.rows[-1][-1].markup, self.text = markup, None
        elif tag in {"p", "h2"} and isinstance(self.parts[-1], Block):
            self.parts[-1].markup, self.text = markup, None

    def _write(self, markup: str) -> None:
        if self.text is not None:
            self.text.append(markup)

    def _is_hidden(self) -> bool:
        return bool(self.open) and self.open[-1][1]

    def _is_in(self, tag: str) -> bool:
        return any(opened == tag for opened, _, _ in self.open)
