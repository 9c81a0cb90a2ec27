"""Charts in templates: `{% bar_chart title bars %}` and `{% line_chart title lines labels %}`."""

from collections.abc import Sequence
from itertools import zip_longest
from typing import Any

from django import template

from staff.charts import (
    BOTTOM,
    HEIGHT,
    LEFT,
    TOP,
    WIDTH,
    Bar,
    Line,
    Tick,
    draw_bars,
    draw_lines,
    highest_of,
    steps_shown,
)

register = template.Library()


@register.inclusion_tag("components/bar_chart.html")
def bar_chart(title: str, bars: Sequence[Bar], column: str = "", show_share: bool = False) -> dict[str, Any]:
    """Horizontal bars; the chart is itself the table of its numbers. `column` heads the numbers."""
    return {"title": title, "bars": draw_bars(bars), "column": column, "show_share": show_share}


@register.inclusion_tag("components/line_chart.html")
def line_chart(title: str, lines: Sequence[Line], labels: Sequence[str], highest_text: str = "") -> dict[str, Any]:
    """Up to six series over the same steps; `highest_text` names the top of the scale ("12,000.00")."""
    highest = highest_of(lines)
    columns = [line.texts or ["–" if value is None else f"{value:,}" for value in line.values] for line in lines]
    return {
        "title": title,
        "lines": draw_lines(lines),
        "scale": [Tick(HEIGHT - BOTTOM, "0"), Tick(TOP, highest_text or f"{highest:,}")],
        "steps": steps_shown(labels),
        "rows": [(label, cells) for label, cells in zip_longest(labels, zip_longest(*columns, fillvalue=""))],
        "width": WIDTH,
        "height": HEIGHT,
        "left": LEFT,
    }
