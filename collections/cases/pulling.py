"""Next case: in a team that pulls, the best case of the pool goes to whoever asks first, and to nobody else."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from cases import moves
from cases.assignment import AwayError, lock_with_room
from cases.dealing import NO_RULE, Person, Rule, rule_of
from cases.kinds import asked_of, rules, skills_of, sort_out
from cases.models import Assignment, Case, CaseQuerySet
from cases.moments import local_time
from cases.worklist import due_at
from lending.models import Loan
from staff.models import User

AT_ONCE = 20
"""So many of the best are judged by the rules at a time."""


class NotPullingError(Exception):
    """The team owns its caseload: cases are given to it."""


@transaction.atomic
def next_case(*, by: User, at: datetime, on: date, key: str = "") -> Case | None:
    """Take the most urgent due case of the pool that this agent may work; None where there is none.

    A `key` takes one case: the same again is the first one.

    NotPullingError, CapacityError, AwayError. A case that somebody else is taking at this moment is passed over, not waited for.
    """
    if by.team is None or not by.team.pulls:
        raise NotPullingError(_("Your team does not take cases from the pool: the supervisor gives them out."))
    if not by.is_on_shift(local_time(at).time()):
        raise AwayError(_("Your shift has not begun, or is over: no new case is given now."))
    if key:
        list(User.objects.select_for_update().filter(pk=by.pk))
        if known_one := Assignment.objects.filter(agent=by, batch=key).select_related("case").first():
            return known_one.case
    lock_with_room({by.pk: 1}, on)
    skills, known = skills_of([by], on).get(by.pk, {}), rules()
    pool = due_at(Case.objects.unassigned(), at).filter(_fit(skills)).order_by("-priority", "pk")
    found = _best(pool, by, skills, known) if known else _first(pool, by)
    return _take(found, by=by, at=at, on=on, key=key) if found else None


def _first(pool: CaseQuerySet, by: User) -> Case | None:
    """Without rules whatever fits the skills may be taken, and weighs one: the first that nobody is taking is the best."""
    if by.effort is not None and points_of(by, []) + NO_RULE.weight > by.effort:
        return None
    return pool.select_for_update(skip_locked=True, of=("self",)).first()


def _best(pool: CaseQuerySet, by: User, skills: Mapping[str, frozenset[str]], known: list[Rule]) -> Case | None:
    """The first that the rules leave to this agent and that nobody is taking."""
    points = points_of(by, known)
    passed: list[int] = []
    while best := list(pool.exclude(pk__in=passed)[:AT_ONCE].values_list("pk", flat=True)):
        for pk in _allowed(pool.filter(pk__in=best), by, skills, known, points):
            if found := pool.select_for_update(skip_locked=True, of=("self",)).filter(pk=pk).first():
                return found
        passed += best
    return None


@transaction.atomic
def claim(case: Case, *, by: User, at: datetime, on: date, key: str = "") -> Case:
    """Take this case out of the pool; moves.StaleError where somebody was faster, CapacityError, AwayError."""
    lock_with_room({by.pk: 1}, on)
    held = moves.lock([case.pk]).get(case.pk)
    if held is None or held.version != case.version:
        raise moves.StaleError([case.pk])
    return _take(case, by=by, at=at, on=on, key=key)


def _take(case: Case, *, by: User, at: datetime, on: date, key: str) -> Case:
    """Write that this agent, who has room, takes a case that is locked as it stands here."""
    step = moves.Step(case, "claimed", {"to": by.username, "name": str(by)}, {"owner": by}, case.version)
    moves.apply_many([step], by=by, at=at, on=on, locked=True)
    Assignment.objects.create(case=case, agent=by, from_at=at, by=by, reason="claimed", batch=key)
    return case


def _fit(skills: Mapping[str, frozenset[str]]) -> Q:
    """The skills as a condition: of funders and products every one that lends to the borrower must be among them."""
    fits = Q()
    if "stage" in skills:
        fits &= Q(stage__in=skills["stage"])
    if "language" in skills:
        fits &= Q(borrower__language__in=skills["language"])
    for kind in ("funder", "product"):
        if kind in skills:
            others = Loan.objects.filter(borrower=OuterRef("borrower"), status=Loan.Status.ACTIVE)
            fits &= ~Q(Exists(others.exclude(**{f"{kind}__code__in": skills[kind]})))
    return fits


def _allowed(
    cases: CaseQuerySet, by: User, skills: Mapping[str, frozenset[str]], known: list[Rule], points: int
) -> list[int]:
    """Those that the rules leave to this agent, and that their effort has room for, in order."""
    listed = sort_out(cases, asked_of(known, {by.pk: skills}))
    person = Person(by.pk, by.capacity, by.effort, skills=skills)
    allowed = []
    for item in listed.items:
        kind = listed.kinds[item.kind]
        rule = rule_of(kind, known)
        if person.may_take(kind, rule) and (by.effort is None or points + rule.weight <= by.effort):
            allowed.append(item.pk)
    return allowed


def points_of(by: User, known: list[Rule]) -> int:
    """The weight of what is in hand, where it is bounded."""
    if by.effort is None:
        return 0
    listed = sort_out(Case.objects.open().filter(owner=by), asked_of(known, {}))
    return sum(rule_of(listed.kinds[item.kind], known).weight for item in listed.items)
