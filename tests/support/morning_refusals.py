"""Those of the twenty whom nobody may call now: what the page says, that nothing rang, and what the agent does instead."""

from datetime import timedelta

from playwright.sync_api import expect

from behind import TODAY
from cases.models import Case, CaseNote
from contacts.models import Contact, Verdict
from hands import Hands


def next_says(hands: Hands, words: str) -> None:
    expect(hands.page.locator(".desk > .next .card").first).to_contain_text(words)


def is_asleep(hands: Hands, case: Case) -> None:
    """Quiet hours where the borrower lives: no button to ring with, and one key puts the case before the agent in time."""
    hands.opens("c", "Call")
    refused(hands, "CN-WIN", "by the clock where the borrower lives")
    expect(hands.page.locator("#drawer")).to_contain_text("Call not before tomorrow 08:00 there (20:00 here)")
    hands.press("Enter")
    expect(hands.page.locator("#drawer-title")).to_have_text("Callback")
    expect(hands.page.locator("#drawer input[name=callback_at]")).to_have_value(f"{TODAY}T20:00")
    hands.send("The case comes back at that time.")
    next_says(hands, "callback at 20:00")
    nobody_was_called(case)


def was_called_enough(hands: Hands, case: Case) -> None:
    """The cap of the day: tomorrow it is lawful again."""
    hands.opens("c", "Call")
    refused(hands, "CN-CALL-EFF", "At most 3 connected calls a day")
    hands.press("Enter")
    expect(hands.page.locator("#drawer input[name=callback_at]")).to_have_value(f"{TODAY + timedelta(days=1)}T08:00")
    hands.send("The case comes back at that time.")
    nobody_was_called(case)


def disputes(hands: Hands, case: Case) -> None:
    """A hold is nothing to wait out: the case goes to a colleague who looks into it."""
    hands.opens("c", "Call")
    refused(hands, "hold.dispute", "not by waiting")
    hands.press("Escape")
    hands.opens("t", "Note")
    hands.fill("text", "Sent the contract again; wants it explained.")
    hands.send("The note is kept.")
    nobody_was_called(case)
    assert CaseNote.objects.get(case=case).text.startswith("Sent the contract")
    hands.opens("o", "Hand over")
    hands.choose("to", "Wu Lei")
    hands.fill("note", "Knows the contracts")
    hands.send("the case is handed over")
    assert Case.objects.get(pk=case.pk).owner.username == "wu"  # type: ignore[union-attr]


def refused(hands: Hands, rule: str, words: str) -> None:
    drawer = hands.page.locator("#drawer")
    expect(drawer).to_contain_text(rule)
    expect(drawer).to_contain_text(words)
    expect(drawer.get_by_role("button", name="Ring now")).to_have_count(0)
    hands.look(f"refused by {rule}")


def nobody_was_called(case: Case) -> None:
    assert not Contact.objects.filter(borrower=case.borrower, by=case.owner).exists()
    assert not Verdict.objects.filter(borrower=case.borrower).exists()
