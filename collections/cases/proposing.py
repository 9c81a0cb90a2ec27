"""A proposal: who would get which cases and why, before anything moves. Unchanged input proposes nothing and writes no row."""

import secrets
from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Count

from cases.applying import forget_old
from cases.caseloads import Filters, agents_of
from cases.dealing import Demand, Kind, Person, Quotas, Rule, deal, rule_of
from cases.kinds import Asked, Item, Sorted, asked_of, goes_well, rules, skills_of, sort_out, trained_of
from cases.models import Case, CaseQuerySet, Proposal, ProposedMove
from lending.sql.writing import insert_many
from staff.models import User

POOL, AWAY, NOT_THEIRS, MAKES_ROOM, NAMED, TAKEN_BACK = "pool", "away", "not_theirs", "room", "named", "taken_back"
"""Why a case moves: nobody has it; its owner is not among those who are dealt to; may not have it any more; makes room for a case
that has no other place; a person was named; it is taken back."""
ROUNDS_MAX = 10
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

    def is_whole(self, by: User) -> bool:
        """Whether each case that was picked is open and seen by this person: of a pick nothing is left out unsaid."""
        return not self.picked or self.cases(by).count() == len(set(self.picked))

    def people(self, by: User, on: date) -> list[User]:
        """Who may be given cases: agents of one's teams at work that day, save the one out of whose hands they are to go."""
        here = agents_of(by).present_on(on)  # type: ignore[attr-defined]
        if self.filters.owner.isdecimal() and not self.named:
            here = here.exclude(pk=int(self.filters.owner))
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
    """To people, by rules, skills and capacity.

    A case in hand that somebody may no longer have takes their room until it finds another place; where one does, what is left
    is dealt once more.
    """
    dealing = _Dealing.about(question, by=by, on=on)
    owners: dict[int, int | None] = {}
    whys: dict[int, str] = {}
    for _ in range(ROUNDS_MAX):
        moved = dealing.once(owners)
        for item, target, why in moved:
            owners[item.pk] = target
            whys.setdefault(item.pk, why)
        if not any(move.why == NOT_THEIRS for move in moved):
            break
    return dealing.found(owners, whys)


@dataclass
class _Dealing:
    """What is dealt, gathered once; `once` deals it, given where cases have gone so far."""

    listed: Sorted
    rules: list[Rule]
    people: list[Person]
    takers: list[frozenset[int]]
    stay: set[int]
    named: bool

    @classmethod
    def about(cls, question: Question, *, by: User, on: date) -> "_Dealing":
        cases, here = question.cases(by), question.people(by, on)
        known = [] if question.named else rules()
        skills = trained_of(here, on) if question.named else skills_of(here, on)
        asked = asked_of(known, skills)
        listed = sort_out(cases, asked)
        of_kind = [rule_of(kind, known) for kind in listed.kinds]
        people = _with_load(
            [Person(one.pk, one.capacity, one.effort, skills=skills.get(one.pk)) for one in here], known, asked
        )
        takers = [
            frozenset(at for at, one in enumerate(people) if one.may_take(kind, rule))
            for kind, rule in zip(listed.kinds, of_kind, strict=True)
        ]
        well = set() if question.named else goes_well(cases, on)
        stay = {item.pk for item in listed.items if item.pk in well and of_kind[item.kind].stays}
        return cls(listed, of_kind, people, takers, stay, question.named)

    def once(self, owners: Mapping[int, int | None]) -> list[Move]:
        """Deal what waits: in nobody's hands, or in the hands of somebody who is not here or may not have it."""
        place = {one.pk: at for at, one in enumerate(self.people)}
        waiting: dict[int, list[Item]] = defaultdict(list)
        in_hand: dict[int, list[Item]] = defaultdict(list)
        held: dict[int, Counter[int]] = defaultdict(Counter)
        load = {one.pk: [one.cases, one.points] for one in self.people}
        for item in self.listed.items:
            weight, owner = self.rules[item.kind].weight, owners.get(item.pk, item.owner)
            if owner != item.owner:
                for holder, by in ((item.owner, -1), (owner, 1)):
                    if holder in load:
                        load[holder] = [load[holder][0] + by, load[holder][1] + by * weight]
            at = place.get(owner or 0)
            if at is None or at not in self.takers[item.kind]:
                waiting[item.kind].append(item)
            elif item.pk not in self.stay:
                in_hand[item.kind].append(item._replace(owner=owner))
                held[item.kind][at] += 1
        people = [replace(one, cases=load[one.pk][0], points=load[one.pk][1]) for one in self.people]
        demands = [
            Demand(len(waiting[kind]), rule.weight, self.takers[kind], held[kind])
            for kind, rule in enumerate(self.rules)
        ]
        return list(self._moves(waiting, in_hand, place, deal(demands, people)))

    def _moves(
        self,
        waiting: Mapping[int, list[Item]],
        in_hand: Mapping[int, list[Item]],
        place: Mapping[int, int],
        quotas: Quotas,
    ) -> Iterator[Move]:
        """Single cases for the quotas: who has some keeps the urgent ones; the rest goes round by urgency."""
        for kind, quota in enumerate(quotas):
            come = []
            for item in in_hand.get(kind, []):
                at = place[item.owner or 0]
                if quota[at]:
                    quota[at] -= 1
                else:
                    come.append(item)
            for item, at in zip([*come, *waiting.get(kind, [])], _going_round(quota), strict=False):
                yield Move(item, self.people[at].pk, self._why(item, place))

    def _why(self, item: Item, place: Mapping[int, int]) -> str:
        if self.named:
            return NAMED
        if item.owner is None:
            return POOL
        if item.owner not in place:
            return AWAY
        return MAKES_ROOM if place[item.owner] in self.takers[item.kind] else NOT_THEIRS

    def found(self, owners: Mapping[int, int | None], whys: Mapping[int, str]) -> Found:
        found, here = Found(), {one.pk: at for at, one in enumerate(self.people)}
        for item in self.listed.items:
            target, kind = owners.get(item.pk, item.owner), self.listed.kinds[item.kind]
            if target != item.owner:
                found.moves.append(Move(item, target, whys[item.pk]))
            elif here.get(item.owner or 0) not in self.takers[item.kind]:
                found.stays(FULL if self.takers[item.kind] else NOBODY, kind)
            elif item.pk in self.stay:
                found.stays(WELL, kind)
        return found


def _with_load(people: Sequence[Person], known: Sequence[Rule], asked: Asked) -> list[Person]:
    """The people with all that they have in hand; its weight is asked for only where cases weigh differently."""
    in_hand = Case.objects.open().filter(owner__in=[person.pk for person in people])
    cases: Counter[int | None] = Counter()
    points: Counter[int | None] = Counter()
    if all(rule.weight == 1 for rule in known):
        cases.update(dict(in_hand.order_by().values("owner").annotate(n=Count("pk")).values_list("owner", "n")))
        points = cases
    else:
        listed = sort_out(in_hand, asked)
        weights = [rule_of(kind, known).weight for kind in listed.kinds]
        for item in listed.items:
            cases[item.owner] += 1
            points[item.owner] += weights[item.kind]
    return [replace(one, cases=cases[one.pk], points=points[one.pk]) for one in people]


def _going_round(quota: dict[int, int]) -> Iterator[int]:
    """Each in turn while their quota lasts, so that the urgent ones are spread."""
    turns = deque((at, number) for at, number in sorted(quota.items()) if number)
    while turns:
        at, number = turns.popleft()
        yield at
        if number > 1:
            turns.append((at, number - 1))


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
