"""What the demo's agent finds on the desk beside the calls of the days before: papers that borrowers sent."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction

from cases.attachments import attach
from cases.models import Case, DelayReason
from config.demo.days import instant
from config.demo.papers import paper
from staff.models import User

PAPERS = {
    DelayReason.Code.ILLNESS: ("hospital.pdf", ["General Hospital", "Admitted on ward 7 until further notice."]),
    DelayReason.Code.JOB_LOSS: ("notice.pdf", ["Notice of termination", "The employment ends with this month."]),
}


class Desk:
    def __init__(self, agents: Sequence[User]) -> None:
        self.agents = list(agents)

    @transaction.atomic
    def leave_waiting(self, day: date) -> None:
        """On the morning of the last day."""
        self._papers(day)

    def _papers(self, day: date) -> None:
        for code, (name, lines) in PAPERS.items():
            cases = Case.objects.open().filter(owner=self.agents[0], reason_behind=code).order_by("pk")
            for case in cases[:2]:
                attach(case, paper(name, lines), by=self.agents[0], at=instant(day, 8, 40))
