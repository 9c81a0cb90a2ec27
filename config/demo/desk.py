"""What the demo's agent finds on the desk beside the calls of the days before: papers that borrowers sent, a promise in
parts, and a call script that waits to be published."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.db import transaction

from cases.attachments import attach
from cases.facts import loans_now, owed
from cases.judging import Sum
from cases.models import Case, DelayReason, Promise
from cases.promises import record_promise
from cases.scripts.models import Script
from cases.scripts.publishing import put_forward_script, told_of
from cases.steps.models import NextStep, Of
from cases.steps.publishing import put_forward_step
from cases.steps.publishing import told_of as told_of_step
from cases.tracing.looking import Found, record_trace
from config.demo.days import instant
from config.demo.papers import paper
from contacts.inbound import ENDED, Report, take
from contacts.logbook import log_past_contact
from contacts.models import Channel, Contact, Purpose
from lending.models import ContactPoint
from lending.parties import add_contact_point, mark_quality
from staff.models import User

PAPERS = {
    DelayReason.Code.ILLNESS: ("hospital.pdf", ["General Hospital", "Admitted on ward 7 until further notice."]),
    DelayReason.Code.JOB_LOSS: ("notice.pdf", ["Notice of termination", "The employment ends with this month."]),
}


SHORTER = (
    "Good day, this is {agent} for {lender}. Is it a good moment?\nAn instalment has not arrived. On which day would it suit you?",
    "您好，我是{lender}的{agent}，现在方便吗？\n您有一期款项未到账，您看哪天方便还款？",
)


LOSABLE = [Case.NextAction.CALL, Case.NextAction.CALL_AGAIN, Case.NextAction.FIRST_CALL]


class Desk:
    def __init__(self, supervisor: User, agents: Sequence[User]) -> None:
        self.supervisor, self.agents = supervisor, list(agents)

    @transaction.atomic
    def leave_waiting(self, day: date) -> None:
        """On the morning of the last day."""
        self._papers(day)
        self._parts(day)
        self._script(day)
        self._outcome(day)
        self._lost(day)
        self._calls_that_came_in(day)

    def _calls_that_came_in(self, day: date) -> None:
        """Before anybody was here: somebody whom the demo's agent knows, and a number that nobody knows."""
        case = Case.objects.open().filter(owner=self.agents[0]).select_related("borrower").order_by("pk").first()
        if case:
            log_past_contact(
                borrower=case.borrower, channel=Channel.CALL, direction=Contact.Direction.IN, purpose=Purpose.SERVICE,
                outcome=Contact.Outcome.NO_ANSWER, happened_at=instant(day, 8, 5), note="", by=self.agents[0],
                at=instant(day, 8, 35),
            )  # fmt: skip
        report = Report("demo-1", ENDED, instant(day, 8, 10), "13800138000", seconds=0)
        take("loopback", report, at=instant(day, 8, 10))

    def _parts(self, day: date) -> None:
        """Two borrowers pay bit by bit."""
        free = Case.objects.open().filter(owner=self.agents[0], reason_behind=DelayReason.Code.CASH_GAP)
        free = free.exclude(promises__state=Promise.State.OPEN).select_related("borrower").order_by("-pk")
        for case in free[:2]:
            third = owed(loans_now(case.borrower_id, day)).overdue // 3
            first, *more = [Sum(max(third, 1), day + timedelta(days=ahead)) for ahead in (2, 16, 30)]
            record_promise(
                case=case, amount=first.amount, due_on=first.due_on, more=more, by=self.agents[0],
                at=instant(day, 8, 42), on=day,
            )  # fmt: skip

    def _script(self, day: date) -> None:
        told = told_of(Script.objects.get(code="early", change=None)) | dict(
            zip(("text", "text_zh"), SHORTER, strict=True)
        )
        put_forward_script(
            "early", told, from_on=day, words="Shorter: many hang up before the question.", by=self.supervisor,
            at=instant(day, 8, 45), on=day,
        )  # fmt: skip

    def _outcome(self, day: date) -> None:
        """An outcome that the supervisor would like to have waits to be published."""
        told = told_of_step(NextStep.objects.get(of=Of.OUTCOME, code="no_answer", change=None)) | {
            "name": "No answer: voicemail", "name_zh": "无人接听：语音信箱", "hours": 6, "place": 15,
        }  # fmt: skip
        put_forward_step(
            Of.OUTCOME, "voicemail", told, from_on=day + timedelta(days=1), words="Who has a voicemail listens to it at night.",
            by=self.supervisor, at=instant(day, 8, 46), on=day,
        )  # fmt: skip

    def _lost(self, day: date) -> None:
        """Two borrowers changed phones: one is to be looked for now, with a friend who may be asked, the other again in some days."""
        cases = Case.objects.open().filter(owner=self.agents[0], callback_at=None).select_related("borrower")
        sought = cases.exclude(promises__state=Promise.State.OPEN).filter(next_action__in=LOSABLE).order_by("-pk")
        for number, case in enumerate(sought[:2]):
            at = instant(day, 8, 50 + number)
            for point in case.borrower.contact_points.filter(retired_at=None):
                mark_quality(point, ContactPoint.Quality.GONE)
            add_contact_point(
                borrower=case.borrower, kind=ContactPoint.Kind.MOBILE, value=f"1390013900{number}", source="lender",
                by=self.agents[0], at=at, holder=ContactPoint.Holder.CONTACT,
            )  # fmt: skip
            if number:
                found = Found(look_again_on=day + timedelta(days=5), note="The form names an old employer only.")
                record_trace(case=case, means="lender", found=found, by=self.agents[0], at=at, on=day)

    def _papers(self, day: date) -> None:
        for code, (name, lines) in PAPERS.items():
            cases = Case.objects.open().filter(owner=self.agents[0], reason_behind=code).order_by("pk")
            for case in cases[:2]:
                attach(case, paper(name, lines), by=self.agents[0], at=instant(day, 8, 40))
