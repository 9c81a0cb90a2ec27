"""A cured case is watched for the time of its stage: it costs nobody a place, comes back at once, and ends by the night."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from behind import NOW, TODAY, close_day, make_case, make_loan, pay
from cases import moves
from cases.assignment import loads_of
from cases.models import Assignment, Case, CaseEvent
from cases.moves import MoveError
from lending.posting import reverse_payment
from staff.models import User

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def watched(agent: User) -> Case:
    """Ten days behind until today, when everything was paid; the next instalment falls due in five days."""
    case = make_case(owner=agent)
    Assignment.objects.create(case=case, agent=agent, from_at=NOW)
    pay(case.borrower.loans.get(), 120_000, value_on=TODAY)
    make_loan(case.borrower, number="L-second", days=-5)
    case.refresh_from_db()
    return case


def test_a_cured_case_is_watched_for_the_days_of_its_stage(watched: Case) -> None:
    assert (watched.state, watched.ended_on, watched.holds_until) == ("watched", TODAY, TODAY + 14 * DAY)


def test_a_watched_case_takes_no_place(watched: Case, agent: User) -> None:
    assert loads_of([agent])[0].after == 0
    assert Assignment.objects.get().to_at is not None


def test_a_watched_case_comes_back_to_its_owner_with_its_reason(watched: Case, agent: User) -> None:
    counts = close_day(TODAY + 6 * DAY)

    watched.refresh_from_db()
    assert counts["returned"] == 1
    assert (watched.state, watched.owner, watched.ended_on, watched.bucket) == ("open", agent, None, "M1")
    assert (watched.next_action, watched.priority_reasons[0]["code"]) == ("call", "came_back")
    assert Assignment.objects.get(to_at=None).agent == agent
    assert CaseEvent.objects.get(event="returned").facts == {"bucket": "M1", "cured_on": TODAY.isoformat()}


def test_it_comes_back_into_the_pool_where_its_owner_has_no_room(watched: Case, agent: User) -> None:
    User.objects.filter(pk=agent.pk).update(capacity=0)

    close_day(TODAY + 6 * DAY)

    watched.refresh_from_db()
    assert (watched.state, watched.owner) == ("open", None)
    assert not Assignment.objects.filter(to_at=None).exists()


def test_it_comes_back_into_the_pool_where_its_owner_has_left(watched: Case, agent: User) -> None:
    User.objects.filter(pk=agent.pk).update(is_active=False)

    close_day(TODAY + 6 * DAY)

    watched.refresh_from_db()
    assert (watched.state, watched.owner) == ("open", None)


def test_a_bound_on_effort_is_never_passed_by_what_comes_back(watched: Case, agent: User) -> None:
    User.objects.filter(pk=agent.pk).update(effort=0)

    close_day(TODAY + 6 * DAY)

    watched.refresh_from_db()
    assert watched.owner is None


def test_it_comes_back_by_day_when_the_payment_is_taken_back(watched: Case) -> None:
    payment = watched.borrower.loans.get(number="L-B1").payments.get()

    reverse_payment(payment, reference="back", by=None, on=TODAY, at=NOW + timedelta(hours=2))

    watched.refresh_from_db()
    assert (watched.state, watched.returned_on) == ("open", TODAY)


def test_the_night_ends_the_watch_and_leaves_the_day_of_the_cure(agent: User) -> None:
    case = make_case(owner=agent)
    pay(case.borrower.loans.get(), 120_000, value_on=TODAY)

    before = close_day(TODAY + 13 * DAY)
    assert Case.objects.get().state == "watched"
    after = close_day(TODAY + 14 * DAY)

    case.refresh_from_db()
    assert ("watch_ended" in before, after["watch_ended"]) == (False, 1)
    assert (case.state, case.ended_on, case.owner) == ("cured", TODAY, agent)


def test_a_second_run_of_the_night_finds_nothing_to_do(watched: Case) -> None:
    close_day(TODAY + 6 * DAY)
    before = list(Case.objects.values())

    counts = close_day(TODAY + 6 * DAY)

    assert not any(counts.values())
    assert list(Case.objects.values()) == before


def test_a_watched_case_is_not_worked(watched: Case, agent: User) -> None:
    with pytest.raises(MoveError):
        moves.apply(watched, "callback_set", by=agent, at=NOW, on=TODAY)


def test_the_database_refuses_a_case_beside_a_watched_one(watched: Case) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.create(borrower=watched.borrower, stage="early", bucket="M1", opened_on=TODAY)


def test_the_database_refuses_a_watch_without_an_end(watched: Case) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=watched.pk).update(holds_until=None)


def test_the_page_says_until_when_it_is_watched(watched: Case, agent: User, sign_in: Any) -> None:
    page = sign_in(agent).get(f"/cases/{watched.pk}/")

    assert page.status_code == 200
    assert "Watched until" in page.content.decode()
