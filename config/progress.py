"""A progress bar for the terminal: what, how far, how fast, how long still."""

import time
from collections.abc import Callable
from typing import Any

WIDTH = 30


def bar(stream: Any) -> Callable[[str, int, int], None] | None:
    """A function `(step, done, total)` that redraws one line; None where nobody looks (no terminal)."""
    if not stream.isatty():
        return None
    state: dict[str, float] = {}

    def draw(step: str, done: int, total: int) -> None:
        began = state.setdefault(step, time.monotonic())
        seconds = max(time.monotonic() - began, 0.001)
        filled = WIDTH * done // max(total, 1)
        rate = done / seconds
        left = (total - done) / rate if rate else 0
        end = "\n" if done >= total else ""
        stream.write(
            f"\r{step:<14} [{'#' * filled:<{WIDTH}}] {done:,}/{total:,}  {rate:,.0f}/s  {left:,.0f} s left   ",
            ending=end,
        )

    return draw
