"""What an agent does with each of the twenty, by key; after each the page and the database say the same."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import NamedTuple

from playwright.sync_api import expect

from behind import TODAY
from cases.complaints.models import Complaint
from cases.models import Case, CaseNote, PaidClaim, Promise
from contacts.models import Contact, Hold
from contacts.rule_sets.china import DEBT_WORDS
from hands import Hands
from lending.models import ContactPoint
from morning_refusals import disputes, is_asleep, next_says, nobody_was_called, was_called_enough
from reachable import local

SOON, LATER = TODAY + timedelta(days=3), TODAY + timedelta(days=20)
STARTED, WRITTEN = "contacts.call_started", "contacts.call_wrapped_up"


class Turn(NamedTuple):
    """What is done with a case, and the entries of the record that it leaves, in their order."""

    play: Callable[[Hands, Case], None]
    record: tuple[str, ...]


def ring(hands: Hands) -> None:
    """The gate agrees, the console rings, and the form for what came of it opens by itself."""
    hands.opens("c", "Call")
    expect(hands.page.locator("#drawer")).to_contain_text("You may call until")
    hands.press("Enter")
    expect(hands.page.locator("#drawer-title")).to_have_text("After the call")
    expect(hands.page.locator("#drawer input[value=no_answer]")).to_be_focused()
    hands.look("After the call")


def hang_up(hands: Hands, key: str = "Enter", leads_to: str = "") -> None:
    hands.press(key)
    hands.told("The call is written down.", leads_to)


def last_call(case: Case) -> Contact:
    made = Contact.objects.filter(borrower=case.borrower, by=case.owner).latest("pk")
    assert made.call_id
    assert made.verdict
    assert made.verdict.allowed
    return made


def after(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def nobody_answers(hands: Hands, case: Case) -> None:
    ring(hands)
    hands.pick("no_answer")
    hang_up(hands)
    expect(hands.page.locator("#timeline")).to_contain_text("No answer")
    assert (last_call(case).state, last_call(case).outcome) == ("made", "no_answer")
    assert after(case).next_at == last_call(case).at + timedelta(hours=3)


def it_is_busy(hands: Hands, case: Case) -> None:
    ring(hands)
    hands.pick("busy")
    hang_up(hands)
    expect(hands.page.locator("#timeline")).to_contain_text("Busy")
    assert last_call(case).outcome == "busy"


def says_has_paid(hands: Hands, case: Case) -> None:
    ring(hands)
    hands.pick("right_party")
    hands.choose("reason", "Forgot")
    hands.to("has_paid")
    hands.press("Space")
    hang_up(hands, "Control+Enter")
    next_says(hands, "Look for the payment")
    assert PaidClaim.objects.get(case=case).until_on > TODAY
    assert Promise.objects.get(case=case).state == "open"


def promises(hands: Hands, case: Case) -> None:
    ring(hands)
    hands.pick("right_party")
    hands.choose("reason", "Short of cash")
    hands.fill("amount", "900")
    hands.day("due_on", SOON)
    hang_up(hands, "Control+Enter")
    next_says(hands, "Open promise: CNY 900.00 by 18 July 2026")
    promise = Promise.objects.get(case=case, state="open")
    assert (promise.amount, promise.due_on, promise.taken_by) == (90_000, SOON, case.owner)
    assert after(case).callback_at is None


def promises_in_parts(hands: Hands, case: Case) -> None:
    ring(hands)
    hands.pick("right_party")
    hands.choose("reason", "Lost work")
    hang_up(hands, "Control+Enter")
    hands.opens("p", "Promise to pay")
    hands.fill("amount", "400")
    hands.day("due_on", SOON)
    open_a_part(hands)
    hands.fill("amount_2", "500")
    hands.day("due_on_2", LATER)
    hands.send("The promise is recorded.")
    next_says(hands, "Open promise: CNY 900.00")
    promise = Promise.objects.get(case=case, state="open")
    assert list(promise.parts.order_by("number").values_list("amount", "due_on")) == [(40_000, SOON), (50_000, LATER)]


def open_a_part(hands: Hands) -> None:
    """One more part has a key of its own, once no field has the focus: its button is the next stop."""
    summary = hands.page.locator("#drawer summary[data-key='+']").first
    for _ in range(6):
        if summary.evaluate("element => element === document.activeElement"):
            break
        hands.press("Tab")
    hands.press("Enter")


def calls_back_at(hands: Hands, case: Case) -> None:
    ring(hands)
    hands.pick("right_party")
    hands.choose("reason", "Forgot")
    hands.day("callback_at", datetime.combine(TODAY, time(15, 30)))
    hang_up(hands, "Control+Enter")
    next_says(hands, "callback at 15:30")
    assert after(case).callback_at == local(f"{TODAY} 15:30")


def writes_that_it_is_paid(hands: Hands, case: Case) -> None:
    hands.opens("y", "Says has paid")
    hands.fill("note", "Sent a picture of the transfer.")
    hands.send("Reminders pause until the money can have arrived.")
    next_says(hands, "Look for the payment")
    assert PaidClaim.objects.get(case=case).note == "Sent a picture of the transfer."
    nobody_was_called(case)


def promises_without_a_call(hands: Hands, case: Case) -> None:
    hands.opens("w", "Reason for being behind")
    hands.choose("code", "Forgot")
    hands.send("The reason is recorded.")
    hands.opens("p", "Promise to pay")
    hands.fill("amount", "900")
    hands.day("due_on", SOON)
    hands.send("The promise is recorded.")
    assert Promise.objects.get(case=case).due_on == SOON
    nobody_was_called(case)


def somebody_else_answers(hands: Hands, case: Case) -> None:
    """They are asked for a call back and told nothing of the debt; a better number is tried at once."""
    ring(hands)
    script = hands.page.locator("#drawer .script", has_text="If somebody else answers")
    assert not [word for word in DEBT_WORDS if word in (script.text_content() or "").casefold().split()]
    hands.pick("other_person")
    hang_up(hands, leads_to="Find a number")
    next_says(hands, "Find a number")
    assert last_call(case).outcome == "other_person"
    assert ContactPoint.objects.get(borrower=case.borrower).quality == "wrong_person"
    assert after(case).reason_behind == ""
    hands.opens("a", "Add a contact point")
    hands.fill("value", "13900139000")
    hands.send("is added")
    nobody_answers(hands, case)
    assert last_call(case).point.quality == "silent"  # type: ignore[union-attr]


def complains(hands: Hands, case: Case) -> None:
    hands.opens("x", "Take a complaint down")
    hands.fill("words", "He shouted at my mother.")
    hands.send("is taken down")
    expect(hands.page.locator("#complaints-title")).to_be_visible()
    next_says(hands, "on hold: Complaint")
    complaint = Complaint.objects.get(borrower=case.borrower)
    assert (complaint.words, complaint.taken_by, complaint.due_on) == (
        "He shouted at my mother.",
        case.owner,
        TODAY + timedelta(days=15),
    )
    assert complaint.hold
    assert complaint.hold.lifted_at is None
    nobody_was_called(case)


def is_ill(hands: Hands, case: Case) -> None:
    hands.opens("h", "Place a hold")
    hands.choose("kind", "Illness")
    expect(hands.page.locator("#hold-effects")).to_contain_text("Illness")
    hands.fill("reason", "In hospital, says the wife.")
    hands.send("The hold stands.")
    next_says(hands, "on hold: Illness")
    assert Hold.objects.get(borrower=case.borrower).reason == "In hospital, says the wife."
    nobody_was_called(case)


def asks_for_a_colleague(hands: Hands, case: Case) -> None:
    ring(hands)
    hands.pick("right_party")
    hands.choose("reason", "Does not want")
    hang_up(hands, "Control+Enter")
    hands.opens("o", "Hand over")
    hands.choose("to", "Wu Lei")
    hands.fill("note", "Speaks Cantonese")
    hands.send("the case is handed over")
    expect(hands.page.locator("h1")).to_have_text("My day")
    assert after(case).owner.username == "wu"  # type: ignore[union-attr]


def is_at_work(hands: Hands, case: Case) -> None:
    hands.opens("t", "Note")
    hands.fill("text", "At work until five.")
    hands.send("The note is kept.")
    hands.opens("b", "Callback")
    hands.day("callback_at", datetime.combine(TODAY, time(17, 30)))
    hands.send("The case comes back at that time.")
    next_says(hands, "callback at 17:30")
    assert CaseNote.objects.get(case=case).text == "At work until five."
    nobody_was_called(case)


NO_ANSWER = Turn(nobody_answers, (STARTED, WRITTEN))
TURNS = {
    "promised today": NO_ANSWER,
    "promised yesterday": Turn(says_has_paid, (STARTED, WRITTEN, "cases.reason_recorded", "cases.says_paid")),
    "asked to be called": Turn(promises, (STARTED, WRITTEN, "cases.reason_recorded", "cases.promise_recorded")),
    "broke a promise": Turn(promises_in_parts, (STARTED, WRITTEN, "cases.reason_recorded", "cases.promise_recorded")),
    "said has paid": NO_ANSWER,
    "fell behind again": Turn(it_is_busy, (STARTED, WRITTEN)),
    "forgot, large": Turn(calls_back_at, (STARTED, WRITTEN, "cases.reason_recorded", "cases.callback_set")),
    "forgot, small": Turn(writes_that_it_is_paid, ("cases.says_paid",)),
    "third month, large": NO_ANSWER,
    "third month, small": NO_ANSWER,
    "lives in New York": Turn(is_asleep, ("cases.callback_set",)),
    "lent the phone": Turn(somebody_else_answers, (STARTED, WRITTEN, "lending.contact_point_added", STARTED, WRITTEN)),
    "was shouted at": Turn(complains, ("contacts.hold_placed", "cases.complaint_taken")),
    "fourth month": NO_ANSWER,
    "is ill": Turn(is_ill, ("contacts.hold_placed",)),
    "wants to speak to a colleague": Turn(
        asks_for_a_colleague, (STARTED, WRITTEN, "cases.reason_recorded", "cases.handed_over")
    ),
    "is at work": Turn(is_at_work, ("cases.note_added", "cases.callback_set")),
    "wrote when it will be": Turn(promises_without_a_call, ("cases.reason_recorded", "cases.promise_recorded")),
    "was called often": Turn(was_called_enough, ("cases.callback_set",)),
    "disputes the debt": Turn(disputes, ("cases.note_added", "cases.handed_over")),
}
