"""What the demo's agent finds on the desk beside the calls of the days before: papers that borrowers sent; and a
call script that waits to be published."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from cases.attachments import attach
from cases.models import Case, DelayReason
from cases.scripts.models import Script
from cases.scripts.publishing import put_forward_script, told_of
from config.demo.days import instant
from config.demo.papers import paper
from staff.models import User

PAPERS = {
    DelayReason.Code.ILLNESS: ("hospital.pdf", ["General Hospital", "Admitted on ward 7 until further notice."]),
    DelayReason.Code.JOB_LOSS: ("notice.pdf", ["Notice of termination", "The employment ends with this month."]),
}


SHORTER = (
    "Good day, this is {agent} for {lender}. Is it a good moment?\nAn instalment has not arrived. On which day would it suit you?",
    "您好，我是{lender}的{agent}，现在方便吗？\n您有一期款项未到账，您看哪天方便还款？",
)


class Desk:
    def __init__(self, supervisor: User, agents: Sequence[User]) -> None:
        self.supervisor, self.agents = supervisor, list(agents)

    @transaction.atomic
    def leave_waiting(self, day: date) -> None:
        """On the morning of the last day."""
        self._papers(day)
        self._script(day)

    def _script(self, day: date) -> None:
        told = told_of(Script.objects.get(code="early", change=None)) | dict(
            zip(("text", "text_zh"), SHORTER, strict=True)
        )
        put_forward_script(
            "early", told, from_on=day, words="Shorter: many hang up before the question.", by=self.supervisor,
            at=instant(day, 8, 45), on=day,
        )  # fmt: skip

    def _papers(self, day: date) -> None:
        for code, (name, lines) in PAPERS.items():
            cases = Case.objects.open().filter(owner=self.agents[0], reason_behind=code).order_by("pk")
            for case in cases[:2]:
                attach(case, paper(name, lines), by=self.agents[0], at=instant(day, 8, 40))
