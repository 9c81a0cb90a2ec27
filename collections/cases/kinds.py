"""The cases that a proposal is about, sorted into kinds of like cases; and those in hand with whom it goes well."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db.models import Exists, F, OuterRef, Q, Sum

from cases import stages
from cases.dealing import Kind, Rule
from cases.fitness import barred
from cases.models import AssignmentRule, Case, CaseQuerySet, Promise
from lending.models import Arrears, Borrower, Funder, Loan, Payment, Product
from staff.models import Skill, User
from staff.models.people import in_tree
from staff.working import register

WELL_DAYS = 30
"""It goes well while a promise is open, and for so many days after one was kept or a payment came."""


ROWS_AT_ONCE = 20_000


class Item(NamedTuple):
    """A case: what it is now, and its kind's place in the list of kinds."""

    pk: int
    version: int
    owner: int | None
    borrower: int
    kind: int


@dataclass
class Sorted:
    """Cases by urgency, and the kinds that they are of."""

    items: list[Item] = field(default_factory=list)
    kinds: list[Kind] = field(default_factory=list)


class Asked(NamedTuple):
    """What of a case somebody asks for at all: the rest is not read."""

    funders: bool
    products: bool
    bounds: Mapping[str, Sequence[int]]
    """Per currency the amounts at which a rule begins or ends."""


def rules() -> list[Rule]:
    """The rules as they stand, in order, each with the people of its team and below."""
    found = AssignmentRule.objects.select_related("funder", "product").order_by("position", "pk")
    return [
        Rule(
            pk=row.pk,
            stage=row.stage,
            language=row.language,
            funder=row.funder.code if row.funder else "",
            product=row.product.code if row.product else "",
            currency=row.currency,
            amount_from=row.amount_from,
            amount_below=row.amount_below,
            members=_members(row.team_id),
            weight=row.weight,
            stays=row.stays,
        )
        for row in found
    ]


def _members(team_id: int | None) -> frozenset[int] | None:
    if team_id is None:
        return None
    return frozenset(User.objects.filter(in_tree("team", team_id)).values_list("pk", flat=True))


