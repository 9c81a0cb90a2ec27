"""The measured figures as Markdown, with their ratios; `python -m benchmarks.table FILE` prints a run that was kept."""

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

MEGABYTE = 1_000_000


class Cost(NamedTuple):
    seconds: float
    wal: float
    rows: int


class Asked(NamedTuple):
    """A figure that is asked for, as a ratio, and what was measured; `most` tells a ceiling from a floor."""

    words: str
    asked: float
    measured: float
    most: bool = True

    @property
    def is_reached(self) -> bool:
        return self.measured <= self.asked if self.most else self.measured >= self.asked


NIGHTLY_WAYS = [
    ("limit_full", "one statement: every overdue instalment, arrears row and open case"),
    ("limit_cases", "one statement: every arrears row and open case"),
    ("limit_narrow", "one statement: every arrears row only"),
    ("book", "**the book's close** (`lending.nightly`)"),
    ("case_floor", "the cases' part (`cases.nightly`), events and audit included"),
    ("night", "**book and cases together**"),
    ("risk", "the scores' part (`risk.nightly`)"),
    ("bulk_update", "ORM: prefetch and bulk_update (from a sample)"),
    ("save_each", "ORM: a loop of model saves (from a sample)"),
    ("book_again", "the book's close, the same night again"),
    ("case_floor_again", "the cases' part, the same night again"),
]


def text(found: dict[str, Any]) -> str:
    """Every table of a run."""
    sizes = sorted((key for key in found if key.isdecimal()), key=int)
    nights = {size: _night_costs(found[size]["closing"]) for size in sizes}
    lines = [
        "## Figures asked for", "", *asked_rows(list(_asked(found, sizes, nights))), "",
        "## Nightly close", "", *_nightly(found, sizes, nights), "",
        "## Payments of a file", "", *_posting(found, sizes), "",
        "## One schedule", "", *_schedules(found["schedules"]), "",
        "## Loan page", "", *_pages(found, sizes),
    ]  # fmt: skip
    return "\n".join(lines)


def _night_costs(closing: dict[str, Any]) -> dict[str, Cost]:
    """Each way's cost: for those run on several nights the median in seconds, and the mean of the rest."""
    costs = {}
    for name, value in closing.items():
        if isinstance(value, list) and isinstance(value[0], list):
            seconds, wal, rows = zip(*value, strict=True)
            costs[name] = Cost(median(seconds), sum(wal) / len(wal), max(rows))
        elif isinstance(value, list) and isinstance(value[0], float):
            costs[name] = Cost(*value)
    book, cases = costs["book"], costs["case_floor"]
    costs["night"] = Cost(book.seconds + cases.seconds, book.wal + cases.wal, book.rows + cases.rows)
    return costs


def _asked(found: dict[str, Any], sizes: Sequence[str], nights: dict[str, dict[str, Cost]]) -> Iterator[Asked]:
    small, large = sizes[0], sizes[-1]
    night = nights[large]
    for ours, words in (("book", "the book's close"), ("night", "book and cases")):
        for limit, against in (
            ("limit_full", "the full statement"),
            ("limit_cases", "arrears and cases in one statement"),
        ):
            yield Asked(f"close: time of {words} ÷ {against}", 0.5, night[ours].seconds / night[limit].seconds)
            yield Asked(f"close: log of {words} ÷ {against}", 0.4, night[ours].wal / night[limit].wal)
        yield Asked(
            f"close: loop of saves ÷ {words}", 200, night["save_each"].seconds / night[ours].seconds, most=False
        )
        yield Asked(f"close: bulk_update ÷ {words}", 80, night["bulk_update"].seconds / night[ours].seconds, most=False)
        growth = night[ours].seconds / nights[small][ours].seconds * int(small) / int(large)
        yield Asked(f"close: cost of a loan in {words}, {int(large):,} ÷ {int(small):,} loans", 1.25, growth)
    again = night["book_again"].rows + night["case_floor_again"].rows
    yield Asked("close: rows written by the same night again", 0, again)
    yield from _asked_of_posting(found[large]["posting"])
    schedules = found["schedules"]
    if "amortization" in schedules:
        for periods in ("12", "36", "360"):
            rate = schedules["console"][periods]
            yield Asked(
                f"schedule of {periods} rows: rate ÷ `amortization`",
                1,
                rate / schedules["amortization"][periods],
                most=False,
            )
            yield Asked(
                f"schedule of {periods} rows: rate ÷ `pyloan`", 60, rate / schedules["pyloan"][periods], most=False
            )
    yield Asked("schedule: exact of a random 1,000", 1_000, schedules["console"]["exact"], most=False)
    page = found[large]["page"]
    yield Asked("loan page: time ÷ one row by primary key", 4, page["loan_page_ms"] / page["one_row_ms"])
    spread = {found[size]["page"][name] for size in sizes for name in ("loan_page_queries", "loan_page_queries_max")}
    yield Asked("loan page: most queries less fewest, over loans and sizes", 0, max(spread) - min(spread))


