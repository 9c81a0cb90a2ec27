"""The desk's figures as Markdown; `python -m benchmarks.desk_table FILE` prints a run that was kept."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.serving import Pace
from benchmarks.table import Asked, asked_rows

KINDS = {
    "first": "first page", "filtered": "filtered, each filter", "sorted": "sorted, each order", "searched": "search by name",
    "page_200": "page 200", "deepest": "the deepest page",
}  # fmt: skip
TIMES_PEER = {"first": 60, "filtered": 60, "searched": 100, "page_200": 100, "deepest": 100}
QUERIES_MAX = 8


def text(found: dict[str, Any]) -> str:
    """Every table of a run, of its larger size; growth from the smaller to it."""
    sizes = sorted(found, key=int)
    small, large = found[sizes[0]], found[sizes[-1]]
    lines = [
        f"{int(sizes[-1]):,} loans with {large['open_cases']:,} open cases; growth from {int(sizes[0]):,} with {small['open_cases']:,}.",
        "", "### Figures asked for", "", *asked_rows(list(_asked(small, large))),
        "", "### Pages", "", *_pages(small, large),
        "", "### Next case", "", *_claims(large),
        "", "### The gate", "", *_gate(large),
        "", "### The audit chain", "", *_audit(large),
    ]  # fmt: skip
    return "\n".join(lines)


def _asked(small: dict[str, Any], large: dict[str, Any]) -> Iterator[Asked]:
    ours, before, peer = _paces(large["ours"]), _paces(small["ours"]), _paces(large["peer"])
    for kind, times in TIMES_PEER.items():
        yield Asked(
            f"case list, {KINDS[kind]}: pages a second ÷ Django admin's",
            times,
            ours[kind].rate / peer[kind].rate,
            False,
        )
    yield Asked(
        "My day: pages a second ÷ Django admin's first page", 60, ours["my_day"].rate / peer["first"].rate, False
    )
    for kind in ("my_day", *KINDS):
        words = f"{'My day' if kind == 'my_day' else f'case list, {KINDS[kind]}'}: p50 here ÷ p50 of the smaller book"
        yield Asked(words, 1.2, ours[kind].median / before[kind].median)
    yield Asked("case list: p50 of the deepest page ÷ the first", 1.5, ours["deepest"].median / ours["first"].median)
    yield Asked(
        "lists: most queries of a page", QUERIES_MAX, max(large["queries"][kind] for kind in ("my_day", *KINDS))
    )
    yield Asked("case page of 1,000 entries: p95 ÷ My day's", 3, ours["case_page"].p95 / ours["my_day"].p95)
    claims = _paces(large["claims"])
    yield Asked("next case: p95 ÷ the claim alone in one statement", 2, claims["next_case"].p95 / claims["bare"].p95)
    yield Asked("gate: queries of one question", 5, large["gate"][0][1])
    yield Asked("gate: queries of the largest batch less those of one", 0, large["gate"][-1][1] - large["gate"][0][1])
    entries, seconds, faults = large["audit"]
    yield Asked("audit: entries proved a second", 100_000, entries / seconds, False)
    yield Asked("audit: faults found in a whole chain", 0, faults)


def _paces(found: dict[str, list[float]]) -> dict[str, Pace]:
    return {name: Pace(*pace) for name, pace in found.items()}


def _pages(small: dict[str, Any], large: dict[str, Any]) -> Iterator[str]:
    ours, before, peer = _paces(large["ours"]), _paces(small["ours"]), _paces(large["peer"])
    yield "| page | smaller book: p50 ms | p50 ms | p95 ms | a second | queries | admin: p50 ms | a second | × |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for kind, words in {"my_day": "My day", **KINDS, "case_page": "case page, 1,000 entries"}.items():
        pace = ours[kind]
        other = peer.get(kind)
        beside = f"{other.median:,.0f} | {other.rate:.2f} | {pace.rate / other.rate:,.0f}" if other else "| |"
        mine = f"{before[kind].median:.1f} | {pace.median:.1f} | {pace.p95:.1f} | {pace.rate:.0f} | {large['queries'][kind]}"
        yield f"| {words} | {mine} | {beside} |"


def _claims(large: dict[str, Any]) -> Iterator[str]:
    ways = {
        "bare": "the claim alone, one UPDATE … SKIP LOCKED",
        "by_hand": "the claim by hand with its assignment, event and audit entry",
        "next_case": "**next case**",
    }
    claims = _paces(large["claims"])
    yield "| way | p50 ms | p95 ms | × p95 |"
    yield "|---|---|---|---|"
    for name, words in ways.items():
        pace = claims[name]
        yield f"| {words} | {pace.median:.2f} | {pace.p95:.2f} | {pace.p95 / claims['bare'].p95:.2f} |"


def _gate(large: dict[str, Any]) -> Iterator[str]:
    yield "| questions at once | queries | answers a second |"
    yield "|---|---|---|"
    for batch, queries, rate in large["gate"]:
        yield f"| {batch:,} | {queries} | {rate:,.0f} |"


def _audit(large: dict[str, Any]) -> Iterator[str]:
    entries, seconds, faults = large["audit"]
    yield f"{entries:,} entries proved in {seconds:.1f} s, {entries / seconds:,.0f} a second; faults: {faults}."


if __name__ == "__main__":
    print(text(json.loads(Path(sys.argv[1]).read_text())))
