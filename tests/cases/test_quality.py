"""Contacts that are listened to again: which are picked, how they are judged, and what the agent answers."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from audit.models import Entry
from behind import NOW, TODAY, make_case, make_person, make_team
from cases.complaints.handling import take_down
from cases.quality.checklist import CHECKLIST, score_of
from cases.quality.models import Review
from cases.quality.numbers import numbers
from cases.quality.reviewing import ReviewError, answer_review, pick, write_review
from cases.quality.sampling import Candidate, picked, run
from contacts.models import Contact
from staff.models import Role, User

ALL_MET = {item.code: "met" for item in CHECKLIST}
DAY = timedelta(days=1)
CANDIDATES = st.lists(
    st.builds(
        Candidate,
        id=st.integers(1, 60), agent_id=st.integers(1, 3), borrower_id=st.just(1), connected=st.booleans(),
        flagged=st.booleans(), seconds=st.sampled_from([0, 599, 600]), is_new=st.booleans(), words_found=st.just(()),
    ),
    max_size=40, unique_by=lambda each: each.id,
)  # fmt: skip


@given(CANDIDATES, st.randoms(use_true_random=False))
def test_the_pick_does_not_depend_on_the_order_and_keeps_to_its_rules(candidates: list[Candidate], chance: Any) -> None:
    found = picked(candidates)

    shuffled = candidates[:]
    chance.shuffle(shuffled)
    assert picked(shuffled) == found
    assert {each.id for each in candidates if each.flagged} <= set(found)
    by_agent = {(each.agent_id, found[each.id]): 0 for each in candidates if each.id in found}
    for each in candidates:
        if each.id in found:
            by_agent[each.agent_id, found[each.id]] += 1
            assert each.connected or each.flagged
    most = {"new": 2, "long": 1, "usual": 1}
    assert all(number <= most.get(why, len(candidates)) for (_agent, why), number in by_agent.items())
    spoken = {each.agent_id for each in candidates if each.connected}
    assert spoken <= {each.agent_id for each in candidates if each.id in found}


@pytest.mark.parametrize(
    ("changed", "score"),
    [
        ({}, 100),
        ({"listened": "missed"}, 88),  # 14 of 16 by weight
        ({"listened": "none"}, 100),
        ({"record": "missed", "next_step": "missed"}, 88),
        ({"no_threat": "missed"}, 0),
        ({"nobody_told": "missed"}, 0),
        (dict.fromkeys(ALL_MET, "none"), None),
    ],
)
def test_the_score_is_the_share_of_what_was_met_and_nothing_where_a_line_was_crossed(
    changed: dict[str, str], score: int | None
) -> None:
    assert score_of(ALL_MET | changed) == score


def contact(borrower: Any, by: User, **columns: Any) -> Contact:
    told: dict[str, Any] = {
        "channel": "call",
        "purpose": "demand",
        "state": "made",
        "outcome": "right_party",
        "at": NOW - DAY,
    }
    return Contact.objects.create(borrower=borrower, by=by, **(told | columns))


def review_of(agent: User, **columns: Any) -> Review:
    case = make_case(owner=agent)
    return Review.objects.create(
        contact=contact(case.borrower, agent, **columns), agent=agent, why="usual", picked_on=TODAY
    )


@pytest.fixture
def long_here(agent: User) -> User:
    agent.date_joined = NOW - 90 * DAY
    agent.save()
    return agent


@pytest.mark.django_db
def test_the_night_picks_what_the_day_before_brought_and_once(long_here: User) -> None:
    case = make_case(owner=long_here)
    flagged = contact(case.borrower, long_here, outcome="no_answer", flagged="CN-WIN")
    worded = contact(case.borrower, long_here, outcome="no_answer", note="Told him the police will come.")
    spoken = contact(case.borrower, long_here)
    contact(case.borrower, long_here, outcome="no_answer")
    contact(case.borrower, long_here, at=NOW)

    assert run(on=TODAY, at=NOW) == {"picked": 3}
    assert run(on=TODAY, at=NOW) == {}

    found = {review.contact_id: review.why for review in Review.objects.all()}
    assert found == {flagged.pk: "flagged", worded.pk: "wording", spoken.pk: "usual"}
    assert Review.objects.get(contact=worded).words_found == ["police will"]


@pytest.mark.django_db
def test_a_complaint_brings_up_the_week_before_it(long_here: User) -> None:
    case = make_case(owner=long_here)
    near = contact(case.borrower, long_here, outcome="no_answer", at=NOW - 6 * DAY)
    contact(case.borrower, long_here, outcome="no_answer", at=NOW - 10 * DAY)
    take_down(
        borrower=case.borrower, kind="conduct", source="phone", words="-", received_on=TODAY - DAY, by=long_here,
        at=NOW - DAY, on=TODAY - DAY,
    )  # fmt: skip

    run(on=TODAY, at=NOW)

    assert {review.contact_id: review.why for review in Review.objects.all()} == {near.pk: "complaint"}


@pytest.mark.django_db
def test_nobody_reviews_their_own_contact(supervisor: User) -> None:
    review = review_of(supervisor)

    with pytest.raises(ReviewError, match="own contact"):
        write_review(review, answers=ALL_MET, coaching="", by=supervisor, at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Review.objects.filter(pk=review.pk).update(state="written", reviewer=supervisor, written_at=NOW)


@pytest.mark.django_db
def test_a_review_is_written_once_and_answered_once_by_whom_it_is_about(agent: User, supervisor: User) -> None:
    review = review_of(agent)
    with pytest.raises(ReviewError) as caught:
        write_review(review, answers=ALL_MET | {"options": "missed"}, coaching=" ", by=supervisor, at=NOW)
    assert caught.value.field == "coaching"

    write_review(review, answers=ALL_MET | {"options": "missed"}, coaching="Offer the plan.", by=supervisor, at=NOW)

    assert review.score == 88
    with pytest.raises(ReviewError, match="Somebody else"):
        write_review(review, answers=ALL_MET, coaching="", by=make_person("zhao", Role.MANAGER), at=NOW)
    with pytest.raises(ReviewError, match="Only whoever"):
        answer_review(review, agrees=True, reply="", by=supervisor, at=NOW)
    with pytest.raises(ReviewError):
        answer_review(review, agrees=False, reply="", by=agent, at=NOW)
    answer_review(review, agrees=False, reply="He hung up before I could.", by=agent, at=NOW)
    with pytest.raises(ReviewError, match="before"):
        answer_review(review, agrees=True, reply="", by=agent, at=NOW)
    assert review.is_contested()
    actions = (
        Entry.objects.filter(action__startswith="cases.review").order_by("number").values_list("action", flat=True)
    )
    assert list(actions) == ["cases.review_written", "cases.review_answered"]


@pytest.mark.django_db
def test_a_contact_is_picked_by_hand_once(agent: User, supervisor: User) -> None:
    made = contact(make_case(owner=agent).borrower, agent)

    first, second = (pick(made, on=TODAY, by=supervisor, at=NOW) for _ in range(2))

    assert (first.pk, first.why) == (second.pk, "by_hand")
    with pytest.raises(ReviewError):
        pick(contact(made.borrower, agent, state="reserved"), on=TODAY, by=supervisor, at=NOW)


@pytest.mark.django_db
def test_the_numbers_begin_with_who_needs_coaching_most(agent: User, colleague: User, supervisor: User) -> None:
    good = review_of(agent)
    bad = Review.objects.create(
        contact=contact(good.contact.borrower, colleague), agent=colleague, why="usual", picked_on=TODAY
    )
    write_review(good, answers=ALL_MET, coaching="", by=supervisor, at=NOW)
    write_review(bad, answers=ALL_MET | {"listened": "missed"}, coaching="Ask why.", by=supervisor, at=NOW)

    agents, items = numbers(Review.objects.all(), TODAY)

    assert [(line.agent, line.reviews, line.score, str(line.most_missed)) for line in agents] == [
        ("Wu Lei", 1, 88, "Asked why, and listened"),
        ("Li Na", 1, 100, ""),
    ]
    assert (str(items[0].words), items[0].met, items[0].missed) == ("Asked why, and listened", 1, 1)


@pytest.mark.django_db
def test_from_the_pick_to_the_answer(
    agent: User, colleague: User, supervisor: User, sign_in: Callable[[User], Client]
) -> None:
    review = review_of(agent, note="She asked for a plan.")
    url = reverse("review", args=[review.pk])
    chief, desk = sign_in(supervisor), sign_in(agent)
    assert desk.get(url).status_code == 404  # nothing to read yet
    assert "She asked for a plan." in chief.get(url).content.decode()

    assert _send(chief, url, **(ALL_MET | {"options": "missed"})).status_code == 422
    assert _send(chief, url, **(ALL_MET | {"options": "missed"}), coaching="Offer the plan.").status_code == 302

    assert "Offer the plan." in desk.get(url).content.decode()
    assert sign_in(colleague).get(url).status_code == 404
    reply = reverse("review_reply", args=[review.pk])
    assert _send(desk, reply, agrees="no", reply="He hung up.").status_code == 302
    assert "He hung up." in chief.get(url).content.decode()
    assert "Sees it differently" in chief.get(reverse("reviews") + "?which=contested").content.decode()
    assert chief.get(reverse("review_numbers")).status_code == 200
    assert desk.get(reverse("review_numbers")).status_code == 403


@pytest.mark.django_db
def test_a_supervisor_of_another_team_sees_none_of_it(agent: User, sign_in: Callable[[User], Client]) -> None:
    review = review_of(agent)
    stranger = make_person("sun", Role.SUPERVISOR, team=make_team("South"))

    assert sign_in(stranger).get(reverse("review", args=[review.pk])).status_code == 404


def _send(client: Client, url: str, **typed: Any) -> Any:
    found = re.search(r'name="one_time_key" value="([^"]+)"', client.get(url).content.decode())
    assert found
    return client.post(url, {"one_time_key": found[1]} | typed)