def skills_of(people: Sequence[User], on: date) -> dict[int, dict[str, frozenset[str]]]:
    """Per person and kind of skill the values that they take, of stages only those that they may work on that day."""
    found: dict[int, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    rows = Skill.objects.filter(user__in=[person.pk for person in people]).values_list("user", "kind", "value")
    for user, kind, value in rows:
        found[user][kind].add(value)
    for user, closed in barred(people, on).items():
        if closed:
            own = found[user]
            own[Skill.Kind.STAGE] = own.get(Skill.Kind.STAGE, set(stages.named(on))) - closed
    return {user: {kind: frozenset(values) for kind, values in kinds.items()} for user, kinds in found.items()}


def trained_of(people: Sequence[User], on: date) -> dict[int, dict[str, frozenset[str]]]:
    """Of those who may not work every stage the stages that they may: what binds also where a person is named."""
    known = set(stages.named(on))
    return {
        user: {Skill.Kind.STAGE: frozenset(known - closed)} for user, closed in barred(people, on).items() if closed
    }


def register_skills() -> None:
    """Tell the floor of people which values each kind of skill may have."""
    register(Skill.Kind.LANGUAGE, lambda: Borrower.Language.choices)
    register(Skill.Kind.STAGE, stages.choices)
    register(Skill.Kind.FUNDER, lambda: Funder.objects.order_by("code").values_list("code", "name"))
    register(Skill.Kind.PRODUCT, lambda: Product.objects.order_by("code").values_list("code", "name"))


def asked_of(rules: Sequence[Rule], skills: Mapping[int, Mapping[str, frozenset[str]]]) -> Asked:
    kinds = {kind for one in skills.values() for kind in one}
    bounds: dict[str, set[int]] = defaultdict(set)
    for rule in rules:
        bounds[rule.currency] |= {bound for bound in (rule.amount_from, rule.amount_below) if bound is not None}
    return Asked(
        funders="funder" in kinds or any(rule.funder for rule in rules),
        products="product" in kinds or any(rule.product for rule in rules),
        bounds={currency: sorted({0, *found}) for currency, found in bounds.items() if found},
    )


def sort_out(cases: CaseQuerySet, asked: Asked) -> Sorted:
    """The cases, the most urgent first, in a constant number of queries."""
    funders, products = _lent(cases, asked)
    amounts = _amounts(cases, asked.bounds)
    found = Sorted()
    places: dict[tuple[Any, ...], int] = {}
    rows = cases.order_by("-priority", "pk").values_list(
        "pk", "version", "owner", "borrower", "stage", "borrower__language"
    )
    for pk, version, owner, borrower, stage, language in rows.iterator(chunk_size=ROWS_AT_ONCE):
        key = (stage, language, funders.get(borrower, ()), products.get(borrower, ()), amounts.get(borrower, ()))
        place = places.get(key)
        if place is None:
            place = places[key] = len(found.kinds)
            found.kinds.append(Kind(*key))
        found.items.append(Item(pk, version, owner, borrower, place))
    return found


Codes = dict[int, tuple[str, ...]]


def _lent(cases: CaseQuerySet, asked: Asked) -> tuple[Codes, Codes]:
    """Per borrower the codes of those who lend to them, and of what was lent; nothing where nobody asks."""
    if not asked.funders and not asked.products:
        return {}, {}
    loans = Loan.objects.filter(status=Loan.Status.ACTIVE, borrower__in=cases.order_by().values("borrower"))
    funders: Codes = {}
    products: Codes = {}
    for model, column, found, is_asked in (
        (Funder, "funder_id", funders, asked.funders),
        (Product, "product_id", products, asked.products),
    ):
        if is_asked:
            codes = {pk: (code,) for pk, code in model.objects.values_list("pk", "code")}
            for borrower, key in loans.values_list("borrower_id", column).iterator(chunk_size=ROWS_AT_ONCE):
                known = found.get(borrower)
                found[borrower] = codes[key] if known is None else tuple(sorted({*known, *codes[key]}))
    return funders, products


def _amounts(cases: CaseQuerySet, bounds: Mapping[str, Sequence[int]]) -> dict[int, tuple[tuple[str, int], ...]]:
    """Per borrower and currency the highest bound that principal and interest past due have reached."""
    if not bounds:
        return {}
    rows = Arrears.objects.past_due().filter(
        loan__currency__in=bounds, loan__borrower__in=cases.order_by().values("borrower")
    )
    overdue = rows.values("loan__borrower", "loan__currency").annotate(
        amount=Sum(F("overdue_principal") + F("overdue_interest"))
    )
    found: dict[int, tuple[tuple[str, int], ...]] = {}
    for borrower, currency, amount in overdue.values_list("loan__borrower", "loan__currency", "amount").iterator():
        reached = max((bound for bound in bounds[currency] if bound <= amount), default=0)
        found[borrower] = tuple(sorted((*found.get(borrower, ()), (currency, reached))))
    return found


def goes_well(cases: CaseQuerySet, on: date) -> set[int]:
    """Which of these cases in hand go well: a promise is open or was kept, or money came, not reversed since."""
    since = on - timedelta(days=WELL_DAYS)
    promised = Promise.objects.filter(
        Q(state=Promise.State.OPEN) | Q(state=Promise.State.KEPT, judged_on__gte=since), case=OuterRef("pk")
    )
    paid = Payment.objects.filter(
        loan__borrower=OuterRef("borrower"), value_on__gte=since, reverses=None, reversed_by=None
    )
    in_hand = Case.objects.filter(owner__isnull=False, pk__in=cases.order_by().values("pk"))
    return set(in_hand.filter(Exists(promised) | Exists(paid)).values_list("pk", flat=True))
