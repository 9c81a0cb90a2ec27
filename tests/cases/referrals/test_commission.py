"""What an agency earns and how it did: worked figures, properties, and what counts against it."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from behind import NOW, TODAY, instant, make_case, make_loan, pay
from cases.complaints import handling
from cases.models import Case
from cases.referrals import agencies, ending
from cases.referrals.agencies import agency_on, evaluate
from cases.referrals.commission import Received, Window, commission, earned, recovered, sums
from cases.referrals.errors import ReferralError
from cases.referrals.models import Agency, AgencyEvaluation, AgencyTerms, Referral, ReferralLoan
from cases.referrals.reporting import report_contact
from cases.referrals.scorecard import score
from contacts.gate import Question, decide_many
from contacts.models import Channel, Contact, Purpose
from lending.models import Payment
from lending.posting import reverse_payment
from reachable import local, make_point
from referred import DAY, TERMS, make_terms
from staff.models import User

pytestmark = pytest.mark.django_db
Place = Callable[..., Referral]


@pytest.mark.parametrize(
    ("amount", "ppm", "fee"),
    [
        (100_000, 150_000, 15_000),  # 15 % of 1,000.00
        (33_333, 100_000, 3_333),  # 3,333.3
        (33_335, 100_000, 3_334),  # 3,333.5: half up
        (1, 499_999, 0),
        (1, 500_000, 1),
        (0, 150_000, 0),
    ],
)
def test_a_commission_is_rounded_once_half_up(amount: int, ppm: int, fee: int) -> None:
    assert commission(amount, ppm) == fee


thorough = settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
days = st.dates(date(2026, 1, 1), date(2026, 12, 31))
money = st.lists(st.builds(Received, days, st.integers(1, 10**9)), max_size=8)


@thorough
@given(received=money, first=days, length=st.integers(0, 90), cut=st.integers(0, 90))
def test_windows_side_by_side_count_each_payment_once(
    received: list[Received], first: date, length: int, cut: int
) -> None:
    last, middle = first + timedelta(days=length), first + timedelta(days=min(cut, length))

    parts = [Window(first, middle), Window(middle + DAY, last)]

    assert sum(recovered(received, part) for part in parts) == recovered(received, Window(first, last))


@thorough
@given(amount=st.integers(0, 10**10), ppm=st.integers(0, 999_999))
def test_a_commission_never_passes_what_came_in(amount: int, ppm: int) -> None:
    assert 0 <= commission(amount, ppm) <= amount


def earned_of(referral: Referral, on: date) -> list[tuple[int, int]]:
    rows = ReferralLoan.objects.filter(referral=referral).select_related("referral__terms", "loan")
    return [(line.recovered, line.commission) for line in earned(list(rows), on)]


def test_only_money_of_the_placements_own_days_earns(case: Case, place: Place, manager: User) -> None:
    loan = case.borrower.loans.get()
    pay(loan, 10_000, value_on=TODAY - DAY, on=TODAY, reference="before")
    placed = place(case)
    pay(loan, 20_000, value_on=TODAY, reference="first-day")
    pay(loan, 30_000, value_on=TODAY + 3 * DAY, reference="inside")
    ending.end(placed, result="recalled", words="-", by=manager, at=instant(TODAY + 5 * DAY), on=TODAY + 5 * DAY)
    pay(loan, 40_000, value_on=TODAY + 6 * DAY, reference="after")

    assert earned_of(placed, TODAY + 2 * DAY) == [(20_000, 2_000)]
    assert earned_of(placed, TODAY + 30 * DAY) == [(50_000, 5_000)]


def test_a_payment_that_is_taken_back_earns_nothing(case: Case, place: Place, supervisor: User) -> None:
    placed = place(case)
    paid = pay(case.borrower.loans.get(), 20_000, value_on=TODAY)
    assert earned_of(placed, TODAY) == [(20_000, 2_000)]

    reverse_payment(
        paid, reference="R-1", note="bounced", by=supervisor, channel=Payment.Channel.CONSOLE, on=TODAY, at=NOW
    )

    assert earned_of(placed, TODAY) == [(0, 0)]


def test_the_last_payment_that_calls_it_back_still_earns(case: Case, place: Place) -> None:
    placed = place(case)

    pay(case.borrower.loans.get(), 120_000, value_on=TODAY)

    placed.refresh_from_db()
    assert (placed.state, earned_of(placed, TODAY + 9 * DAY)) == ("ended", [(120_000, 12_000)])


def test_each_loan_earns_at_the_rate_of_its_bucket(case: Case, place: Place) -> None:
    later = make_loan(case.borrower, number="L-2", days=45, amount=80_000)
    placed = place(case)
    for loan in (case.borrower.loans.get(number="L-B1"), later):
        pay(loan, 10_000, value_on=TODAY)

    rows = (
        ReferralLoan.objects.filter(referral=placed).select_related("referral__terms", "loan").order_by("loan__number")
    )
    lines = earned(list(rows), TODAY)

    assert [(line.placed.bucket, line.ppm, line.commission) for line in lines] == [
        ("M2", 150_000, 1_500),
        ("M1", 100_000, 1_000),
    ]
    assert [(each.currency, each.cases, each.recovered, each.commission) for each in sums(lines)] == [
        ("CNY", 1, 20_000, 2_500)
    ]


def test_terms_that_change_later_do_not_change_what_was_agreed(
    case: Case, place: Place, manager: User, other_manager: User
) -> None:
    placed = place(case)
    make_terms(manager, other_manager, from_on=TODAY + DAY, commission=dict.fromkeys(TERMS["commission"], 500_000))

    pay(case.borrower.loans.get(), 10_000, value_on=TODAY + 2 * DAY)

    assert earned_of(placed, TODAY + 2 * DAY) == [(10_000, 1_000)]


MORNING = local("2026-07-15 11:00")


def report(referral: Referral, by: User, **more: object) -> Contact:
    told = {"channel": "call", "outcome": "no_answer", "happened_at": MORNING, "at": MORNING} | more
    return report_contact(referral, by=by, on=TODAY, **told)  # type: ignore[arg-type]


def test_what_an_agency_reports_counts_in_the_caps_of_the_house(case: Case, place: Place, manager: User) -> None:
    make_point(case.borrower, "13800138000")
    placed = place(case)

    for _ in range(6):
        assert report(placed, manager).flagged == ""

    ending.end(placed, result="recalled", words="-", by=manager, at=MORNING, on=TODAY)
    ask = Question(case.borrower_id, Channel.CALL, Purpose.DEMAND, MORNING)
    assert decide_many([ask])[0].rule == "CN-CALL-TRY"
    assert Contact.objects.filter(by=None).count() == 6


@pytest.mark.parametrize(
    ("told", "flag"),
    [
        ({}, ""),
        ({"happened_at": local("2026-07-15 22:30"), "at": local("2026-07-15 23:00")}, "CN-WIN"),
        ({"channel": "email", "outcome": "sent"}, "agency.channel"),
        ({"happened_at": local("2026-07-15 09:00")}, "agency.time"),  # an hour before it was decided
        ({"direction": "in", "happened_at": local("2026-07-15 09:00")}, ""),
    ],
    ids=["lawful", "at night", "by another way", "too early", "the borrower called"],
)
def test_a_contact_is_always_taken_and_flagged_where_it_was_wrong(
    case: Case, place: Place, manager: User, told: dict[str, object], flag: str
) -> None:
    make_point(case.borrower, "13800138000")
    placed = place(case)

    assert report(placed, manager, **told).flagged == flag
    assert Contact.objects.count() == 1


def test_after_it_came_back_the_agency_has_no_business_there(case: Case, place: Place, manager: User) -> None:
    make_point(case.borrower, "13800138000")
    placed = place(case)
    ending.end(placed, result="recalled", words="-", by=manager, at=NOW, on=TODAY)

    tomorrow = MORNING + DAY
    assert report(placed, manager, happened_at=tomorrow, at=tomorrow).flagged == "agency.time"


def test_a_complaint_about_it_flags_what_it_does_meanwhile(
    case: Case, place: Place, agent: User, manager: User
) -> None:
    make_point(case.borrower, "13800138000")
    placed = place(case)
    handling.take_down(
        borrower=case.borrower, kind="conduct", source="phone", words="-", received_on=TODAY, by=agent, at=NOW, on=TODAY
    )

    assert report(placed, manager).flagged == "hold.complaint"


def test_what_has_not_happened_yet_is_not_reported(case: Case, place: Place, manager: User) -> None:
    with pytest.raises(ReferralError) as caught:
        report(place(case), manager, happened_at=MORNING + DAY)
    assert caught.value.field == "happened_at"


def test_the_score_of_a_period(case: Case, place: Place, agency: Agency, agent: User, manager: User) -> None:
    make_point(case.borrower, "13800138000")
    placed = place(case)
    pay(case.borrower.loans.get(), 30_000, value_on=TODAY + DAY)
    for told in ({}, {"channel": "email", "outcome": "sent"}, {"direction": "in"}):
        report(placed, manager, **told)
    handling.take_down(
        borrower=case.borrower, kind="service", source="phone", words="-", received_on=TODAY, by=agent, at=NOW, on=TODAY
    )
    other = make_case("B2", owner=agent)
    handling.take_down(
        borrower=other.borrower,
        kind="service",
        source="phone",
        words="-",
        received_on=TODAY,
        by=agent,
        at=NOW,
        on=TODAY,
    )

    found = score(agency, TODAY, TODAY + DAY, TODAY + DAY)

    assert (found.placed, found.running, found.contacts, found.refused, found.complaints) == (1, 1, 2, 1, 1)
    assert found.per_thousand == 500.0
    (money,) = found.sums
    assert (money.placed, money.recovered, money.rate, money.commission) == (120_000, 30_000, 25.0, 3_000)
    assert score(agency, TODAY, TODAY, TODAY).sums[0].recovered == 0
    assert score(agency, TODAY - 9 * DAY, TODAY - DAY, TODAY).placed == 0


def test_the_score_asks_the_same_however_many_are_placed(agent: User, place: Place, agency: Agency) -> None:
    place(make_case("B1", owner=agent))
    with CaptureQueriesContext(
        connection,
    ) as one:
        score(agency, TODAY, TODAY, TODAY)
    for n in range(2, 6):
        place(make_case(f"B{n}", owner=agent))

    with CaptureQueriesContext(connection) as many:
        score(agency, TODAY, TODAY, TODAY)

    assert len(many) == len(one) <= 5


def test_an_agency_is_evaluated_every_year_and_before_its_contract_ends() -> None:
    terms = AgencyTerms(contract_from=date(2025, 1, 1), contract_to=date(2026, 12, 31))

    def by(looked_at: date | None) -> date:
        return agencies.evaluate_by(terms, AgencyEvaluation(on=looked_at) if looked_at else None)

    assert by(None) == date(2026, 1, 1)
    assert by(date(2025, 6, 1)) == date(2026, 6, 1)
    assert by(date(2026, 5, 1)) == date(2026, 12, 31)  # not a year, but the contract ends
    assert by(date(2026, 11, 15)) == date(2027, 11, 15)  # looked at in its last days


def test_a_poor_evaluation_ends_new_placements(agency: Agency, manager: User) -> None:
    assert agency_on(agency, TODAY).why_not == ""

    evaluate(agency, grade="poor", words="Shouting.", by=manager, at=NOW, on=TODAY)

    assert "not to be used" in agency_on(agency, TODAY).why_not
    assert agency_on(agency, TODAY - DAY).why_not == ""
