"""A proposal: who would get which cases and why, before anything moves. Unchanged input proposes nothing and writes no row."""

import secrets
from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Count

from cases.applying import forget_old
from cases.caseloads import Filters, agents_of
from cases.dealing import Demand, Kind, Person, Rule, deal, rule_of
from cases.kinds import Asked, Item, Sorted, asked_of, goes_well, rules, skills_of, sort_out
from cases.models import Case, CaseQuerySet, Proposal, ProposedMove
from lending.sql.writing import insert_many
from staff.models import User

POOL, AWAY, NOT_THEIRS, EVEN, NAMED, TAKEN_BACK = "pool", "away", "not_theirs", "even", "named", "taken_back"
"""Why a case moves: nobody has it; its owner is away or gone; may not take it any more; loads are evened; a person was named; it
is taken back."""
WELL, FULL, NOBODY = "well", "full", "nobody"
"""Why a case stays: it goes well where it is; who may take it has no room; nobody here may take it."""
MOVE_COLUMNS = ["proposal", "case", "version", "source", "target", "why"]


class Question(NamedTuple):
    """What is to be dealt: the cases picked, or all that the filters match; to these people, or to everybody who is here.

    `named`: the one person of `to` gets them whatever rules and skills say. `take_back`: they go to the pool, save those
    that go well.
    """

    picked: tuple[int, ...] = ()
    filters: Filters = Filters()
    to: tuple[int, ...] = ()
    named: bool = False
    take_back: bool = False

    def cases(self, by: User) -> CaseQuerySet:
        visible = Case.objects.visible_to(by).open()
        return visible.filter(pk__in=self.picked) if self.picked else self.filters.apply(visible)

    def people(self, by: User, on: date) -> list[User]:
        """Who may be given cases: agents of one's teams at work that day."""
        here = agents_of(by).present_on(on)  # type: ignore[attr-defined]
        return list((here.filter(pk__in=self.to) if self.to else here).order_by("pk"))

    def as_json(self) -> dict[str, Any]:
        return {**self._asdict(), "filters": self.filters._asdict()}

    @classmethod
    def of(cls, kept: dict[str, Any]) -> "Question":
        return cls(
            tuple(kept["picked"]), Filters(**kept["filters"]), tuple(kept["to"]), kept["named"], kept["take_back"]
        )


class Move(NamedTuple):
    item: Item
    target: int | None
    why: str


@dataclass
class Found:
    """The moves, and how many cases stay where they are by (reason, stage, language)."""

    moves: list[Move] = field(default_factory=list)
    left: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    def stays(self, why: str, kind: Kind) -> None:
        self.left[why, kind.stage, kind.language] += 1


@transaction.atomic
def propose(question: Question, *, by: User, at: datetime, on: date) -> Proposal | None:
    """Reckon the answer and keep it as this person's one waiting proposal; None, and nothing kept, where no case would move."""
    found = take_back(question, by=by, on=on) if question.take_back else give_out(question, by=by, on=on)
    throw_away(by=by)
    if not found.moves and not found.left:
        return None
    proposal = Proposal(
        batch=secrets.token_hex(8), by=by, made_at=at, on=on, question=question.as_json(), count=len(found.moves)
    )
    proposal.lines = list(_lines(found.moves))
    proposal.reasons = [[*who, number] for who, number in Counter((m.target, m.why) for m in found.moves).items()]
    proposal.left = [[*what, number] for what, number in sorted(found.left.items())]
    if not found.moves:
        return proposal
    forget_old(at)
    proposal.save()
    insert_many(
        ProposedMove,
        MOVE_COLUMNS,
        ((proposal.pk, item.pk, item.version, item.owner, target, why) for item, target, why in found.moves),
    )
    return proposal


def throw_away(*, by: User) -> None:
    """Forget this person's waiting proposal."""
    waiting = Proposal.objects.filter(by=by, state=Proposal.State.DRAFT)
    ProposedMove.objects.filter(proposal__in=waiting).delete()
    waiting.delete()


def take_back(question: Question, *, by: User, on: date) -> Found:
    """Into the pool, save those that go well (撤案, 留案)."""
    cases = question.cases(by).filter(owner__isnull=False)
    listed, well, found = sort_out(cases, Asked(False, False, {})), goes_well(cases, on), Found()
    for item in listed.items:
        if item.pk in well:
            found.stays(WELL, listed.kinds[item.kind])
        else:
            found.moves.append(Move(item, None, TAKEN_BACK))
    return found


