"""What is due goes out once; what may not go out any more does not."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from audit.clock import machine_now
from cases.models import Case, PaidClaim, Stage
from contacts.models import Contact, Hold, Verdict
from dunning.channels.interface import Outcome
from dunning.channels.registry import configured
from dunning.claiming import LEASE, begin, claim, reap
from dunning.finishing import Try, finish
from dunning.models import Attempt, Reminder, Template
from dunning.planning import plan
from dunning.sending import Tally, sweep
from lending.models import Borrower, Payment, ScheduleVersion
from lending.rescheduling import put_in_force
from outbox_book import AMOUNT, DAY, MORNING, lend, one_due, people, settle
from staff.models import User
from stub_gateway import Stub

pytestmark = pytest.mark.usefixtures("closed_day")
State = Reminder.State


def planned(days_late: int = 1, **options: str) -> Reminder:
    one_due(days_late, **options)
    plan(DAY, MORNING)
    return Reminder.objects.get()


def swept(at: datetime = MORNING) -> Tally:
    return sweep(lambda: at, pause=lambda seconds: None)


def test_a_due_reminder_is_sent_once(gateway: Stub) -> None:
    reminder = planned()

    assert swept() == Tally(sent=1)
    assert swept() == Tally()

    reminder.refresh_from_db()
    assert (reminder.state, reminder.provider_id) == (State.SENT, f"gw-{reminder.message_id[:8]}")
    assert gateway.hits == {reminder.message_id: 1}


def test_the_gateway_gets_what_the_contract_says(gateway: Stub) -> None:
    reminder = planned()

    swept()

    body = gateway.only_body()
    assert set(body) == {"to", "channel", "text", "message_id"}
    assert (body["to"], body["channel"], body["message_id"]) == ("19900000000", "sms", reminder.message_id)


def test_the_text_says_who_writes_what_is_owed_and_how_to_get_help(gateway: Stub) -> None:
    planned()

    swept()

    text = gateway.only_body()["text"]
    for part in (
        "【北方银行】",
        "1,000.00元",
        "本金950.00、利息50.00",
        "2026年3月9日",
        "400 000 0000",
        "申请延期",
        "回T退订",
    ):
        assert part in text


def test_an_english_borrower_reads_english(gateway: Stub) -> None:
    planned(language="en")

    swept()

    assert "CNY 1,000.00 for your loan ending" in gateway.only_body()["text"]


def test_nothing_goes_out_before_its_time(gateway: Stub) -> None:
    planned()

    assert swept(MORNING - timedelta(minutes=1)) == Tally()


def test_a_sent_message_counts_for_the_gates_caps(gateway: Stub) -> None:
    planned()

    swept()

    contact = Contact.objects.get()
    assert (contact.state, contact.outcome) == (Contact.State.MADE, Contact.Outcome.SENT)
    assert contact.verdict == Verdict.objects.get()


def test_who_has_paid_since_is_not_reminded(gateway: Stub) -> None:
    _borrower, loan = one_due()
    plan(DAY, MORNING)
    settle(loan)

    assert swept() == Tally(refused=1)
    assert not gateway.hits
    assert Reminder.objects.get().reason == "settled"


def test_money_whose_value_day_is_still_to_come_counts_as_paid(gateway: Stub) -> None:
    _borrower, loan = one_due()
    plan(DAY, MORNING)
    Payment.objects.create(
        loan=loan,
        reference="r",
        value_on=DAY + timedelta(days=1),
        amount=AMOUNT,
        currency="CNY",
        channel="api",
        posted_at=MORNING,
    )

    assert swept() == Tally(refused=1)


def test_what_a_plan_has_moved_is_not_demanded(gateway: Stub) -> None:
    _borrower, loan = one_due()
    plan(DAY, MORNING)
    row = ScheduleVersion.objects.get(loan=loan).rows.get()
    row.due_on = DAY + timedelta(days=60)
    put_in_force(loan=loan, rows=[row], effective_on=DAY, reason="deferral", source="test", on=DAY, at=MORNING, by=None)

    assert swept() == Tally(refused=1)
    assert Reminder.objects.get().reason == "settled"


def test_says_paid_quiets_what_was_planned(gateway: Stub) -> None:
    reminder = planned()
    case = Case.objects.create(borrower=reminder.borrower, stage=Stage.EARLY, bucket="M1", opened_on=DAY)
    agent = User.objects.create(username="a")
    PaidClaim.objects.create(case=case, on=DAY, until_on=DAY + timedelta(days=2), at=MORNING, by=agent)

    assert swept() == Tally(refused=1)
    assert Reminder.objects.get().reason == "says_paid"


def test_a_hold_placed_after_planning_is_kept_and_its_verdict_too(gateway: Stub) -> None:
    reminder = planned()
    boss = User.objects.create(username="b")
    Hold.objects.create(
        borrower=reminder.borrower, kind="illness", reason="x", from_on=DAY, placed_by=boss, placed_at=MORNING
    )

    assert swept() == Tally(refused=1)
    assert Verdict.objects.get().rule == "hold.illness"


def test_quiet_hours_that_end_on_the_same_day_only_delay_it(gateway: Stub) -> None:
    reminder = planned()
    early = MORNING.replace(hour=0) - timedelta(hours=2)  # six in the morning in Shanghai
    Reminder.objects.update(due_at=early)

    assert swept(early) == Tally()

    reminder.refresh_from_db()
    assert (reminder.state, reminder.due_at) == (State.DUE, MORNING.replace(hour=0))
    assert swept(MORNING) == Tally(sent=1)


def test_quiet_hours_that_last_into_the_next_day_refuse_it(gateway: Stub) -> None:
    planned()

    assert swept(MORNING.replace(hour=14, minute=30)) == Tally(refused=1)
    assert not gateway.hits


def test_a_reminder_is_never_sent_on_another_day(gateway: Stub) -> None:
    reminder = planned()

    assert swept(MORNING + timedelta(days=1)) == Tally(refused=1)

    reminder.refresh_from_db()
    assert (reminder.state, reminder.reason) == (State.CANCELLED, "day_passed")


def test_old_days_are_cancelled_in_one_stroke(gateway: Stub) -> None:
    planned()

    assert swept(MORNING + timedelta(days=30)) == Tally(refused=1)
    assert not Verdict.objects.exists()


def test_two_messages_to_one_person_share_one_cap(gateway: Stub) -> None:
    borrower, _loan = one_due()
    for code in ("south", "east", "west"):
        from outbox_book import funder

        lend([borrower], DAY - timedelta(days=1), mark=code, by=funder(code))
    plan(DAY, MORNING)

    assert swept() == Tally(sent=2, refused=2)


def test_a_broken_template_fails_its_message_and_no_other(gateway: Stub) -> None:
    one_due()
    one_due(3)
    plan(DAY, MORNING)
    Template.objects.filter(code="late-1").update(text="{nobody}")

    assert swept() == Tally(sent=1, failed=1)


def test_a_gateway_that_cannot_be_reached_leaves_the_row_due(gateway: Stub, settings: Any) -> None:
    reminder = planned()
    settings.PROVIDER_URL = "http://127.0.0.1:9/sms"

    tally = sweep(lambda: MORNING, pause=_no_more)

    reminder.refresh_from_db()
    assert tally == Tally(waiting=1)
    assert (reminder.state, reminder.reason) == (State.DUE, "gateway_unreachable")
    assert Attempt.objects.get().result == Attempt.Result.NOT_SENT
    assert Contact.objects.get().state == Contact.State.RELEASED


def _no_more(seconds: float) -> None:
    """Let every row wait until the sweep gives up."""
    Reminder.objects.filter(retry_at__isnull=False).update(retry_at=machine_now() + timedelta(hours=1))


def test_an_ambiguous_answer_is_tried_again_with_the_same_key_and_text(gateway: Stub) -> None:
    reminder = planned()
    answers = [(500, {}), (0, {}), (200, {"status": "queued"})]
    usual = gateway.answer
    gateway.answer = lambda key: answers.pop(0) if answers else usual(key)

    assert sweep(lambda: MORNING, pause=_at_once) == Tally(sent=1)

    assert gateway.hits == {reminder.message_id: 4}
    assert len(gateway.bodies[reminder.message_id]) == 1
    assert Contact.objects.exclude(state=Contact.State.RELEASED).count() == 1


def _at_once(seconds: float) -> None:
    Reminder.objects.filter(retry_at__isnull=False).update(retry_at=machine_now())


def test_an_ambiguous_answer_of_a_plain_gateway_waits_for_a_person(plain_gateway: Stub) -> None:
    reminder = planned()
    plain_gateway.answer = lambda key: (500, {})

    assert swept() == Tally(unknown=1)
    assert swept() == Tally()

    assert plain_gateway.hits == {reminder.message_id: 1}
    assert Contact.objects.get().outcome == Contact.Outcome.UNKNOWN


def test_a_retry_that_may_not_go_out_any_more_is_for_a_person(gateway: Stub) -> None:
    reminder = planned()
    gateway.answer = lambda key: (500, {})
    sweep(lambda: MORNING, pause=_no_more)
    _at_once(0)
    settle(reminder.lines.get().loan)

    assert swept() == Tally(unknown=1)
    assert Reminder.objects.get().reason == "settled"


def claimed(*, machine_at: datetime) -> list[Reminder]:
    return claim(gateway=configured()[-1], at=MORNING, machine_at=machine_at).rows


def test_what_another_holds_is_left_alone(gateway: Stub) -> None:
    planned()
    claimed(machine_at=machine_now())

    assert swept() == Tally()


def test_a_dead_workers_unbegun_row_is_sent_also_by_a_plain_gateway(plain_gateway: Stub) -> None:
    planned()
    claimed(machine_at=machine_now() - LEASE - timedelta(seconds=1))

    assert swept() == Tally(sent=1)


@pytest.mark.parametrize(("kind", "tally"), [("idempotent", Tally(sent=1)), ("plain", Tally(unknown=1))])
def test_a_dead_workers_begun_row(gateway: Stub, settings: Any, kind: str, tally: Tally) -> None:
    settings.PROVIDER_KIND = kind
    planned()
    begin(claimed(machine_at=machine_now() - LEASE - timedelta(seconds=1)), at=MORNING)

    assert swept() == tally


def test_a_stale_token_loses(gateway: Stub) -> None:
    planned()
    late = begin(claimed(machine_at=machine_now() - LEASE - timedelta(seconds=1)), at=MORNING)
    reap(at=MORNING, machine_at=machine_now(), folding={"provider"})
    Reminder.objects.update(state=State.SENDING, token=2)

    tries = [Try(row, attempt, Outcome(Attempt.Result.ACCEPTED, "late")) for row, attempt in late]
    ended = finish(tries, at=MORNING, machine_at=machine_now(), is_plain=False)

    assert not ended
    assert Reminder.objects.get().provider_id == ""


def test_a_hundred_and_fifty_go_out_in_two_batches(gateway: Stub) -> None:
    lend(people(150), DAY - timedelta(days=1))
    plan(DAY, MORNING)

    assert swept() == Tally(sent=150)
    assert set(gateway.hits.values()) == {1}


def test_the_command_prints_its_counts(gateway: Stub, capsys: pytest.CaptureFixture[str]) -> None:
    planned()

    call_command("sweep", "--once", "--json", "--at", "2026-03-10T10:00+08:00")

    assert capsys.readouterr().out == '{"sent": 1, "refused": 0, "failed": 0, "unknown": 0}\n'


@pytest.mark.parametrize("text", ["soon", "2026-13-40T10:00", ""])
def test_the_command_refuses_what_is_no_instant(text: str) -> None:
    with pytest.raises(CommandError) as refused:
        call_command("sweep", "--once", f"--at={text or 'x'}")

    assert refused.value.returncode == 2


def test_no_name_leaves_the_console(gateway: Stub) -> None:
    planned()
    assert Borrower.objects.get().name

    swept()

    assert "王小明" not in gateway.only_body()["text"]
