"""The rates of the portfolio as people read them: tables, a drawing, and what each rate means."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import NamedTuple
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lending.models import Loan
from lending.money import format_amount
from risk.figures import Asked, Cohort, Figures, Month, People, Rolled
from risk.rates import CODES, CURRENT, PAID, WRITTEN_OFF
from staff.charts import Line, highest_of

COHORTS_SHOWN = 12
"""On the page; a file has all of them."""
NOTHING = "–"

DEFINITIONS = {
    "entry": (
        gettext_lazy("Entry rate"),
        gettext_lazy(
            "Amount that fell due on the days of the month and was unpaid as its due day ended, of the amount that fell due on "
            "them; all instalment numbers, by the due day of the schedule."
        ),
    ),
    "fpd": (
        gettext_lazy("FPD"),
        gettext_lazy("Loans whose first instalment was unpaid as its due day ended, of the loans whose first instalment fell due."),
    ),
    "fpd7": (gettext_lazy("FPD7"), gettext_lazy("The same, still unpaid as the seventh day after it ended.")),
    "fpd30": (gettext_lazy("FPD30"), gettext_lazy("The same, still unpaid as the thirtieth day after it ended.")),
    "cured": (
        gettext_lazy("Cure rate"),
        gettext_lazy("Loans in arrears as the month began that were current or paid off as it ended, of those in arrears as it began."),
    ),
    "recovered": (
        gettext_lazy("Recovery rate"),
        gettext_lazy(
            "Cash of the month's value days from loans in arrears as it began, of what was past due of them then, penalty "
            "included. Money beyond what was past due counts, so it may exceed 100 %."
        ),
    ),
}  # fmt: skip
"""By the fields of `Month`: name and definition."""
PEOPLE_DEFINITIONS = {
    "kept": (
        gettext_lazy("Promises kept"),
        gettext_lazy("Promises kept, of those judged in the month, by number; parts of a promise count one by one."),
    ),
    "contacted": (
        gettext_lazy("Contact rate"),
        gettext_lazy("Attempts to reach the borrower in which somebody answered, of all attempts with an outcome."),
    ),
    "right_party": (
        gettext_lazy("Right-party rate"),
        gettext_lazy("Attempts in which the borrower in person was reached, of all attempts with an outcome."),
    ),
}  # fmt: skip
"""By the fields of `People`."""


class Cell(NamedTuple):
    text: str
    url: str = ""


class RollRow(NamedTuple):
    """A bucket as the month began: where its balance went, and what was repaid of it."""

    bucket: str
    cells: list[Cell]
    repaid: Cell


class LossRow(NamedTuple):
    """A bucket as the month ended: its balance, the rate of the step that leads on from it, what of it would be lost."""

    bucket: str
    principal: str
    onward: str
    part: str
    amount: str


def percent(rate: Fraction | None) -> str:
    return NOTHING if rate is None else f"{_rounded(100 * rate, 1):,}%"


def _rounded(number: Fraction, digits: int) -> Decimal:
    """Half up, at the last digit that is shown."""
    exact = Decimal(number.numerator) / Decimal(number.denominator)
    return exact.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


def ratio(rate: Fraction | None) -> str:
    """For files and machines: a share of 1 with six digits, empty where there is none."""
    return "" if rate is None else str(_rounded(rate, 6))


def month_name(end: date) -> str:
    """The month that ended as this day began."""
    return f"{end - timedelta(days=1):%Y-%m}"


def bucket_name(code: str) -> str:
    return str(dict(Loan.Status.choices).get(code, code))


def month_rows(months: Sequence[Month], on: date) -> list[tuple[str, list[str]]]:
    """Each month with its rates in words, the newest first."""
    return [
        (_name_so_far(month.on, on), [percent(getattr(month, name)) for name in DEFINITIONS])
        for month in reversed(months)
    ]


def people_rows(months: Sequence[People], on: date) -> list[tuple[str, list[str]]]:
    return [
        (_name_so_far(month.on, on), [percent(getattr(month, name)) for name in PEOPLE_DEFINITIONS])
        for month in reversed(months)
    ]


def _name_so_far(end: date, on: date) -> str:
    name = month_name(end)
    return name if end <= on else _("%(month)s so far") % {"month": name}


def roll_columns() -> list[str]:
    return [bucket_name(code) for code in [*CODES, WRITTEN_OFF]]


def roll_rows(rolled: Rolled, currency: str, asked: Asked) -> list[RollRow]:
    def loans(before: str, bucket: str) -> str:
        chosen = {"month": rolled.on.isoformat(), "from": before, "to": bucket, "currency": currency}
        return f"{reverse('portfolio_loans')}?{urlencode(chosen | asked.narrowed)}"

    rows = []
    for before, row in rolled.matrix.items():
        cells = [
            Cell(percent(row[code]), "" if before == code == CURRENT else loans(before, code))
            if code in row
            else Cell("")
            for code in [*CODES, WRITTEN_OFF]
        ]
        repaid = Cell(percent(1 - sum(row.values(), Fraction(0))), "" if before == CURRENT else loans(before, PAID))
        rows.append(RollRow(before, cells, repaid))
    return rows


def loss_rows(rolled: Rolled, currency: str) -> list[LossRow]:
    onward = {step.before: percent(step.rate) for step in rolled.chain}
    return [
        LossRow(
            loss.bucket,
            format_amount(loss.principal, currency),
            onward.get(loss.bucket, ""),
            percent(loss.part),
            _amount(loss.amount, currency),
        )
        for loss in rolled.losses
    ]


def loss_total(rolled: Rolled, currency: str) -> str:
    """Unknown while a part of it is."""
    amounts = [loss.amount for loss in rolled.losses]
    known = [amount for amount in amounts if amount is not None]
    return _amount(sum(known, Fraction(0)) if len(known) == len(amounts) else None, currency)


def _amount(amount: Fraction | None, currency: str) -> str:
    return NOTHING if amount is None else format_amount(int(_rounded(amount, 0)), currency)


def vintage_steps(lengths: Iterable[int]) -> list[str]:
    """Months on book, as many as the longest has."""
    return [str(n) for n in range(max(lengths, default=0))]


def vintage_lines(cohorts: Sequence[Cohort]) -> list[Line]:
    """Every second cohort, which is as many lines as one can tell apart, by hundredths of a percent."""
    return [
        Line(
            f"{cohort.began_in:%Y-%m}",
            [None if rate is None else int(_rounded(10_000 * rate, 0)) for rate in cohort.rates],
            [percent(rate) for rate in cohort.rates],
        )
        for cohort in cohorts[1::2]
    ]


def vintage_highest(lines: Sequence[Line]) -> str:
    """The top of the drawing's scale."""
    return percent(Fraction(highest_of(lines), 10_000))


