"""Messages in doubt are settled by what the gateway says plainly, where it can be asked; else they stay a person's."""

from datetime import timedelta
from typing import Any

import pytest

from audit.clock import machine_now
from contacts.models import Contact
from dunning import asking
from dunning.asking import ask_due
from dunning.channels.interface import Question, Told
from dunning.models import Attempt, Reminder
from dunning.planning import plan
from dunning.sending import Tally, sweep
from outbox_book import DAY, MORNING, one_due
from stub_gateway import Stub, accepted

pytestmark = pytest.mark.usefixtures("closed_day")
State = Reminder.State
LATER = MORNING + timedelta(minutes=6)


@pytest.fixture
def in_doubt(plain_gateway: Stub) -> Reminder:
    one_due()
    plan(DAY, MORNING)
    plain_gateway.answer = lambda key: (500, {})
    assert sweep(lambda: MORNING, pause=lambda _: None) == Tally(unknown=1)
    plain_gateway.answer = accepted
    return Reminder.objects.get()


@pytest.fixture
def says(monkeypatch: pytest.MonkeyPatch) -> Any:
    """What the gateway says when it is asked, and the questions that came."""

    def made(told: Told) -> list[Question]:
        questions: list[Question] = []

        def ask(self: Any, question: Question) -> Told:
            questions.append(question)
            return told

        monkeypatch.setattr("dunning.channels.house.adapter.House.can_ask", True)
        monkeypatch.setattr("dunning.channels.house.adapter.House.ask", ask)
        return questions

    return made


def asked(at: Any = LATER) -> dict[str, int]:
    return dict(ask_due(at=at, machine_at=machine_now()))


@pytest.mark.parametrize(
    ("told", "state", "outcome"),
    [
        (Told.SENT, State.SENT, Contact.Outcome.SENT),
        (Told.DELIVERED, State.DELIVERED, Contact.Outcome.SENT),
        (Told.FAILED, State.FAILED, Contact.Outcome.INVALID),
    ],
)
def test_what_the_gateway_says_plainly_ends_the_doubt(
    in_doubt: Reminder, says: Any, told: Told, state: str, outcome: str
) -> None:
    says(told)

    assert asked() == {state: 1}

    in_doubt.refresh_from_db()
    assert in_doubt.state == state
    assert Contact.objects.get().outcome == outcome


def test_a_message_that_never_came_goes_out_under_the_same_key(
    in_doubt: Reminder, says: Any, plain_gateway: Stub
) -> None:
    says(Told.NEVER)

    asked()

    assert Attempt.objects.get().result == Attempt.Result.NOT_SENT
    assert sweep(lambda: LATER, pause=lambda _: None) == Tally(sent=1)
    assert plain_gateway.hits == {in_doubt.message_id: 2}


def test_a_message_that_never_came_is_not_sent_on_another_day(in_doubt: Reminder, says: Any) -> None:
    says(Told.NEVER)

    assert asked(MORNING + timedelta(days=1)) == {State.CANCELLED: 1}
    assert Contact.objects.get().state == Contact.State.RELEASED


def test_what_it_does_not_say_leaves_it_to_a_person_and_it_is_asked_again_later(in_doubt: Reminder, says: Any) -> None:
    questions = says(Told.UNSAID)

    assert asked() == asked() == {}

    in_doubt.refresh_from_db()
    assert in_doubt.state == State.UNKNOWN
    assert len(questions) == 1
    assert in_doubt.retry_at is not None
    assert in_doubt.retry_at > machine_now() + timedelta(minutes=4)


def test_it_is_asked_by_key_number_words_and_time(in_doubt: Reminder, says: Any) -> None:
    questions = says(Told.SENT)

    asked()

    (question,) = questions
    assert (question.key, question.to.unmasked(), question.tried_at) == (in_doubt.message_id, "19900000000", MORNING)
    assert "北方银行" in question.text.unmasked()


@pytest.mark.parametrize("after", [timedelta(minutes=4), timedelta(days=8)])
def test_it_is_asked_neither_at_once_nor_for_ever(in_doubt: Reminder, says: Any, after: timedelta) -> None:
    questions = says(Told.SENT)

    asked(MORNING + after)

    assert not questions


def test_a_gateway_that_cannot_be_asked_is_not(in_doubt: Reminder) -> None:
    assert not asking.askable()
    assert asked() == {}


def test_a_person_who_was_quicker_is_not_overruled(in_doubt: Reminder) -> None:
    Reminder.objects.update(state=State.FAILED, reason="settled_give_up")

    assert asking.end(in_doubt, Told.SENT, at=LATER) is None
    assert Reminder.objects.get().reason == "settled_give_up"


def test_two_that_ask_at_once_ask_once(in_doubt: Reminder, says: Any) -> None:
    questions = says(Told.UNSAID)
    stale = Reminder.objects.select_related("point", "borrower").get()
    asked()

    assert not asking._is_ours(stale, at=LATER, machine_at=machine_now())
    assert len(questions) == 1
