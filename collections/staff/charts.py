"""Charts as inline SVG: coordinates are computed here, so that they print, follow the theme and need no script.

The numbers of each chart stand in a table beside it, for those who cannot see the drawing.
"""

from collections.abc import Sequence
from typing import NamedTuple

WIDTH, HEIGHT = 400, 150
LEFT, BOTTOM, TOP = 64, 20, 10
"""The drawing of lines in its own units: room on the left for amounts, below for steps."""


class Bar(NamedTuple):
    """A bar: its value decides the length, its text is what people read. Kind: m0…m7, good, bad or nothing."""

    label: str
    value: int
    text: str = ""
    kind: str = ""
    url: str = ""


class DrawnBar(NamedTuple):
    bar: Bar
    length: str
    share: str


class Line(NamedTuple):
    """A series over the steps of a chart, None where it has no value; `texts` are its values as people read them."""

    name: str
    values: Sequence[int | None]
    texts: Sequence[str] = ()


class DrawnLine(NamedTuple):
    name: str
    path: str
    number: int


class Tick(NamedTuple):
    position: float
    text: str


def draw_bars(bars: Sequence[Bar]) -> list[DrawnBar]:
    """Lengths in percent of the longest bar, shares in percent of the sum; negative values draw nothing."""
    longest = max((bar.value for bar in bars), default=0)
    total = sum(bar.value for bar in bars)
    return [
        DrawnBar(
            bar=bar._replace(text=bar.text or f"{bar.value:,}"),
            length=f"{100 * max(bar.value, 0) / longest:.2f}%" if longest > 0 else "0%",
            share=f"{100 * bar.value / total:.1f}%" if total > 0 else "–",
        )
        for bar in bars
    ]


def draw_line(values: Sequence[int | None], highest: int, steps: int = 0) -> str:
    """The path of one series: its first value at the left edge, its last at the right or, of more `steps`, where it ends;
    zero at the bottom.
    """
    across = (WIDTH - LEFT) / max((steps or len(values)) - 1, 1)
    upward = (HEIGHT - BOTTOM - TOP) / max(highest, 1)
    points = [
        f"{LEFT + across * step:.1f},{HEIGHT - BOTTOM - upward * value:.1f}"
        for step, value in enumerate(values)
        if value is not None
    ]
    return "M" + "L".join(points) if points else ""


def draw_lines(lines: Sequence[Line]) -> list[DrawnLine]:
    """All over the steps of the longest."""
    highest, steps = highest_of(lines), max((len(line.values) for line in lines), default=0)
    return [DrawnLine(line.name, draw_line(line.values, highest, steps), n) for n, line in enumerate(lines, start=1)]


def highest_of(lines: Sequence[Line]) -> int:
    return max((value for line in lines for value in line.values if value is not None), default=0)


def steps_shown(labels: Sequence[str]) -> list[Tick]:
    """The first, the middle and the last step, each at its place."""
    across = (WIDTH - LEFT) / max(len(labels) - 1, 1)
    shown = sorted({0, (len(labels) - 1) // 2, len(labels) - 1}) if labels else []
    return [Tick(LEFT + across * step, labels[step]) for step in shown]
