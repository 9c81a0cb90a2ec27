"""The house's rules for a restructuring: how often, how long, how much of what somebody has left. Values are dated data (`PlanRule`)."""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from django.db.models import F, Q
from django.utils.translation import gettext as _

from lending.booking import step_of_loan
from lending.models import Instalment, Loan
from lending.money import PPM, format_amount
from lending.schedules.dates import add_months
from restructuring.checks import Check
from restructuring.models import Means, PlanRequest, PlanRule
from restructuring.reshaping import Reshaped

Code = PlanRule.Code


class Rule(NamedTuple):
    value: int
    source: str


class Circumstances(NamedTuple):
    """What the database says of the borrower: `taken` are the days on which restructurings of any of their loans took effect."""

    rules: Mapping[str, Rule]
    taken: tuple[date, ...]
    paid: int
    means: Means | None
    per_month: Fraction


def rules_on(on: date) -> dict[str, Rule]:
    """The rules in force on that day; of two with the same code the later one."""
    in_force = PlanRule.objects.filter(Q(valid_to=None) | Q(valid_to__gte=on), valid_from__lte=on)
    return {rule.code: Rule(rule.value, rule.source) for rule in in_force.order_by("valid_from")}


def circumstances_of(loan_id: int, means: Means | None, on: date) -> Circumstances:
    loan = Loan.objects.get(pk=loan_id)
    took = PlanRequest.objects.filter(
        loan__borrower=loan.borrower_id,
        instrument=PlanRequest.Instrument.RESTRUCTURE,
        state=PlanRequest.State.IN_EFFECT,
    )
    return Circumstances(
        rules=rules_on(on),
        taken=tuple(took.values_list("schedule__effective_on", flat=True)),
        paid=Instalment.objects.filter(loan=loan_id, is_current=True, open=0, principal__gt=0).count()
        or Instalment.objects.filter(loan=loan_id, is_current=True, open=0, paid_interest=F("interest")).count(),
        means=means,
        per_month=step_of_loan(loan.frequency).per_year / 12,
    )


def affordable(surplus: int, share_ppm: int, per_month: Fraction) -> int:
    """The largest instalment within that share of what is left a month."""
    return int(max(0, surplus) * share_ppm / (PPM * per_month))


def restructuring_checks(plan: Reshaped, known: Circumstances, on: date) -> list[Check]:
    """Every rule that is in force, in the order of `PlanRule.Code`."""
    made = {
        Code.MONTHS_MOST: _months,
        Code.IN_12_MONTHS: lambda *given: _count(*given, months=12),
        Code.IN_24_MONTHS: lambda *given: _count(*given, months=24),
        Code.PAID_BEFORE: _paid,
        Code.FIRST_PAYMENT: _first_payment,
        Code.SURPLUS_SHARE: _share,
        Code.PAPERS_ABOVE: _papers,
    }
    return [made[code](plan, known, known.rules[code], on) for code in Code if code in known.rules]


def _months(plan: Reshaped, _known: Circumstances, rule: Rule, on: date) -> Check:
    text = _("It ends within %(months)s months.") % {"months": rule.value}
    day = {"day": plan.end_new.isoformat()}
    return Check(plan.end_new <= add_months(on, rule.value), text, _(rule.source), _("it ends on %(day)s") % day)


def _count(_plan: Reshaped, known: Circumstances, rule: Rule, on: date, *, months: int) -> Check:
    number = 1 + sum(day > add_months(on, -months) for day in known.taken)
    text = _("A borrower has at most %(count)s restructurings in %(months)s months.")
    detail = _("this would be number %(number)s") % {"number": number}
    return Check(number <= rule.value, text % {"count": rule.value, "months": months}, _(rule.source), detail)


def _paid(_plan: Reshaped, known: Circumstances, rule: Rule, _on: date) -> Check:
    text = _("At least %(count)s instalments were paid before.") % {"count": rule.value}
    return Check(known.paid >= rule.value, text, _(rule.source), _("%(count)s paid") % {"count": known.paid})


def _first_payment(plan: Reshaped, _known: Circumstances, rule: Rule, _on: date) -> Check:
    text = _("The first instalment is at least %(amount)s.") % {"amount": _money(rule.value, plan)}
    return Check(plan.first_payment >= rule.value, text, _(rule.source), _money(plan.first_payment, plan))


def _share(plan: Reshaped, known: Circumstances, rule: Rule, _on: date) -> Check:
    text = _("No instalment takes more than %(share)s %% of what is left a month.") % {"share": rule.value * 100 // PPM}
    if known.means is None:
        return Check(False, text, _(rule.source), _("income and spending are not stated"))
    most = affordable(known.means.surplus, rule.value, known.per_month)
    facts = {"highest": _money(plan.highest, plan), "most": _money(most, plan)}
    return Check(
        plan.highest <= most, text, _(rule.source), _("the highest is %(highest)s, up to %(most)s fits") % facts
    )


def _papers(plan: Reshaped, known: Circumstances, rule: Rule, _on: date) -> Check:
    text = _("Above %(amount)s of principal, papers show income and spending.") % {"amount": _money(rule.value, plan)}
    is_small = plan.outstanding <= rule.value
    shown = bool(known.means and known.means.papers)
    detail = _("a declaration is enough") if is_small else (_("papers seen") if shown else _("no papers named"))
    return Check(is_small or shown, text, _(rule.source), detail)


def _money(amount: int, plan: Reshaped) -> str:
    return f"{plan.currency} {format_amount(amount, plan.currency)}"
