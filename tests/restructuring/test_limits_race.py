"""Two processes approve within the limits of one person at the same moment: together they never pass the day's limit."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from behind import TODAY, close_day, make_loan, make_person
from planned import ask, limited, publish
from reachable import make_borrower
from restructuring.models import Decision, PlanRequest
from staff.models import Role
from tests.lending.book.test_deaths_and_races import database_url

ROOT = Path(__file__).resolve().parents[2]
APPROVE = """
import config, django, sys, time
django.setup()
from planned import rule
from restructuring.deciding import BeyondLimitError
from restructuring.models import PlanRequest
from staff.models import User
plan = PlanRequest.objects.get(pk=int(sys.argv[1]))
person = User.objects.get(pk=int(sys.argv[2]))
time.sleep(max(0, float(sys.argv[3]) - time.time()))
try:
    print(rule(plan, "approve", by=person).state)
except BeyondLimitError:
    print("beyond")
"""


@pytest.mark.processes
@pytest.mark.django_db(transaction=True)
def test_two_approvals_at_once_never_pass_the_day_together() -> None:
    agent, boss = make_person("agent"), make_person("boss", Role.MANAGER)
    publish(limited(Role.MANAGER, amount_max=200_000, day_max=200_000))
    loans = [make_loan(make_borrower(f"B{n}", phone=None), days=10) for n in range(2)]
    close_day(TODAY)
    plans = [ask(loan, by=agent, days=60) for loan in loans]
    env = os.environ | {"DATABASE_URL": database_url(), "PYTHONPATH": str(ROOT / "tests" / "support")}
    start = str(time.time() + 6)

    hands = [
        subprocess.Popen(
            [sys.executable, "-c", APPROVE, str(plan.pk), str(boss.pk), start],
            env=env, cwd=ROOT, stdout=subprocess.PIPE, text=True,
        )
        for plan in plans
    ]  # fmt: skip
    said = sorted(hand.communicate(timeout=120)[0].strip() for hand in hands)

    assert said == ["approved", "beyond"]
    assert Decision.objects.count() == 1
    assert PlanRequest.objects.filter(state="approved").count() == 1