def vintage_rows(cohorts: Sequence[Cohort], currency: str) -> list[tuple[str, str, list[str]]]:
    """Cohort, lent, and its rates by months on book."""
    width = max(len(cohort.rates) for cohort in cohorts)
    return [
        (
            f"{cohort.began_in:%Y-%m}",
            format_amount(cohort.lent, currency),
            [percent(rate) if rate is not None else "" for rate in cohort.rates] + [""] * (width - len(cohort.rates)),
        )
        for cohort in cohorts
    ]


def tidy(found: dict[str, Figures], people: Sequence[People]) -> list[list[str]]:
    """Every figure as a row of `TIDY_HEAD`, for files and machines."""
    rows = []
    for currency, each in found.items():
        rows += [
            [currency, name, month_name(month.on), "", "", "", ratio(getattr(month, name)), ""]
            for month in each.months
            for name in DEFINITIONS
        ]
        if each.rolled:
            rows += _tidy_rolls(currency, each.rolled)
        rows += [
            [currency, "vintage", f"{cohort.began_in:%Y-%m}", "", "", str(n), ratio(rate), str(cohort.lent)]
            for cohort in each.cohorts
            for n, rate in enumerate(cohort.rates)
        ]
    rows += [
        ["", name, month_name(month.on), "", "", "", ratio(getattr(month, name)), ""]
        for month in people
        for name in PEOPLE_DEFINITIONS
    ]
    return rows


TIDY_HEAD = ["currency", "figure", "month", "before", "bucket", "months_on_book", "rate", "amount"]


def _tidy_rolls(currency: str, rolled: Rolled) -> list[list[str]]:
    month = month_name(rolled.on)
    rows = [
        [currency, "roll", month, before, code, "", ratio(part), ""]
        for before, row in rolled.matrix.items()
        for code, part in row.items()
    ]
    rows += [[currency, "chain", month, step.before, step.bucket, "", ratio(step.rate), ""] for step in rolled.chain]
    for loss in rolled.losses:
        amount = "" if loss.amount is None else str(_rounded(loss.amount, 0))
        rows.append([currency, "loss", month, loss.bucket, "", "", ratio(loss.part), amount])
    return rows


def definitions() -> list[tuple[str, str]]:
    """What stands below the months' rates."""
    return [(str(name), str(words)) for name, words in DEFINITIONS.values()]


def people_definitions() -> list[tuple[str, str]]:
    return [(str(name), str(words)) for name, words in PEOPLE_DEFINITIONS.values()]
