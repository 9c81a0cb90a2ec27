"""What a reader of the loan page does not see at once: each part opens on demand, on the page or at an address of its own.

`?open=penalty` gives the page with that part open, `?open=all` with every part, as it prints; htmx is given the part alone.
"""

from collections.abc import Iterable
from typing import NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lending.loan_view import LoanView
from lending.templatetags.money import in_currency

ALL = "all"


class Part(NamedTuple):
    """A part under its title; `note` tells at a glance what is in it, `badge` that something in it wants to be looked at."""

    name: str
    title: str
    note: str = ""
    badge: str = ""
    is_open: bool = False

    @property
    def template(self) -> str:
        return f"lending/loan/_{self.name}.html"


def parts_of(view: LoanView, *, may_change_terms: bool, opened: Iterable[str] = ()) -> list[Part]:
    """The parts of which this loan has something, in the order of the page."""
    wanted = frozenset(opened)
    parts = [part for part in _parts(view, may_change_terms) if part]
    return [part._replace(is_open=part.name in wanted or ALL in wanted) for part in parts]


def _parts(view: LoanView, may_change_terms: bool) -> list[Part | None]:
    currency, state, traces = view.loan.currency, view.standing, view.read.traces
    count = len(view.payments)
    return [
        Part("payments", _("Every payment, and what it settled"), f"{count:,}") if count else None,
        Part("versions", _("Schedules side by side"), f"{view.others_count + 1:,}") if view.others_count else None,
        Part("penalty", _("How the penalty was reached"), in_currency(state.penalty_accrued, currency))
        if state.penalty_accrued
        else None,
        _given_up(view) if traces.waived else None,
        Part("fees", _("Costs"), in_currency(state.fee_charged - state.fee_waived, currency) if traces.charged else "")
        if traces.charged or may_change_terms
        else None,
        Part("clock", _("How days past due are counted")),
        Part("creditors", _("Creditors")) if traces.shared or may_change_terms else None,
        Part("caps", _("Rules on the cost of credit"), badge=_caps_words(view)) if view.caps else None,
    ]


def _given_up(view: LoanView) -> Part:
    waived = sum(each.amount for each in view.standing.waived)
    waiting = view.given_up.waiting if view.given_up else None
    badge = str(waiting.get_state_display()) if waiting else ""
    return Part("given_up", _("Given up"), in_currency(waived, view.loan.currency) if waived else "", badge)


def _caps_words(view: LoanView) -> str:
    """Above how many rules it is; where nobody has said what kind of lender it is, every rule is told with an if."""
    funder, count = view.loan.funder, len(view.caps)
    if funder.lender_kind:
        words = ngettext("above %(rules)s of them (%(lender)s)", "above %(rules)s of them (%(lender)s)", count)
        return words % {"rules": count, "lender": funder.get_lender_kind_display()}
    words = ngettext(
        "%(rules)s would be exceeded if it binds this lender",
        "%(rules)s would be exceeded if they bind this lender",
        count,
    )
    return words % {"rules": count}
