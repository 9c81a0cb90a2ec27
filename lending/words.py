"""How the book's codes read."""

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lending.caps import Cap, Measure
from lending.models import Allocation
from lending.schedules import DayCount, Frequency, Method, Unit

METHODS: dict[str, str | Promise] = {
    Method.EQUAL_INSTALLMENT: _("Equal instalments"),
    Method.EQUAL_PRINCIPAL: _("Equal principal"),
    Method.INTEREST_ONLY: _("Interest only, principal at the end"),
    Method.BULLET: _("All at the end"),
    Method.STAGED: _("Principal in stages"),
    Method.FLAT: _("Flat interest"),
    Method.FIXED_INSTALLMENT: _("Fixed instalment"),
    Method.DAILY: _("Borrow and repay by the day"),
}
FREQUENCIES: dict[str, str | Promise] = {
    Frequency.MONTHLY: _("monthly"),
    Frequency.QUARTERLY: _("quarterly"),
    Frequency.WEEKLY: _("weekly"),
    Frequency.BIWEEKLY: _("every two weeks"),
    Frequency.SEMIMONTHLY: _("twice a month"),
}
EVERY: dict[Unit, Promise] = {
    Unit.DAYS: _("every %(count)s days"),
    Unit.WEEKS: _("every %(count)s weeks"),
    Unit.MONTHS: _("every %(count)s months"),
}
DAY_COUNTS: dict[str, str | Promise] = {
    DayCount.MONTH_12: _("A month is a twelfth of a year"),
    DayCount.THIRTY_360: _("Months of 30 days, year of 360"),
    DayCount.ACT_365: _("Real days, year of 365"),
    DayCount.ACT_360: _("Real days, year of 360"),
    DayCount.ACT_ACT: _("Real days, real year"),
}
VERSION_REASONS: dict[str, str | Promise] = {
    "original": _("as first agreed"),
    "extension": _("extension"),
    "deferral": _("deferral"),
    "prepayment": _("prepayment"),
}

SUSPENSE_REASONS: dict[str, str | Promise] = {
    "unknown loan": _("No such loan is in the book"),
    "order: another loan": _("Paid by a link or debit of another loan"),
    "order: another amount": _("Not the amount that the link or debit asked for"),
    "order: paid already": _("The link or debit had been paid before"),
    "order: cancelled": _("The link or debit had been cancelled"),
}

CAP_MEASURES: dict[Measure, str | Promise] = {
    Measure.COST: _("Cost of the credit a year"),
    Measure.PENALTY: _("Penalty rate a year"),
    Measure.MARKUP: _("Penalty rate above the contract rate"),
}
CAP_SCOPES: dict[str, str | Promise] = {
    "CN-PEN": _("banks, as the contract says"),
    "CN-CAP-PRIV": _("private lenders, not licensed institutions"),
    "CN-CAP-PRIV-ALL": _("private lenders, not licensed institutions: overdue interest, damages and fees together"),
    "CN-CAP-ASSIST": _("banks lending through platforms: interest and fees together"),
    "CN-CAP-ASSIST-ALL": _("banks lending through platforms; courts differ on whether penalty counts"),
    "CN-CAP-MICRO": _("micro-loan companies, new loans"),
}


def cap_words(cap: Cap) -> tuple[str, str]:
    """What a cap speaks of, and whom it binds."""
    return str(CAP_MEASURES[cap.measure]), str(CAP_SCOPES[cap.code])


def suspense_words(reason: str) -> str:
    """Why money waits: a code in the reader's words, or the words with which the book refused it."""
    return str(SUSPENSE_REASONS.get(reason, reason))


def method_words(code: str) -> str:
    return str(METHODS.get(code, code))


def frequency_words(code: str) -> str:
    """A frequency by its name, or every so many days, weeks or months (`lending.booking.frequency_text`)."""
    if code in FREQUENCIES:
        return str(FREQUENCIES[code])
    _every, count, unit = code.split()
    return str(EVERY[Unit(unit)] % {"count": count})


def day_count_words(code: str) -> str:
    return str(DAY_COUNTS.get(code, code))


def version_words(reason: str) -> str:
    return str(VERSION_REASONS.get(reason, reason))


def part_words(n: int | None, component: str) -> str:
    """What a part of a payment settled: principal of instalment 3, penalty."""
    label = str(Allocation.Component(component).label)
    return label if n is None else gettext("%(component)s of instalment %(n)s") % {"component": label, "n": n}
