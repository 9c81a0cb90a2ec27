"""What the case page shows of this floor: how and when the borrower may be reached now, and what stands in the way."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef
from django.utils import timezone

from audit.clock import local_day
from contacts.answers import Answer
from contacts.gate import Question, decide_many
from contacts.hold_effects import summary
from contacts.holds import active_holds
from contacts.models import CallHours, Channel, Consent, OptOut, Purpose, Refusal
from contacts.words import counters_words, is_by_rule, sentence, source_words, zone_for
from lending.models import Borrower, ContactPoint
from staff.matrix import may
from staff.models import User

SHOWN = ((Channel.CALL, "call"), (Channel.SMS, "message"))
"""The channels that the desk offers, with their icons."""
QUALITY_KINDS = {
    ContactPoint.Quality.CONFIRMED: "good",
    ContactPoint.Quality.UNTRIED: "neutral",
    ContactPoint.Quality.SILENT: "wait",
    ContactPoint.Quality.WRONG_PERSON: "off",
    ContactPoint.Quality.GONE: "off",
}


class Way(NamedTuple):
    """One way of reaching the borrower now, as the desk shows it."""

    channel: str
    label: str
    icon: str
    answer: Answer
    sentence: str
    counters: str
    text: str
    source: str


class ShownPoint(NamedTuple):
    point: ContactPoint
    kind: str


def way(answer: Answer, borrower: Borrower, channel: str, at: datetime) -> Way:
    """An answer of the gate in words, for the desk, the call and the message: also the place for a refusal.

    The sentence alone says what a hold or an opt-out is; a rule is quoted.
    """
    is_rule = is_by_rule(answer)
    return Way(
        channel=channel,
        label=str(Channel(channel).label),
        icon=dict(SHOWN).get(Channel(channel), "message"),
        answer=answer,
        sentence=sentence(answer, channel, at, zone_for(borrower)),
        counters=counters_words(answer.counters) if answer.allowed or is_rule else "",
        text=answer.text if is_rule else "",
        source=source_words(answer),
    )


def reach(borrower: Borrower, at: datetime, user: User, having: Collection[str] | None = None) -> dict[str, Any]:
    """The context of `contacts/_reach.html`, under the name `reach`.

    `having` names what of "hold", "opt_out", "consent" and "hours" this borrower has, where that is known.
    """
    having = ("hold", "opt_out", "consent", "hours") if having is None else having
    answers = decide_many([Question(borrower.pk, channel, Purpose.DEMAND, at) for channel, _icon in SHOWN])
    zone = zone_for(borrower)
    refusals = Refusal.objects.filter(borrower=OuterRef("borrower"), digest=OuterRef("digest"))
    points = borrower.contact_points.filter(retired_at=None).annotate(is_refused=Exists(refusals)).order_by("pk")
    there, here = at.astimezone(zone), local_day(at)
    return {
        "borrower": borrower,
        "ways": [way(answer, borrower, channel, at) for (channel, _icon), answer in zip(SHOWN, answers, strict=True)],
        "points": [ShownPoint(point, QUALITY_KINDS[ContactPoint.Quality(point.quality)]) for point in points],
        "holds": [(hold, summary(hold.kind, here)) for hold in active_holds([borrower.pk], here).get(borrower.pk, [])]
        if "hold" in having
        else [],
        "opt_outs": list(OptOut.objects.filter(borrower=borrower, to_at=None).order_by("channel"))
        if "opt_out" in having
        else [],
        "consents": list(Consent.objects.filter(borrower=borrower, to_at=None).order_by("kind"))
        if "consent" in having
        else [],
        "hours": CallHours.objects.filter(borrower=borrower, to_at=None).first() if "hours" in having else None,
        "their_time": there.strftime("%H:%M"),
        "is_elsewhere": there.utcoffset() != timezone.localtime(at, timezone.get_default_timezone()).utcoffset(),
        "may_contact": may(user.role, "contacts.contact"),
        "may_hold": may(user.role, "contacts.hold"),
        "may_reveal": may(user.role, "contacts.reveal"),
    }
