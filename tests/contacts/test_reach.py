"""What the desk says of reaching a borrower now, in both languages."""

from datetime import date
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from contacts.desk import reach
from contacts.holds import place_hold
from contacts.models import OptOut
from lending.models import Borrower
from reachable import local, make_borrower, make_contact
from staff.models import Role, User

pytestmark = pytest.mark.django_db
AFTERNOON = local("2026-11-20 15:00")


def _page(borrower: Borrower, user: User, at: Any = AFTERNOON) -> str:
    return render_to_string("contacts/_reach.html", reach(borrower, at, user))


def test_a_call_is_offered_until_the_house_and_the_law_end_it(borrower: Borrower, agent: User) -> None:
    make_contact(borrower, AFTERNOON, connected=True, outcome="right_party")
    make_contact(borrower, AFTERNOON)

    call = reach(borrower, AFTERNOON, agent)["ways"][0]

    assert call.sentence == "You may call until 20:00 (house rule; law 22:00)"
    assert call.counters == "connected 1/3, unanswered 1/6, dialled 2/6"


def test_a_full_day_of_messages_waits_for_the_morning(borrower: Borrower, agent: User) -> None:
    for _number in range(2):
        make_contact(borrower, AFTERNOON, "sms", outcome="sent")

    message = reach(borrower, AFTERNOON, agent)["ways"][1]

    assert message.sentence == "Text message not before tomorrow 08:00: cap (house rule)"
    assert message.counters == "messages 2/2, messages in 7 days 2/7"


def test_the_night_is_told_with_rule_and_source(borrower: Borrower, agent: User) -> None:
    page = _page(borrower, agent, local("2026-11-20 22:30"))

    assert "Call not before tomorrow 08:00: quiet hours (law)" in page
    assert "CN-WIN · Law or national standard · GB/T 45251-2025" in page


def test_the_chinese_page_says_it_in_chinese(borrower: Borrower, agent: User) -> None:
    with translation.override("zh-hans"):
        page = _page(borrower, agent, local("2026-11-20 22:30"))

    assert "明天08:00之前不得致电：静默时段（法规）" in page
    assert "不得以任何方式开展催收" in page


def test_a_hold_and_an_opt_out_are_named_with_the_way_out(borrower: Borrower, agent: User) -> None:
    place_hold(borrower=borrower, kind="illness", reason="in hospital", from_on=date(2026, 11, 20), to_on=None,
               by=agent, at=AFTERNOON)  # fmt: skip
    OptOut.objects.create(borrower=borrower, channel="sms", from_at=AFTERNOON)

    page = _page(borrower, agent)

    assert "No call: hold (Illness)" in page
    assert all(word in page for word in ("in hospital", "/lift/", "opted out", "/opt-out/sms/withdraw/"))


def test_numbers_are_masked_on_the_desk(borrower: Borrower, agent: User) -> None:
    page = _page(borrower, agent)

    assert "138••••8000" in page
    assert "13800138000" not in page


def test_a_borrower_elsewhere_is_told_by_their_own_clock(agent: User) -> None:
    borrower = make_borrower(zone="America/New_York")

    shown = reach(borrower, AFTERNOON, agent)

    assert (shown["their_time"], shown["is_elsewhere"]) == ("02:00", True)
    assert shown["ways"][0].sentence == "Call not before 08:00 there (21:00 here): quiet hours (law)"


def test_a_closed_gate_is_told_and_breaks_nothing(agent: User) -> None:
    borrower = make_borrower(zone="Mars/Base")

    assert "No call: the gate is closed" in _page(borrower, agent)


@pytest.mark.parametrize(("role", "count"), [(Role.AGENT, 4), (Role.AUDITOR, 0)])
def test_only_those_who_may_act_are_offered_to(borrower: Borrower, person: Any, role: str, count: int) -> None:
    page = _page(borrower, person(role))

    links = ("opt_out", "opt-out/", "log-contact/", "hold/", "contact-points/add/")
    assert sum(link in page for link in links) == count


def test_the_desk_costs_a_fixed_number_of_queries(
    borrower: Borrower, agent: User, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(10):
        _page(borrower, agent)
