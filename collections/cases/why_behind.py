"""Why the borrowers of open cases are behind, counted by team: from the newest reason that each of them gave."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from django.db.models import Count, Sum, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from cases.models import CaseQuerySet, DelayReason
from lending.money import plain_amount
from lending.workbooks import Number

HEAD = ["reason", "team", "currency", "cases", "overdue"]


class Share(NamedTuple):
    """The cases of one reason in one team; `overdue` is principal and interest past due, in minor units of `currency`.

    Without a team nobody has the case in hand; without a reason nobody has asked yet.
    """

    reason: str
    team: str
    currency: str
    cases: int
    overdue: int


class Row(NamedTuple):
    """One reason over all teams: `per_team` in the order of the table's teams, `overdue` by currency."""

    code: str
    label: str
    cases: int
    share: int
    per_team: list[int]
    overdue: list[tuple[int, str]]


class Table(NamedTuple):
    teams: list[str]
    rows: list[Row]
    total: int


def shares(cases: CaseQuerySet) -> list[Share]:
    """One query over the open ones among these cases."""
    found: Any = (
        cases.open()
        .values("reason_behind", "currency", team=Coalesce("owner__team__name", Value("")))
        .annotate(number=Count("pk"), money=Sum("overdue"))
        .order_by("reason_behind", "team", "currency")
    )
    return [Share(*row) for row in found.values_list("reason_behind", "team", "currency", "number", "money")]


def table(found: Iterable[Share]) -> Table:
    """The reasons, the most frequent first, by the teams in the order of their names; cases in nobody's hands come last."""
    found = list(found)
    teams = sorted({each.team for each in found}, key=lambda name: (not name, name))
    total = sum(each.cases for each in found)
    by_reason: defaultdict[str, list[Share]] = defaultdict(list)
    for each in found:
        by_reason[each.reason].append(each)
    rows = [_row(code, theirs, teams, total) for code, theirs in by_reason.items()]
    return Table(teams, sorted(rows, key=lambda row: (-row.cases, row.code)), total)


def _row(code: str, theirs: list[Share], teams: list[str], total: int) -> Row:
    per_team = [sum(each.cases for each in theirs if each.team == team) for team in teams]
    currencies = sorted({each.currency for each in theirs if each.overdue})
    overdue = [(sum(each.overdue for each in theirs if each.currency == currency), currency) for currency in currencies]
    cases = sum(per_team)
    return Row(code, reason_words(code), cases, round(100 * cases / total), per_team, overdue)


def reason_words(code: str) -> str:
    return str(DelayReason.Code(code).label) if code in DelayReason.Code.values else _("Nobody has asked yet")


def cells(found: Iterable[Share]) -> Iterator[list[str]]:
    """The same as a file, one line a reason, team and currency."""
    for each in found:
        overdue = Number(plain_amount(each.overdue, each.currency)) if each.currency else ""
        yield [each.reason, each.team, each.currency, Number(each.cases), overdue]
