"""What is done with a complaint: taken down, given to somebody, put off, answered or taken back. Each is a step and an audit row.

What the borrower wrote, and what we answer, stays with the complaint and out of the audit record.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from audit.record import record
from cases.complaints.interest import why_interested
from cases.complaints.kinds import KINDS, due_on, next_extension
from cases.complaints.models import Complaint, ComplaintStep, Representative
from contacts.holds import HoldError, lift_hold, place_hold
from contacts.models import Hold
from lending.days import business_date
from lending.models import Borrower, Loan
from staff.matrix import may
from staff.models import User


class ComplaintError(ValueError):
    """Nothing was written; `field` names what was wrong with the form, if anything of it was."""

    def __init__(self, words: str, field: str | None = None) -> None:
        super().__init__(words)
        self.field = field


class ComplaintStaleError(ComplaintError):
    """Somebody else has worked on it since it was read."""


@transaction.atomic
def take_down(
    *,
    borrower: Borrower,
    kind: str,
    source: str,
    words: str,
    received_on: date,
    by: User,
    at: datetime,
    on: date,
    loan: Loan | None = None,
    wanted: str = "",
    about: User | None = None,
    representative: Representative | None = None,
    key: str = "",
) -> Complaint:
    """Take a complaint down: its clock runs from the day of receipt, and what its kind freezes is frozen from today."""
    if received_on > on:
        raise ComplaintError(_("The day of receipt lies in the future."), "received_on")
    if loan is not None and loan.borrower_id != borrower.pk:
        raise ComplaintError(_("This loan is not the borrower's."), "loan")
    if representative is not None and representative.borrower_id != borrower.pk:
        raise ComplaintError(_("This person does not speak for the borrower."), "representative")
    complaint = Complaint.objects.create(
        borrower=borrower, loan=loan, kind=kind, source=source, words=words, wanted=wanted, received_on=received_on,
        about=about, representative=representative, taken_by=by, taken_at=at, key=key, due_on=due_on(kind, received_on),
        hold=_freeze(borrower, kind, words, by=by, at=at, on=on),
    )  # fmt: skip
    facts = {"kind": kind, "received_on": received_on.isoformat(), "due_on": complaint.due_on.isoformat()}
    _tell(complaint, "taken", by=by, at=at, on=on, facts=facts)
    return complaint


def _freeze(borrower: Borrower, kind: str, words: str, *, by: User, at: datetime, on: date) -> Hold | None:
    """The hold that stands until the answer: a new one, or one of its kind that stands already."""
    hold = KINDS[kind].hold
    if not hold:
        return None
    from_on = min(on, business_date(at))  # the book may not have reached today, and its floors have to see the hold
    standing = Hold.objects.filter(borrower=borrower, kind=hold, lifted_at=None, to_on=None).first()
    if standing:
        return standing
    try:
        return place_hold(borrower=borrower, kind=hold, reason=words[:300], from_on=from_on, to_on=None, by=by, at=at)
    except HoldError:  # one with a last day ahead: the complaint may outlast it
        ending = Hold.objects.get(borrower=borrower, kind=hold, lifted_at=None)
        lift_hold(ending, by=by, at=at)
        return place_hold(borrower=borrower, kind=hold, reason=words[:300], from_on=from_on, to_on=None, by=by, at=at)


@transaction.atomic
def give_to(complaint: Complaint, *, handler: User, by: User, at: datetime, on: date, seen: int | None = None) -> None:
    """Say who looks into it: somebody of the right role who has no interest in the case."""
    if not handler.is_active or not may(handler.role, "cases.complaint_handle"):
        raise ComplaintError(_("This person does not handle complaints."), "handler")
    if why := why_interested(handler, complaint):
        words = why if handler == by else _("This person has an interest in the case.")
        raise ComplaintError(words, "handler")
    _write(complaint, seen, handler=handler)
    _tell(complaint, "given", by=by, at=at, on=on, facts={"handler": str(handler)})


@transaction.atomic
def put_off(complaint: Complaint, *, words: str, by: User, at: datetime, on: date, seen: int | None = None) -> None:
    """Take the next extension that the clock has, before the time is up; the last one needs somebody else than the handler."""
    extension = next_extension(complaint.kind, complaint.extensions)
    if extension is None:
        raise ComplaintError(_("There is no further extension: it has to be answered."))
    if on > complaint.due_on:
        raise ComplaintError(_("The time is up already: answer it as soon as you can."))
    if extension.by_another and (by.pk == complaint.handler_id or not may(by.role, "cases.complaint_extend")):
        raise ComplaintError(_("This extension is approved by a manager who does not handle the complaint."))
    if not extension.by_another and by.pk != complaint.handler_id:
        raise ComplaintError(_("Whoever handles the complaint says whether it is complex."))
    until = due_on(complaint.kind, complaint.received_on, complaint.extensions + 1)
    _write(complaint, seen, due_on=until, extensions=complaint.extensions + 1)
    _tell(complaint, "put_off", by=by, at=at, on=on, words=words, facts={"due_on": until.isoformat()})


@transaction.atomic
def answer(
    complaint: Complaint,
    *,
    outcome: str,
    cause: str,
    text: str,
    remedy: str,
    by: User,
    at: datetime,
    on: date,
    seen: int | None = None,
) -> None:
    """Answer it: the letter is written, and what it froze runs again. Only its handler, who still has no interest in the case."""
    if complaint.handler_id != by.pk:
        raise ComplaintError(_("Only whoever handles the complaint answers it."))
    if why := why_interested(by, complaint):
        raise ComplaintError(why)
    if outcome != Complaint.Outcome.NOT_UPHELD and not remedy.strip():
        raise ComplaintError(_("Say what we do to put it right."), "remedy")
    ended = {"outcome": outcome, "cause": cause, "answer": text, "remedy": remedy}
    _write(complaint, seen, state=Complaint.State.ANSWERED, ended_on=on, ended_by=by, **ended)
    in_time = on <= complaint.due_on
    _tell(complaint, "answered", by=by, at=at, on=on, facts={"outcome": outcome, "cause": cause, "in_time": in_time})
    _thaw(complaint, by=by, at=at)


@transaction.atomic
def take_back(complaint: Complaint, *, words: str, by: User, at: datetime, on: date, seen: int | None = None) -> None:
    """The borrower takes it back; how they said so is kept."""
    _write(complaint, seen, state=Complaint.State.WITHDRAWN, ended_on=on, ended_by=by)
    _tell(complaint, "withdrawn", by=by, at=at, on=on, words=words)
    _thaw(complaint, by=by, at=at)


@transaction.atomic
def add_step(complaint: Complaint, *, words: str, by: User, at: datetime, on: date) -> None:
    """Keep what was found out; the record says only that something was."""
    _tell(complaint, "noted", by=by, at=at, on=on, words=words)


@transaction.atomic
def note_representative(
    *,
    borrower: Borrower,
    name: str,
    relation: str,
    evidence: str,
    valid_to: date | None,
    by: User,
    at: datetime,
) -> Representative:
    """Note who says to speak for the borrower: told nothing until somebody else has verified the mandate."""
    made = Representative.objects.create(
        borrower=borrower, name=name, relation=relation, evidence=evidence, valid_to=valid_to, noted_by=by, noted_at=at
    )
    record("cases.representative_noted", by=by, at=at, subject=borrower, representative=made.pk, relation=relation)
    return made


@transaction.atomic
def verify_mandate(representative: Representative, *, by: User, at: datetime) -> None:
    """A second person has seen the paper and heard it from the borrower."""
    if representative.noted_by_id == by.pk:
        raise ComplaintError(_("Somebody else than who noted it has to verify the mandate."))
    waiting = Representative.objects.filter(pk=representative.pk, verified_at=None)
    if not waiting.update(verified_by=by, verified_at=at):
        raise ComplaintStaleError(_("The mandate was verified before."))
    record("cases.mandate_verified", by=by, at=at, subject=representative.borrower, representative=representative.pk)


def _thaw(complaint: Complaint, *, by: User, at: datetime) -> None:
    """Lift the hold, unless another open complaint rests on it or somebody has lifted it before."""
    others = Complaint.objects.open().filter(hold=complaint.hold_id).exclude(pk=complaint.pk)
    if complaint.hold is None or complaint.hold.lifted_at or others.exists():
        return
    try:
        lift_hold(complaint.hold, by=by, at=at)
    except HoldError:
        return  # lifted by hand in between: it is what was wanted


def _write(complaint: Complaint, seen: int | None, **changes: Any) -> None:
    """Compare-and-set on what the person decided on."""
    version = complaint.version if seen is None else seen
    rows = Complaint.objects.filter(pk=complaint.pk, state=Complaint.State.OPEN, version=version)
    try:
        with transaction.atomic():
            taken = rows.update(**changes, version=version + 1)
    except IntegrityError:
        raise ComplaintError(_("It is about this person, who cannot handle it.")) from None
    if not taken:
        raise ComplaintStaleError(_("Somebody else has worked on this complaint since. Nothing was saved; look again."))
    for name, value in changes.items():
        setattr(complaint, name, value)
    complaint.version = version + 1


def _tell(
    complaint: Complaint,
    event: str,
    *,
    by: User,
    at: datetime,
    on: date,
    words: str = "",
    facts: Mapping[str, Any] | None = None,
) -> None:
    ComplaintStep.objects.create(
        complaint=complaint, event=event, on=on, at=at, by=by, words=words, facts=dict(facts or {})
    )
    record(
        f"cases.complaint_{event}", by=by, at=at, subject=complaint.borrower, complaint=complaint.pk, **(facts or {})
    )
