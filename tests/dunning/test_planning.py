"""Who is reminded on a day, by which step, once."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from audit.models import Entry
from cases.models import Case, Promise, Stage
from contacts.localtime import zone_of
from contacts.models import Hold, OptOut
from dunning.models import BY_HAND, Policy, PolicyStep, Reminder, ReminderLine
from dunning.planning import moment, plan
from lending.models import Arrears, Borrower, ContactPoint, Loan
from outbox_book import DAY, MORNING, funder, lend, one_due, people, product, settle
from staff.models import User

pytestmark = pytest.mark.usefixtures("closed_day")


@pytest.mark.parametrize(
    ("days_late", "step"),
    [(-3, "before-3"), (0, "due"), *((days, f"late-{days}") for days in (1, 3, 7, 14, 28, 45, 75, 100))],
)
def test_each_step_of_the_ladder_plans_one_reminder(days_late: int, step: str) -> None:
    one_due(days_late)

    counts = plan(DAY, MORNING)

    assert counts.planned == 1
    assert Reminder.objects.get().step == step


@pytest.mark.parametrize("days_late", [-4, -2, -1, 2, 4, 8, 400])
def test_no_reminder_between_the_steps(days_late: int) -> None:
    one_due(days_late)

    assert plan(DAY, MORNING).planned == 0


@pytest.mark.parametrize(("days_late", "purpose"), [(-3, "reminder"), (0, "reminder"), (1, "demand")])
def test_it_is_a_reminder_until_the_due_day_and_a_demand_after_it(days_late: int, purpose: str) -> None:
    one_due(days_late)

    plan(DAY, MORNING)

    assert Reminder.objects.get().purpose == purpose


def test_planning_again_writes_nothing() -> None:
    one_due()
    plan(DAY, MORNING)

    assert plan(DAY, MORNING).planned == 0
    assert Reminder.objects.count() == 1


def test_publishing_a_new_version_at_noon_decides_nothing_anew() -> None:
    one_due()
    plan(DAY, MORNING)
    old = Policy.objects.get()
    new = Policy.objects.create(code=old.code, version=2, name="New", valid_from=DAY)
    PolicyStep.objects.create(policy=new, code="late-1", offset_days=1, template="late-1", send_at="11:00")

    assert plan(DAY, MORNING).planned == 0


@pytest.mark.parametrize(
    "changed", [{"code": "first-day"}, {"channel": "letter"}, {"code": "gentle", "channel": "email"}]
)
def test_a_version_published_at_noon_that_renames_a_step_or_moves_its_channel_decides_nothing_anew(
    changed: dict[str, str],
) -> None:
    borrower, _loan = one_due()
    plan(DAY, MORNING)
    new = Policy.objects.create(code=Policy.objects.get().code, version=2, name="New", valid_from=DAY)
    step = {"code": "late-1", "channel": "sms", "offset_days": 1, "template": "late-1", "send_at": "14:00"} | changed
    PolicyStep.objects.create(policy=new, **step)

    assert plan(DAY, MORNING + timedelta(hours=4)) == (0, {})
    assert Reminder.objects.get(borrower=borrower).policy_version == 1


def test_the_database_refuses_a_second_decision_of_the_day() -> None:
    one_due()
    plan(DAY, MORNING)
    again = Reminder.objects.get()
    again.pk, again.step, again.channel, again.message_id = None, "other", "email", "other"

    with pytest.raises(IntegrityError), transaction.atomic():
        again.save()

    again.policy = BY_HAND
    again.save()
    assert Reminder.objects.count() == 2


def test_a_ladder_has_one_step_a_day() -> None:
    step = PolicyStep.objects.get(code="late-1")
    step.pk, step.code, step.channel = None, "other", "email"

    with pytest.raises(IntegrityError), transaction.atomic():
        step.save()


def test_the_oldest_unpaid_instalment_chooses_the_step() -> None:
    borrower, _loan = one_due(3)
    lend([borrower], DAY - timedelta(days=1), mark="M")

    plan(DAY, MORNING)

    assert Reminder.objects.get().step == "late-3"
    assert ReminderLine.objects.count() == 2


def test_a_debt_past_the_ladder_silences_the_next_due_day() -> None:
    borrower, _loan = one_due(30)
    lend([borrower], DAY + timedelta(days=3), mark="M")

    assert plan(DAY, MORNING).planned == 0


def test_each_creditor_speaks_for_itself() -> None:
    borrower, _loan = one_due()
    lend([borrower], DAY - timedelta(days=7), mark="M", by=funder("southbank"))

    plan(DAY, MORNING)

    assert sorted(Reminder.objects.values_list("funder__code", "step")) == [
        ("northbank", "late-1"),
        ("southbank", "late-7"),
    ]


def test_before_the_due_day_only_what_falls_due_next_is_covered() -> None:
    borrower, _loan = one_due(-3)
    lend([borrower], DAY + timedelta(days=2), mark="M")

    assert plan(DAY, MORNING).planned == 0


def test_what_is_paid_is_not_reminded_of() -> None:
    _borrower, loan = one_due()
    settle(loan)

    assert plan(DAY, MORNING).planned == 0


def test_cents_that_the_product_tolerates_are_not_asked_for() -> None:
    one_due()
    type(product()).objects.update(tolerance_amount=100_000)

    assert plan(DAY, MORNING).planned == 0


def test_a_written_off_loan_is_left_alone() -> None:
    one_due()
    Loan.objects.update(status=Loan.Status.WRITTEN_OFF)

    assert plan(DAY, MORNING).planned == 0


def test_an_open_promise_refuses_by_name() -> None:
    borrower, _loan = one_due()
    agent = User.objects.create(username="a")
    case = Case.objects.create(borrower=borrower, stage=Stage.EARLY, bucket="M1", opened_on=DAY)
    Promise.objects.create(
        case=case, amount=1, currency="CNY", due_on=DAY, made_on=DAY, made_at=MORNING, taken_by=agent
    )

    counts = plan(DAY, MORNING)

    assert counts == (0, {"promise_open": 1})


def test_the_gate_refuses_early_and_leaves_no_row() -> None:
    held, _loan = one_due()
    quiet, _loan = one_due()
    silent, _loan = one_due()
    boss = User.objects.create(username="b")
    Hold.objects.create(borrower=held, kind="dispute", reason="x", from_on=DAY, placed_by=boss, placed_at=MORNING)
    OptOut.objects.create(borrower=quiet, channel="sms", from_at=MORNING - timedelta(days=1))
    ContactPoint.objects.filter(borrower=silent).update(quality=ContactPoint.Quality.GONE)

    counts = plan(DAY, MORNING)

    assert counts == (0, {"hold.dispute": 1, "opt_out.sms": 1, "point.none": 1})
    assert not Reminder.objects.exists()


def test_an_unknown_zone_is_refused_by_the_closed_gate() -> None:
    one_due(zone="Nowhere/Land")

    assert plan(DAY, MORNING) == (0, {"gate.closed": 1})


def test_a_reminder_is_due_at_ten_on_the_borrowers_own_clock() -> None:
    one_due(zone="America/New_York")

    plan(DAY, MORNING)

    assert Reminder.objects.get().due_at == datetime(2026, 3, 10, 14, 0, tzinfo=UTC)


def test_a_time_that_clocks_skip_is_the_moment_after() -> None:
    zone = zone_of("America/New_York")
    assert zone

    gap = moment(date(2026, 3, 8), time(2, 30), zone)

    assert gap == datetime(2026, 3, 8, 7, 30, tzinfo=UTC)


def test_the_key_follows_from_the_decision() -> None:
    one_due()
    plan(DAY, MORNING)
    first = Reminder.objects.get().message_id
    ReminderLine.objects.all().delete()
    Reminder.objects.all().delete()

    plan(DAY, MORNING + timedelta(hours=1))

    assert Reminder.objects.get().message_id == first


def test_planning_leaves_its_entry_in_the_record() -> None:
    one_due()

    plan(DAY, MORNING)

    assert '"reminders":1' in Entry.objects.get(action="dunning.planned").facts


def test_the_number_of_queries_does_not_grow_with_the_borrowers() -> None:
    lend(people(5), DAY - timedelta(days=1))
    with CaptureQueriesContext(
        connection,
    ) as few:
        plan(DAY, MORNING)
    lend(people(20, first=100), DAY - timedelta(days=1))

    with CaptureQueriesContext(connection) as many:
        plan(DAY, MORNING)

    assert len(many) <= len(few)


def test_an_arrears_row_is_not_needed() -> None:
    one_due()

    plan(DAY, MORNING)

    assert not Arrears.objects.exists()
    assert Borrower.objects.filter(reminders__isnull=False).count() == 1
