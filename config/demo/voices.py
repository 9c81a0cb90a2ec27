"""What borrowers say of us in the demo, and what colleagues hear when they listen again: complaints at every point of their clock,
reviews written, seen differently and waiting, and another plan of stages put forward.

Complaints are of borrowers at the end of the list, so that the first cases of the day are there to be worked.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from django.db import transaction

from cases.complaints.handling import answer, give_to, take_down
from cases.complaints.models import Complaint
from cases.merging import put_forward_merge
from cases.models import Case
from cases.quality.checklist import CHECKLIST, MET, MISSED
from cases.quality.models import Review
from cases.quality.reviewing import answer_review, write_review
from cases.stage_publishing import put_forward_plan
from cases.stages import Band, Other, plan_on
from config.demo.days import instant
from contacts.holds import place_hold
from contacts.models import Hold
from contacts.reveal import reveal
from lending.models import Borrower, ContactPoint, NameDigest
from staff.models import User


class Voice(NamedTuple):
    """A complaint received so many days before the demo's day."""

    kind: str
    source: str
    days_ago: int
    words: str
    wanted: str = ""


VOICES = [
    Voice(
        "service", "online", 12, "The app showed the old due day for a week after I had paid.", "Show the right day."
    ),
    Voice("credit_report", "written", 6, "征信报告显示两期逾期，我只有一期。", "更正记录。"),
    Voice("help_refused", "phone", 3, "I asked for a later day and was told there is none.", "A plan that I can pay."),
    Voice("conduct", "regulator", 1, "早上七点给我母亲打电话，还说要告诉邻居。", "道歉，不要再联系我母亲。"),
]
ANSWERS = {
    "en": (
        "We looked at what the app showed you. Until the 5th it read the day before your payment was booked.",
        "The page now reads the day from the booking.",
    ),
    "zh-hans": (
        "我们核查了应用页面的显示记录：5日之前，页面读取的是还款入账前的日期。",
        "页面现已改为读取入账日期。",
    ),
}
"""What was found and what is done about it, in the borrower's language."""
COACHING = [
    "Warm and clear. Offer the plan before the borrower has to ask for it.",
    "问清原因之后再谈金额，这次做得很好。",
]


class Voices:
    def __init__(self, supervisor: User, agents: Sequence[User]) -> None:
        self.supervisor = supervisor
        self.agents = list(agents)
        self.manager = User.objects.get(username="manager")

    @transaction.atomic
    def leave_waiting(self, day: date) -> None:
        """What the last morning begins with: the oldest complaint answered, the others open, and reviews of the days before."""
        cases = Case.objects.open().filter(owner__in=self.agents).select_related("borrower").order_by("priority", "-pk")
        for voice, case in zip(VOICES, cases[: len(VOICES)], strict=False):
            received = day - timedelta(days=voice.days_ago)
            made = take_down(
                borrower=case.borrower,
                kind=voice.kind,
                source=voice.source,
                words=voice.words,
                wanted=voice.wanted,
                received_on=received,
                about=case.owner if voice.kind == "conduct" else None,
                by=self.supervisor,
                at=instant(day, 8, 10),
                on=day,
            )
            if voice is VOICES[0]:
                self._answer(made, day)
        self._review(day)
        self._stages(day)
        self._twin(day)
        self._holds([*cases[len(VOICES) : len(VOICES) + 2]], day)

    def _twin(self, day: date) -> None:
        """Another lender's record of a borrower whom an agent has in hand: the supervisor puts their merging forward."""
        points = ContactPoint.objects.filter(kind="mobile", holder="borrower", retired_at=None)
        points = points.filter(borrower__cases__in=Case.objects.open())
        point = points.select_related("borrower").order_by("-pk").first()
        if point is None:
            return
        known, at = point.borrower, instant(day, 7, 55)
        twin = Borrower.objects.create(
            ref=f"{known.ref}-2", name=known.name, language=known.language, time_zone=known.time_zone
        )
        NameDigest.objects.bulk_create(
            NameDigest(borrower=twin, digest=digest) for digest in known.name_digests.values_list("digest", flat=True)
        )
        ContactPoint.objects.create(
            borrower=twin, kind=point.kind, value=point.value, digest=point.digest, added_at=at, source="lender"
        )
        reveal(borrower=known, what="name", reason="Compared with the other lender's record", by=self.supervisor, at=at)
        words = "Same phone, same name; confirmed the birthday on the call."
        put_forward_merge(known, twin, words=words, by=self.supervisor, at=instant(day, 8, 55), on=day)

    def _holds(self, cases: Sequence[Case], day: date) -> None:
        """One borrower is abroad for two months, another's town was flooded."""
        said = [
            (Hold.Kind.ABROAD, "Works on a site in Kenya until spring", "", 60),
            (Hold.Kind.DISASTER, "House flooded, shop closed", "County notice 2026-118", 45),
        ]
        for case, (kind, reason, evidence, days) in zip(cases, said, strict=False):
            place_hold(
                borrower=case.borrower, kind=kind, reason=reason, evidence=evidence, from_on=day,
                to_on=day + timedelta(days=days), by=self.supervisor, at=instant(day, 8, 50),
            )  # fmt: skip

    def _stages(self, day: date) -> None:
        """A plan that waits for the manager: early cases are watched a week longer, and those of high risk worked sooner."""
        known = plan_on(day + timedelta(days=1))
        first, *others = known.stages
        plan = known._replace(
            stages=(first._replace(watch_days=first.watch_days + 7), *others),
            exceptions=(Other("middle", "", Band.HIGH, "M1", "M1"),),
        )
        put_forward_plan(
            plan, from_on=day + timedelta(days=7), words="One in five came back in the third week.",
            by=self.supervisor, at=instant(day, 8, 45), on=day,
        )  # fmt: skip

    def _answer(self, complaint: Complaint, day: date) -> None:
        give_to(complaint, handler=self.manager, by=self.manager, at=instant(day, 8, 15), on=day)
        at = instant(day, 8, 40)
        text, remedy = ANSWERS[complaint.borrower.language]
        answer(complaint, outcome="upheld", cause="system", text=text, remedy=remedy, by=self.manager, at=at, on=day)

    def _review(self, day: date) -> None:
        """Two reviews of the demo's own agent, the second seen differently; what the nights picked else waits."""
        agent = self.agents[0]
        for n, review in enumerate(Review.objects.waiting().filter(agent=agent).order_by("pk")[:2]):
            answers = {item.code: MET for item in CHECKLIST} | ({"options": MISSED} if n == 0 else {})
            at = instant(day, 8, 20 + n)
            write_review(review, answers=answers, coaching=COACHING[n], by=self.supervisor, at=at)
            if n == 0:
                told_back = "He had to catch his train; I offered it in the message."
                answer_review(review, agrees=False, reply=told_back, by=agent, at=instant(day, 8, 30))
