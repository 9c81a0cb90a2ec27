"""The contact gate: no call and no message leaves the console without its answer.

`decide` only looks. `reserve` asks in earnest: under a lock on the borrower it keeps the verdict and, when allowed, takes the
slot that caps count, so parallel senders cannot overrun them. Both run in the caller's transaction. A reserved slot counts
until it is released, however old: what nobody reported may have happened.
"""

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction

from contacts.answers import Answer, answer_of, closed
from contacts.facts import BORROWER, Ask, Past, Situation
from contacts.judging import judge
from contacts.models import CONNECTED_OUTCOMES, Contact, Verdict
from contacts.signals import contact_completed
from contacts.situations import situations
from lending.days import business_date
from lending.models import Borrower, ContactPoint
from staff.models import User

logger = logging.getLogger(__name__)


class Question(NamedTuple):
    """May this borrower be reached this way, for this purpose, at this instant (through this contact point)?

    `subject` other than the borrower asks for a guarantor or a contact person. A visit says how many people go; a message
    what it says and the names of whoever it speaks for, so that its wording is judged as well.
    """

    borrower_id: int
    channel: str
    purpose: str
    at: datetime
    point_id: int | None = None
    subject: str = BORROWER
    people: int = 0
    text: str = ""
    institution: tuple[str, ...] = ()
    despite: str = ""

    @property
    def ask(self) -> Ask:
        return Ask(
            self.channel, self.purpose, self.point_id, self.subject, self.people, self.text, self.institution,
            self.despite,
        )  # fmt: skip


class Reservation(NamedTuple):
    """The answer and, when it is yes, the slot that was taken."""

    answer: Answer
    contact: Contact | None


def decide(borrower: Borrower, channel: str, purpose: str, at: datetime) -> Answer:
    """Look only: the case of one of `decide_many`."""
    return decide_many([Question(borrower.pk, channel, purpose, at)])[0]


def decide_many(questions: Sequence[Question]) -> list[Answer]:
    """Look only, each question for itself; a constant number of queries."""
    if not questions:
        return []
    known = _known(questions)
    return [_answer(known.get(question.borrower_id), question) for question in questions]


def reserve(
    *,
    borrower: Borrower,
    channel: str,
    purpose: str,
    at: datetime,
    by: User | None,
    point: ContactPoint | None = None,
    subject: str = BORROWER,
) -> Reservation:
    """Ask in earnest for one contact; in the caller's transaction."""
    question = Question(borrower.pk, channel, purpose, at, point.pk if point else None, subject=subject)
    return reserve_many([question], by=by)[0]


def reserve_many(questions: Sequence[Question], *, by: User | None) -> list[Reservation]:
    """Ask in earnest for many, in the caller's transaction; each slot taken counts for the questions after it."""
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("a slot is reserved in the transaction of the contact that it is for")
    if not questions:
        return []
    _lock({question.borrower_id for question in questions})
    known = _known(questions)
    answers = []
    for question in questions:
        situation = known.get(question.borrower_id)
        answer = _answer(situation, question)
        if answer.allowed and situation:
            known[question.borrower_id] = _with_slot(situation, question, answer)
        answers.append(answer)
    return _keep(questions, answers, by)


@transaction.atomic
def complete(contact_id: int, *, outcome: str, at: datetime, **facts: Any) -> bool:
    """Write what came of a reserved contact, once; False when it was completed or released before.

    The floors above hear only of contacts with the borrower. `facts` are further columns of the contact: seconds, recording,
    call_id, note.
    """
    changed = Contact.objects.filter(pk=contact_id, state=Contact.State.RESERVED).update(
        state=Contact.State.MADE, outcome=outcome, connected=outcome in CONNECTED_OUTCOMES, closed_at=at, **facts
    )
    if changed:
        contact = Contact.objects.select_related("borrower", "point").get(pk=contact_id)
        if contact.subject == BORROWER:
            contact_completed.send(sender=Contact, contact=contact, at=at, on=business_date(at))
    return bool(changed)


def release(contact_id: int) -> bool:
    """Give a slot back because the contact certainly was not made; False when it was completed or released before."""
    waiting = Contact.objects.filter(pk=contact_id, state=Contact.State.RESERVED)
    return bool(waiting.update(state=Contact.State.RELEASED))


def _lock(borrower_ids: set[int]) -> None:
    """Lock the borrowers in one order. SQLite locks the whole database when the transaction begins."""
    list(Borrower.objects.select_for_update(no_key=True).filter(pk__in=borrower_ids).order_by("pk").values_list("pk"))


def _known(questions: Sequence[Question]) -> dict[int, Situation]:
    earliest = min(question.at for question in questions)
    return situations({question.borrower_id for question in questions}, earliest=earliest)


def _answer(situation: Situation | None, question: Question) -> Answer:
    if situation is None:
        return closed()
    try:
        return answer_of(judge(situation, question.ask, question.at))
    except Exception:
        logger.exception("the gate could not judge borrower %s", question.borrower_id)
        return closed()


def _with_slot(situation: Situation, question: Question, answer: Answer) -> Situation:
    """The situation as the next question of the batch finds it."""
    number = next((point.number for point in situation.points if point.id == answer.point_id), "")
    taken = Past(question.channel, question.at, is_connected=True, number=number, subject=question.subject)
    return situation._replace(past=(*situation.past, taken), was_contacted=True)


def _keep(questions: Sequence[Question], answers: Sequence[Answer], by: User | None) -> list[Reservation]:
    asked = list(zip(questions, answers, strict=True))
    verdicts = Verdict.objects.bulk_create([_verdict(question, answer, by) for question, answer in asked])
    contacts = Contact.objects.bulk_create(
        [
            _slot(question, verdict, answer, by)
            for (question, answer), verdict in zip(asked, verdicts, strict=True)
            if answer.allowed
        ]
    )
    slots = iter(contacts)
    return [Reservation(answer, next(slots) if answer.allowed else None) for answer in answers]


def _verdict(question: Question, answer: Answer, by: User | None) -> Verdict:
    return Verdict(
        borrower_id=question.borrower_id,
        channel=question.channel,
        purpose=question.purpose,
        at=question.at,
        allowed=answer.allowed,
        rule=answer.rule,
        lawful_at=None if answer.allowed else answer.lawful_at,
        asked_by=by,
        facts={
            "standing": answer.standing,
            "source": answer.source,
            "point": answer.point_id,
            "subject": question.subject,
            "found": answer.found,
            "counters": [list(counter) for counter in answer.counters],
        },
    )


def _slot(question: Question, verdict: Verdict, answer: Answer, by: User | None) -> Contact:
    return Contact(
        borrower_id=question.borrower_id,
        point_id=answer.point_id,
        subject=question.subject,
        channel=question.channel,
        purpose=question.purpose,
        verdict=verdict,
        at=question.at,
        by=by,
    )
