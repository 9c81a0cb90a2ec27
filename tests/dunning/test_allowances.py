"""No more messages a second than a gateway takes, together and for each creditor, whoever sends them."""

import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from audit.clock import machine_now
from dunning.allowances import permit
from dunning.channels.configuration import house_gateway
from dunning.channels.registry import configured
from dunning.claiming import claim
from dunning.gateways import Gateway
from dunning.models import Allowance, Reminder
from dunning.planning import plan
from dunning.sending import send_all
from lending.models import Funder
from outbox_book import DAY, MORNING, funder, lend, people
from sizes import sized
from stub_gateway import Stub

START = datetime(2026, 1, 1, tzinfo=UTC)
PLAIN = house_gateway("http://gateway.invalid/", "idempotent")


def rows(*codes: str) -> list[Reminder]:
    return [Reminder(pk=number, funder=Funder(code=code)) for number, code in enumerate(codes, 1)]


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


@pytest.mark.django_db
def test_a_gateway_without_a_rate_costs_nothing(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert len(permit(rows(*"a" * 50), PLAIN, START).now) == 50


@pytest.mark.django_db
def test_ten_a_second_are_one_every_tenth() -> None:
    gateway = replace(PLAIN, per_second=10.0)

    first = permit(rows(*"a" * 5), gateway, at(0))
    again = permit(rows(*"a" * 5), gateway, at(0.1))

    assert (len(first.now), len(first.later), round(first.wait_seconds, 3)) == (2, 3, 0.1)
    assert len(again.now) == 1


@pytest.mark.django_db
def test_a_sender_that_has_to_wait_does_not_hold_up_another() -> None:
    gateway = replace(PLAIN, per_sender=1.0)

    found = permit(rows("north", "north", "south"), gateway, at(0))

    assert [row.funder.code for row in found.now] == ["north", "south"]
    assert (len(found.later), round(found.wait_seconds, 3)) == (1, 0.9)


class TestRate(TestCase):
    @settings(max_examples=sized(20, 400), deadline=None)
    @given(
        st.sampled_from([0.5, 1.0, 3.0, 20.0]),
        st.lists(st.tuples(st.integers(0, 900), st.integers(1, 30)), min_size=1, max_size=8),
    )
    def test_no_second_sees_more_than_the_rate_a_tenth_of_it_and_one(
        self, rate: float, asked: list[tuple[int, int]]
    ) -> None:
        Allowance.objects.all().delete()
        gateway, moment, sent = replace(PLAIN, per_second=rate), 0.0, list[float]()
        for milliseconds, number in asked:
            moment += milliseconds / 1000
            sent += [moment] * len(permit(rows(*"a" * number), gateway, at(moment)).now)

        assert sent[0] == asked[0][0] / 1000
        assert most_in_a_second(sent) <= rate * 1.1 + 1 + 1e-6


def most_in_a_second(sent: Sequence[float]) -> int:
    return max(sum(begin <= one < begin + 1 for one in sent) for begin in sent)


@pytest.mark.usefixtures("closed_day")
class TestSending:
    def due(self, number: int, code: str, first: int = 0) -> None:
        lend(people(number, first=first), DAY - timedelta(days=1), by=funder(code), mark=code[:1].upper())
        plan(DAY, MORNING)

    def test_messages_leave_at_the_rate_and_each_once(self, gateway: Stub) -> None:
        self.due(12, "north")
        came: list[float] = []
        usual = gateway.answer
        gateway.answer = lambda key: (came.append(time.monotonic()), usual(key))[1]  # type: ignore[func-returns-value]

        with Gateway(replace(configured()[-1], per_second=10.0)) as way_out:
            looked_at, ended = send_all(way_out, lambda: MORNING)

        assert ended == {"sent": 12}
        assert looked_at >= 12
        assert set(gateway.hits.values()) == {1}
        assert came[-1] - came[0] >= (12 - 2) / 10 - 0.05
        assert not Reminder.objects.filter(token__gt=1).exists(), "waiting counts as no try"

    def test_a_claim_leaves_the_rows_of_a_busy_sender_to_wait(self, gateway: Stub) -> None:
        self.due(3, "north")
        self.due(2, "south", first=100)
        limited = replace(configured()[-1], per_sender=1.0)
        Allowance.objects.create(gateway=limited.name, sender="north", next_at=machine_now() + timedelta(seconds=30))

        found = claim(gateway=limited, at=MORNING, machine_at=machine_now())

        assert {row.funder.code for row in found.rows} == {"south"}
        assert len(found.rows) == 1, "no more of a sender than may leave in a second"


@pytest.mark.django_db
def test_a_sender_has_one_allowance_at_a_gateway_says_the_database() -> None:
    Allowance.objects.create(gateway="g", sender="s", next_at=START)
    with pytest.raises(IntegrityError), transaction.atomic():
        Allowance.objects.create(gateway="g", sender="s", next_at=START)