def give_out(question: Question, *, by: User, on: date) -> Found:
    """To people, by rules, skills and capacity."""
    cases, here = question.cases(by), question.people(by, on)
    known = [] if question.named else rules()
    skills = {} if question.named else skills_of(here)
    asked = asked_of(known, skills)
    listed = sort_out(cases, asked)
    of_kind = [rule_of(kind, known) for kind in listed.kinds]
    people = [Person(one.pk, one.capacity, one.effort, skills=skills.get(one.pk)) for one in here]
    takers = [
        frozenset(at for at, one in enumerate(people) if one.may_take(kind, rule))
        for kind, rule in zip(listed.kinds, of_kind, strict=True)
    ]
    well = set() if question.named else goes_well(cases, on)
    place = {one.pk: at for at, one in enumerate(people)}
    found, movable = Found(), []
    for item in listed.items:
        at = place.get(item.owner or 0)
        if at is not None and item.pk in well and of_kind[item.kind].stays and at in takers[item.kind]:
            found.stays(WELL, listed.kinds[item.kind])
        else:
            movable.append(item)
    pinned = _pinned(people, movable, takers, place, known, asked)
    counts = Counter(item.kind for item in movable)
    demands = [Demand(counts[n], rule.weight, takers[n]) for n, rule in enumerate(of_kind)]
    quotas = deal(demands, pinned)
    _settle(found, movable, listed, takers, [one.pk for one in people], place, quotas, named=question.named)
    return found


def _pinned(
    people: Sequence[Person],
    movable: Sequence[Item],
    takers: Sequence[frozenset[int]],
    place: dict[int, int],
    known: Sequence[Rule],
    asked: Asked,
) -> list[Person]:
    """The people with what stays in their hands whatever is dealt: all that they have but what they may be left with anew."""
    free = {item.pk for item in movable if item.owner in place and place[item.owner] in takers[item.kind]}
    in_hand = Case.objects.open().filter(owner__in=[person.pk for person in people])
    if all(rule.weight == 1 for rule in known):
        held = dict(in_hand.order_by().values("owner").annotate(n=Count("pk")).values_list("owner", "n"))
        freed = Counter(item.owner for item in movable if item.pk in free)
        cases = {pk: number - freed[pk] for pk, number in held.items()}
        points = cases
    else:
        listed = sort_out(in_hand, asked)
        weights = [rule_of(kind, known).weight for kind in listed.kinds]
        cases, points = defaultdict(int), defaultdict(int)
        for item in listed.items:
            if item.pk not in free and item.owner is not None:
                cases[item.owner] += 1
                points[item.owner] += weights[item.kind]
    return [
        Person(one.pk, one.capacity, one.effort, cases.get(one.pk, 0), points.get(one.pk, 0), one.skills)
        for one in people
    ]


def _settle(
    found: Found,
    movable: Sequence[Item],
    listed: Sorted,
    takers: Sequence[frozenset[int]],
    people: Sequence[int],
    place: dict[int, int],
    quotas: list[dict[int, int]],
    *,
    named: bool,
) -> None:
    """Single cases for the quotas: what is in hand stays where it can, the rest goes round by urgency."""
    waiting: dict[int, list[Item]] = defaultdict(list)
    for item in movable:
        at = place.get(item.owner or 0)
        if at is not None and quotas[item.kind].get(at, 0):
            quotas[item.kind][at] -= 1
        else:
            waiting[item.kind].append(item)
    for kind, items in waiting.items():
        going_round = _going_round(quotas[kind])
        for item in items:
            at = next(going_round, None)
            if at is None:
                found.stays(FULL if takers[kind] else NOBODY, listed.kinds[kind])
            else:
                why = NAMED if named else _why(item, place, takers[kind])
                found.moves.append(Move(item, people[at], why))


def _going_round(quota: dict[int, int]) -> Iterator[int]:
    """Each in turn while their quota lasts, so that the urgent ones are spread."""
    turns = deque((at, number) for at, number in sorted(quota.items()) if number)
    while turns:
        at, number = turns.popleft()
        yield at
        if number > 1:
            turns.append((at, number - 1))


def _why(item: Item, place: dict[int, int], takers: frozenset[int]) -> str:
    if item.owner is None:
        return POOL
    if item.owner not in place:
        return AWAY
    return EVEN if place[item.owner] in takers else NOT_THEIRS


def _lines(moves: Sequence[Move]) -> Iterator[list[int]]:
    """Per person, by pk: cases before, coming, going, after, and capacity."""
    coming = Counter(move.target for move in moves if move.target is not None)
    going = Counter(move.item.owner for move in moves if move.item.owner is not None)
    people = User.objects.in_bulk({*coming, *going})
    rows = Case.objects.open().filter(owner__in=people).order_by().values("owner").annotate(n=Count("pk"))
    held = dict(rows.values_list("owner", "n"))
    for pk in sorted(people):
        before = held.get(pk, 0)
        yield [pk, before, coming[pk], going[pk], before + coming[pk] - going[pk], people[pk].capacity]
