"""A message that a person writes: chosen from the texts, shown before it goes, sent through the same outbox."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from audit.record import record
from contacts.answers import Answer
from contacts.gate import Question, decide_many
from contacts.localtime import local_date, zone_of
from contacts.models import Channel
from dunning.models import BY_HAND, Reminder, ReminderLine, Template
from dunning.owed import OpenRow, loans_of, open_rows, penalties
from dunning.tasks import ring
from dunning.texts import MessageText, fill, followed_by, shown
from dunning.wording import link_words, names_of, values_for
from lending.days import business_date
from lending.models import Borrower, Funder, PayLink
from lending.personal import keyed_digest
from staff.models import User


class MessageRefusedError(Exception):
    """The message may not go out, or there is nothing to write about; the words say why."""


class Draft(NamedTuple):
    """A message as it would go out now, and what the gate says to it."""

    borrower: Borrower
    funder: Funder
    template: Template
    text: MessageText
    rows: Sequence[OpenRow]
    answer: Answer
    link: PayLink | None = None


def texts_for(borrower: Borrower) -> list[Template]:
    """The texts offered to people, in the borrower's language where there is one."""
    offered = Template.objects.filter(by_hand=True, language__in=[borrower.language, Borrower.Language.EN])
    found = {text.code: text for text in offered.order_by("code")}
    found |= {text.code: text for text in offered if text.language == borrower.language}
    return sorted(found.values(), key=lambda text: (text.purpose, text.code))


def creditors_of(borrower: Borrower) -> list[Funder]:
    """The creditors of the borrower's active loans."""
    loans = loans_of([borrower.pk]).values()
    owed_to = {
        funder for loan in loans for funder in (loan.funder_id, *(each.guarantor_id for each in loan.owed_to.takeovers))
    }
    return list(Funder.objects.filter(pk__in=owed_to).order_by("pk"))


def links_of(borrower: Borrower, at: datetime) -> list[PayLink]:
    """The borrower's pay links that can be paid now, and whose page the provider has told."""
    links = PayLink.objects.open().filter(loan__borrower=borrower, expires_at__gt=at).exclude(url="")
    return list(links.select_related("loan").order_by("-pk"))


def draft(
    *, borrower: Borrower, funder: Funder, template: Template, by: User, at: datetime, link: PayLink | None = None
) -> Draft:
    """What would be sent: all that is due by today, or the next instalment, and where to pay it if there is a link.

    MessageRefusedError when nothing is open, or the link is for another creditor's loan.
    """
    zone = zone_of(borrower.time_zone)
    if zone is None:
        raise MessageRefusedError(_("The borrower's time zone is not known, so no message may go out."))
    on = local_date(zone, at)
    loans = loans_of([borrower.pk])
    theirs = [row for row in open_rows(loans, until=on.max) if row.funder_id == funder.pk]
    rows = [row for row in theirs if row.due_on <= on] or _next_rows(theirs)
    if not rows:
        raise MessageRefusedError(_("Nothing is owed to %(creditor)s any more.") % {"creditor": funder.name})
    charges = penalties({row.loan_id for row in rows}, on=business_date(at))
    values = values_for(funder=funder, language=template.language, rows=rows, penalties=charges, on=on, writer=str(by))
    text = fill(template.text, values)
    if link:
        if link.loan_id not in {row.loan_id for row in rows}:
            raise MessageRefusedError(_("This pay link is not for a loan that the message speaks of."))
        text = followed_by(text, link_words(link, template.language))
    question = Question(
        borrower.pk, Channel.SMS, template.purpose, at, text=shown(text), institution=names_of(funder)
    )  # fmt: skip
    return Draft(borrower, funder, template, text, rows, decide_many([question])[0], link)


def _next_rows(rows: list[OpenRow]) -> list[OpenRow]:
    return [row for row in rows if row.due_on == rows[0].due_on]


@transaction.atomic
def send(written: Draft, *, key: str, by: User, at: datetime) -> Reminder:
    """Put it in the outbox. `key` is the form's one-time key: the same form is the same message."""
    if not written.answer.allowed:
        raise MessageRefusedError(written.answer.text)
    borrower, zone = written.borrower, zone_of(written.borrower.time_zone)
    assert zone is not None, "the gate allows nothing without a zone"
    reminder = Reminder.objects.create(
        borrower=borrower,
        funder=written.funder,
        policy=BY_HAND,
        step=key[:40],
        channel=Channel.SMS,
        local_day=local_date(zone, at),
        purpose=written.template.purpose,
        template=written.template.code,
        language=written.template.language,
        message_id=keyed_digest("Reminder", f"{BY_HAND}:{by.pk}:{key}"),
        text=written.text,
        due_at=at,
        planned_at=at,
        planned_by=by,
    )
    ReminderLine.objects.bulk_create(
        ReminderLine(reminder=reminder, loan_id=row.loan_id, n=row.n, due_on=row.due_on, amount=row.amount)
        for row in written.rows
    )
    record(
        "dunning.message_written",
        by=by,
        at=at,
        subject=reminder,
        borrower=borrower.pk,
        template=written.template.code,
        funder=written.funder.code,
        **({"link": written.link.code} if written.link else {}),
    )
    transaction.on_commit(ring, robust=True)
    return reminder
