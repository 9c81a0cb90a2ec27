"""The contact gate's slots for messages, taken and reported in batches.

A message that is tried again takes its slot anew, so that it never counts against itself.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime

from cases.changed import look_again
from contacts.gate import Question, Reservation, reserve_many
from contacts.models import Contact
from dunning.models import Reminder
from dunning.texts import shown
from dunning.wording import names_of
from lending.days import business_date
from staff.models import User


def take(rows: Sequence[Reminder], *, at: datetime) -> dict[int, Reservation]:
    """Ask the gate in earnest for each row, by its id; in the caller's transaction."""
    earlier = {row.pk: row.contact_id for row in rows if row.contact_id}
    Contact.objects.filter(pk__in=earlier.values(), state=Contact.State.RESERVED).update(state=Contact.State.RELEASED)
    answers: dict[int, Reservation] = {}
    for by, theirs in _by_author(rows):
        questions = [_question(row, at) for row in theirs]
        answers |= zip((row.pk for row in theirs), reserve_many(questions, by=by), strict=True)
    refused = [contact for pk, contact in earlier.items() if not answers[pk].answer.allowed]
    Contact.objects.filter(pk__in=refused).update(state=Contact.State.RESERVED)
    return answers


def report(contact_ids: Collection[int], *, outcome: Contact.Outcome, at: datetime) -> None:
    """What came of these contacts, in one statement; those that were reported or released before stay as they are.

    `contact_completed` is not sent: a message that left answers no callback. What it changes waits for the night.
    """
    waiting = Contact.objects.filter(pk__in=contact_ids, state=Contact.State.RESERVED)
    waiting.update(state=Contact.State.MADE, outcome=outcome, closed_at=at)
    people = Contact.objects.filter(pk__in=contact_ids).values_list("borrower", flat=True)
    look_again(set(people), on=business_date(at))


def give_back(contact_ids: Collection[int]) -> None:
    """These contacts certainly were not made."""
    Contact.objects.filter(pk__in=contact_ids, state=Contact.State.RESERVED).update(state=Contact.State.RELEASED)


def _question(row: Reminder, at: datetime) -> Question:
    return Question(
        row.borrower_id, row.channel, row.purpose, at, row.point_id,
        text=shown(row.text), institution=names_of(row.funder),
    )  # fmt: skip


def _by_author(rows: Sequence[Reminder]) -> list[tuple[User | None, list[Reminder]]]:
    groups: dict[int | None, list[Reminder]] = defaultdict(list)
    for row in rows:
        groups[row.planned_by_id].append(row)
    people = User.objects.in_bulk([pk for pk in groups if pk is not None])
    return [(people[pk] if pk is not None else None, theirs) for pk, theirs in groups.items()]
