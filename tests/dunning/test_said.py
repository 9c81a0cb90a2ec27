"""What a message says is judged before it leaves, and is known when a rule on wording is replayed."""

import pytest

from contacts.models import Verdict
from dunning.models import Reminder, Template
from dunning.planning import plan
from dunning.said import texts_of
from dunning.sending import Tally, sweep
from outbox_book import DAY, MORNING, one_due
from stub_gateway import Stub

pytestmark = pytest.mark.usefixtures("closed_day")


def swept() -> Tally:
    return sweep(lambda: MORNING, pause=lambda seconds: None)


@pytest.mark.parametrize(
    ("words", "rule"), [("【{signature}】{creditor}：不还{amount}就坐牢。", "CN-BAN8"), ("请还{amount}。", "CN-ID")]
)
def test_a_message_that_breaks_a_rule_on_wording_does_not_leave(gateway: Stub, words: str, rule: str) -> None:
    one_due(1)
    Template.objects.update(text=words)
    plan(DAY, MORNING)

    swept()

    assert gateway.hits == {}
    assert (Reminder.objects.get().state, Reminder.objects.get().reason) == (Reminder.State.REFUSED, rule)
    assert Verdict.objects.get().rule == rule


def test_what_was_said_is_found_by_its_contact(gateway: Stub) -> None:
    one_due(1)
    plan(DAY, MORNING)
    swept()
    sent = Reminder.objects.get()
    assert sent.contact_id
    assert sent.text

    said = texts_of([sent.contact_id])

    assert said[sent.contact_id].text == sent.text.unmasked()
    assert sent.funder.name in said[sent.contact_id].institution
