"""What is written down while a referral runs: notes, costs and papers, and the stages of a mediation or a suit."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from cases.models import Attachment
from cases.referrals.errors import ReferralError
from cases.referrals.kinds import KINDS, next_stages
from cases.referrals.models import Referral
from cases.referrals.writing import tell, write
from staff.models import User

State = Referral.State


@transaction.atomic
def note(
    referral: Referral,
    *,
    words: str,
    by: User,
    at: datetime,
    on: date,
    document: str = "",
    attachment: Attachment | None = None,
    cost: int = 0,
    currency: str = "",
    seen: int | None = None,
) -> None:
    """Keep a note, a paper or a cost."""
    write(referral, State.RUNNING, seen)
    tell(
        referral,
        "noted",
        by=by,
        at=at,
        on=on,
        words=words,
        document=document,
        attachment=attachment,
        cost=cost,
        currency=currency,
    )


@transaction.atomic
def move(
    referral: Referral,
    *,
    stage: str,
    happened_on: date,
    words: str,
    by: User,
    at: datetime,
    on: date,
    document: str = "",
    attachment: Attachment | None = None,
    cost: int = 0,
    currency: str = "",
    seen: int | None = None,
) -> None:
    """Go on to a stage that may follow; the table in `kinds` says which, and which want a paper."""
    if stage not in next_stages(referral.kind, referral.stage):
        raise ReferralError(_("This does not follow the stage that it has reached."), "stage")
    if KINDS[referral.kind].stages[stage].needs_document and not (document.strip() or attachment):
        raise ReferralError(_("Name the paper that shows it."), "document")
    if happened_on > on:
        raise ReferralError(_("This lies in the future."), "happened_on")
    write(referral, State.RUNNING, seen, stage=stage)
    told = {"stage": stage, "happened_on": happened_on.isoformat()}
    tell(
        referral, "moved", by=by, at=at, on=on, words=words, document=document, attachment=attachment, cost=cost, currency=currency, facts=told
    )  # fmt: skip
