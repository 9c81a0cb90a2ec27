"""Another approval matrix: put forward by one person, published by a second, in force from its day on."""

from datetime import date, datetime, timedelta
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lending.changes import HANDLERS, ChangeError, Handler, Line, propose
from lending.models import Change
from lending.money import format_amount
from restructuring.matrix import LEVELS, Limit, Matrix, content_of, matrix_of, matrix_on
from restructuring.models import ApprovalMatrix, PlanRequest
from staff.models import Role, User

SUBJECT: Final = "plans"
DECIDE_DAYS_MAX: Final = 30
MAJOR: Final = "CNY"
"""How amounts of limits are written where no loan says its currency: with two decimals."""


def put_forward_matrix(matrix: Matrix, *, from_on: date, words: str, by: User, at: datetime, on: date) -> Change:
    """ChangeError names the field, PermissionDenied."""
    return propose(
        kind=Change.Kind.APPROVAL_LIMITS, subject=SUBJECT, from_on=from_on, content=content_of(matrix), words=words,
        by=by, at=at, on=on,
    )  # fmt: skip


def fault_of(matrix: Matrix) -> str:
    """What of a matrix makes no sense, in words; "" where it does."""
    keys = [(limit.role, limit.instrument, limit.approvers) for limit in matrix.limits]
    if len(set(keys)) < len(keys):
        return _("Two limits are for the same role, plan and number of approvers.")
    if not 1 <= matrix.decide_days <= DECIDE_DAYS_MAX:
        return _("A plan is decided within 1 to %(most)s days.") % {"most": DECIDE_DAYS_MAX}
    for limit in matrix.limits:
        if limit.role not in LEVELS or limit.instrument not in PlanRequest.Instrument.values:
            return _("Limits are for supervisors and managers, and for the kinds of plans that there are.")
        if limit.approvers not in {1, 2} or min(limit[2:]) < 0 or not (limit.days_max and limit.per_loan_max):
            return _("A limit has one or two approvers, at least a day and one plan, and no amount below 0.")
        if not limit.amount_max <= limit.day_max <= limit.month_max:
            return _("What one decision may reach fits into a day, and a day into a month.")
    missing = [kind.label for kind in PlanRequest.Instrument if not matrix.of(kind)]
    return _("Nobody could decide this: %(kind)s.") % {"kind": missing[0]} if missing else ""


def name_of(limit: Limit) -> str:
    """Manager, restructuring, two approvers."""
    approvers = ngettext("%(count)s approver", "%(count)s approvers", limit.approvers) % {"count": limit.approvers}
    return f"{Role(limit.role).label} · {PlanRequest.Instrument(limit.instrument).label} · {approvers}"


def said(limit: Limit | None) -> dict[str, str]:
    """A limit in words by their labels."""
    if limit is None:
        return {}
    amounts = {
        _("Principal of one decision"): limit.amount_max,
        _("Interest given up"): limit.given_up_max,
        _("Principal in a day"): limit.day_max,
        _("Principal in a month"): limit.month_max,
    }
    return {
        _("Days later in all"): str(limit.days_max),
        _("Times on a loan"): str(limit.per_loan_max),
        **{label: format_amount(amount, MAJOR) for label, amount in amounts.items()},
    }


def _check(change: Change, on: date) -> None:
    if change.from_on <= on:
        raise ChangeError(_("It begins on a later day than the business date."), "valid_from")
    later = ApprovalMatrix.objects.filter(valid_from__gte=change.from_on).order_by("-valid_from").first()
    if later:
        words = _("There are limits from %(day)s already. Begin after them.") % {"day": later.valid_from.isoformat()}
        raise ChangeError(words, "valid_from")
    try:
        matrix = matrix_of(change.content)
        fault = fault_of(matrix)
    except (KeyError, TypeError, ValueError):
        raise ChangeError(_("These limits cannot be read.")) from None
    if fault:
        raise ChangeError(fault)
    if matrix == _before(change):
        raise ChangeError(_("Nothing differs from the version before."))


def _apply(change: Change, on: date) -> None:
    ApprovalMatrix.objects.create(valid_from=change.from_on, content=change.content, change=change)


def _before(change: Change) -> Matrix:
    return matrix_on(change.from_on - timedelta(days=1))


def _lines(change: Change) -> list[Line]:
    before, after = _before(change), matrix_of(change.content)
    general = _("In general")
    found = [Line(_("Days to decide"), str(before.decide_days), str(after.decide_days), general)]
    limits = {limit[:3]: limit for limit in (*before.limits, *after.limits)}
    for key, limit in limits.items():
        old, new = (next((each for each in matrix.limits if each[:3] == key), None) for matrix in (before, after))
        olds, news = said(old), said(new)
        found += [Line(label, olds.get(label, ""), news.get(label, ""), name_of(limit)) for label in news or olds]
    return found


HANDLERS[Change.Kind.APPROVAL_LIMITS] = Handler(_check, _apply, _lines)