def _asked_of_posting(posting: dict[str, Any]) -> Iterator[Asked]:
    limit = posting["limit"][0] / posting["payments"]
    bulk = posting["orm_bulk"][0] / posting["payments"]
    for half, count, words in (
        ("book_half", "half", "the book"),
        ("console_half", "other_half", "book and floors above"),
    ):
        each = posting[half][0] / posting[count]
        yield Asked(f"posting: time of {words} ÷ one statement", 2, each / limit)
        yield Asked(f"posting: ORM in bulk ÷ {words}", 8, bulk / each, most=False)
    early = posting.get("memory_early", posting["memory_late"])
    yield Asked("posting: most memory at the end ÷ after two chunks", 1.05, posting["memory_late"] / early)
    yield Asked("posting: rows that differ from the statement's", 0, posting["differences"])


def asked_rows(asked: Sequence[Asked]) -> list[str]:
    """What is asked beside what was measured; a miss is called one."""
    rows = ["| figure | asked | measured | |", "|---|---|---|---|"]
    for each in asked:
        bound = f"{'≤' if each.most else '≥'} {each.asked:g}"
        measured = f"{each.measured:,.0f}" if each.measured >= 100 else f"{each.measured:.2f}"
        rows.append(f"| {each.words} | {bound} | {measured} | {'reached' if each.is_reached else '**not reached**'} |")
    return rows


def _nightly(found: dict[str, Any], sizes: Sequence[str], nights: dict[str, dict[str, Cost]]) -> list[str]:
    heads = "".join(f" {int(size):,} loans: s | log, MB | rows | × full |" for size in sizes)
    rows = [f"| way |{heads}", "|---|" + "---|---|---|---|" * len(sizes)]
    for name, words in NIGHTLY_WAYS:
        cells = []
        for size in sizes:
            cost, full = nights[size][name], nights[size]["limit_full"]
            log = f"{cost.wal / MEGABYTE:.1f}" if cost.wal else "—"
            written = f"{cost.rows:,}" if cost.wal else "—"
            cells.append(f" {cost.seconds:,.2f} | {log} | {written} | {cost.seconds / full.seconds:.2f} |")
        rows.append(f"| {words} |{''.join(cells)}")
    rows.append("")
    for size in sizes:
        closing = found[size]["closing"]
        rows.append(
            f"- {int(size):,} loans: {closing['in_arrears']:,} in arrears, {closing['open_cases']:,} open cases, "
            f"{closing['events']:,} events in the last night; loans of whose arrears the close and the "
            f"statement say different things on that day: {sum(closing['differences'])}."
        )
    return rows


def _posting(found: dict[str, Any], sizes: Sequence[str]) -> list[str]:
    rows = [
        f"| way |{''.join(f' {int(size):,} loans: payments/s | × |' for size in sizes)}",
        "|---|" + "---|---|" * len(sizes),
    ]
    ways = [
        ("limit", "payments", "COPY and one statement with the same writes"),
        ("book_half", "half", "**the book** (`post_many`, chunks of 2,000)"),
        ("console_half", "other_half", "**book and floors above** (promises, cases)"),
        ("orm_bulk", "payments", "ORM: prefetch, bulk_create, bulk_update (from a sample)"),
    ]
    for name, count, words in ways:
        cells = []
        for size in sizes:
            posting = found[size]["posting"]
            each, limit = posting[name][0] / posting[count], posting["limit"][0] / posting["payments"]
            cells.append(f" {1 / each:,.0f} | {each / limit:.1f} |")
        rows.append(f"| {words} |{''.join(cells)}")
    rows.append("")
    for size in sizes:
        posting = found[size]["posting"]
        early = posting.get("memory_early", posting["memory_late"])
        rows.append(
            f"- {int(size):,} loans: {posting['payments']:,} payments, {posting['allocations']:,} allocations; most memory "
            f"{early / 1024:.0f} MiB after two chunks, {posting['memory_late'] / 1024:.0f} MiB at the end; the first "
            f"5,000 again wrote {posting['again'][2]} rows."
        )
    return rows


def _schedules(schedules: dict[str, dict[str, float]]) -> list[str]:
    rows = ["| way | 12 rows/s | 36 | 360 | exact of 1,000 |", "|---|---|---|---|---|"]
    names = {
        "console": "**`Terms` and `build`**, with dates: every schedule begins on another day",
        "same_terms": "the same, one loan's terms over and over (dates and factors remembered)",
        "ready_terms": "`build` alone, terms checked before",
        "loop": "bare integer loop, with dates",
    }
    for name, rates in schedules.items():
        cells = " | ".join(f"{rates[periods]:,.0f}" for periods in ("12", "36", "360"))
        rows.append(f"| {names.get(name, f'`{name}`')} | {cells} | {rates.get('exact', '—')} |")
    return rows


def _pages(found: dict[str, Any], sizes: Sequence[str]) -> list[str]:
    rows = ["| loans | one row: ms | queries | loan page: ms | queries | × |", "|---|---|---|---|---|---|"]
    for size in sizes:
        page = found[size]["page"]
        one, whole = page["one_row_ms"], page["loan_page_ms"]
        queries = page["one_row_queries"], page["loan_page_queries"]
        rows.append(f"| {int(size):,} | {one:.1f} | {queries[0]} | {whole:.1f} | {queries[1]} | {whole / one:.1f} |")
    return rows


if __name__ == "__main__":
    print(text(json.loads(Path(sys.argv[1]).read_text())))
