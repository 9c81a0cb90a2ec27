"""The letter of a plan: an offer while the borrower has not said yes, the agreement once it is in effect.

It says what was shown, decided and accepted: the rows come from the payload, never from today's book.
"""

from datetime import date
from typing import NamedTuple

from django.utils import translation
from django.utils.safestring import SafeString

from lending.facts import standing_of
from lending.letters import letter_of
from restructuring.models import Acceptance, PlanRequest
from restructuring.moving import Proposal
from restructuring.payload import AnyProposal, proposal_of
from restructuring.reshaping import PlannedRow
from restructuring.words import moved_in_words


class Terms(NamedTuple):
    """What is still to be paid, before and with the plan."""

    old: tuple[PlannedRow, ...]
    new: tuple[PlannedRow, ...]

    @property
    def total_old(self) -> int:
        return sum(row.total for row in self.old)

    @property
    def total_new(self) -> int:
        return sum(row.total for row in self.new)

    @property
    def difference(self) -> int:
        return self.total_new - self.total_old

    @property
    def principal(self) -> int:
        return sum(row.principal for row in self.new)

    @property
    def interest(self) -> int:
        return sum(row.interest for row in self.new)


def terms_of(proposal: AnyProposal) -> Terms:
    """The unpaid rows; of one that is partly paid, what is left of it."""
    if not isinstance(proposal, Proposal):
        return Terms(proposal.old, proposal.new)
    moved = [row for row in proposal.rows if row.is_moved]
    left = [(row, row.principal - row.paid_principal) for row in moved]
    return Terms(
        tuple(PlannedRow(row.n, row.due_old, part, row.interest_old - row.paid_interest) for row, part in left),
        tuple(PlannedRow(row.n, row.due_new, part, row.interest_new - row.paid_interest) for row, part in left),
    )


def kind_of(plan: PlanRequest) -> str:
    """Which letter it is: a key of `lending.views.letter_files.TITLES`."""
    return "agreement" if plan.state == PlanRequest.State.IN_EFFECT else "offer"


def plan_letter(plan: PlanRequest, *, language: str, name: str, on: date) -> SafeString:
    """The letter as the borrower reads it; `name` is the addressee as the reader may see it."""
    proposal = proposal_of(plan)
    accepted = Acceptance.objects.filter(request=plan, payload_hash=plan.payload_hash).first()
    with translation.override(language):
        context = {
            "plan": plan,
            "is_offer": kind_of(plan) == "offer",
            "what": moved_in_words(plan.instrument, plan.days),
            "proposal": proposal,
            "terms": terms_of(proposal),
            "accepted": accepted,
            "penalty": standing_of(plan.loan, on).penalty,
            "apr": getattr(proposal, "apr", ""),
        }
        return letter_of("restructuring/letters/_plan.html", plan.loan, language, name, on, context)
