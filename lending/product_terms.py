"""A product's terms as fields: their sections, what each means, how a value reads, and a change of them.

The fields are the model's own: one that `Product` gains appears in its section here, or by itself under "Other terms".
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final, NamedTuple

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lending.allocation import LOAN, PRESETS, AllocationBy
from lending.bucket_terms import BucketsError, buckets_of
from lending.changes import HANDLERS, ChangeError, Handler, Line
from lending.facts import conventions_of
from lending.models import Allocation, Change, Loan, Product
from lending.money import Rounding
from lending.versions import product_versions
from lending.words import DAY_COUNTS

Words = str | Promise


class Meaning(NamedTuple):
    """What a term is called, and what it means: units and an example."""

    label: Words
    help: Words = ""


SECTIONS: Final[list[tuple[Words, tuple[str, ...]]]] = [
    (gettext_lazy("Names"), ("name", "name_zh")),
    (gettext_lazy("Interest"), ("day_count", "rounding", "due_move", "moved_interest")),
    (
        gettext_lazy("Arrears"),
        ("day_zero", "counts_from", "tolerance_amount", "tolerance_ppm", "tolerance_days", "calendar", "buckets"),
    ),
    (
        gettext_lazy("Penalty"),
        (
            "penalty_rate_ppm",
            "penalty_markup_ppm",
            "penalty_base",
            "penalty_day_basis",
            "grace_days",
            "grace_in_working_days",
            "grace_excuses",
        ),
    ),
    (gettext_lazy("Payments"), ("allocation_order", "allocation_order_late", "allocation_by", "prepayment_fee_ppm")),
]
MEANINGS: Final[Mapping[str, Meaning]] = {
    "name": Meaning(gettext_lazy("Name in English")),
    "name_zh": Meaning(gettext_lazy("Name in Chinese")),
    "day_count": Meaning(
        gettext_lazy("Day count"),
        gettext_lazy("How days become a part of a year: month/12 takes every month as a twelfth."),
    ),
    "rounding": Meaning(
        gettext_lazy("Rounding"), gettext_lazy("Of each amount to the minor unit: half_up makes 0.005 into 0.01.")
    ),
    "day_zero": Meaning(
        gettext_lazy("The due day is day 0"),
        gettext_lazy("Ticked: due on the 1st and unpaid on the 2nd is 1 day past due. Otherwise it is 2."),
    ),
    "grace_days": Meaning(
        gettext_lazy("Days of grace"), gettext_lazy("Days after the due day without penalty, such as 3.")
    ),
    "grace_excuses": Meaning(
        gettext_lazy("Grace excuses"),
        gettext_lazy("Ticked: after the grace, penalty counts from its end. Otherwise from the due day."),
    ),
    "tolerance_amount": Meaning(
        gettext_lazy("Tolerated amount"),
        gettext_lazy("Minor units that may stay unpaid without arrears: 100 is one yuan."),
    ),
    "penalty_rate_ppm": Meaning(gettext_lazy("Penalty rate"), gettext_lazy("Percent a year, such as 36.")),
    "penalty_markup_ppm": Meaning(
        gettext_lazy("Penalty markup"),
        gettext_lazy("Instead of a rate: percent on top of the loan's own rate. 50 makes 24 % a year into 36 %."),
    ),
    "penalty_base": Meaning(gettext_lazy("Penalty on"), gettext_lazy("What the penalty is reckoned on.")),
    "counts_from": Meaning(
        gettext_lazy("Days past due of"),
        gettext_lazy("Which instalment the days are counted from when several are unpaid."),
    ),
    "tolerance_days": Meaning(
        gettext_lazy("Tolerated days"),
        gettext_lazy("Days that may pass without arrears, such as 2; after them all days count."),
    ),
    "tolerance_ppm": Meaning(
        gettext_lazy("Tolerated part"),
        gettext_lazy(
            "Percent of the instalment that may stay unpaid without arrears, where that is more than the amount."
        ),
    ),
    "calendar": Meaning(
        gettext_lazy("Working days of"),
        gettext_lazy("What falls due on a day off can then be paid on the next working day without being late."),
    ),
    "due_move": Meaning(
        gettext_lazy("A due day that is a day off"),
        gettext_lazy("By the calendar of “Working days of”; the schedule of a new loan is made so."),
    ),
    "moved_interest": Meaning(
        gettext_lazy("Interest of a moved due day"),
        gettext_lazy("Up to which day interest runs where a due day moves."),
    ),
    "grace_in_working_days": Meaning(
        gettext_lazy("Grace in working days"),
        gettext_lazy("Ticked: days off are not counted. It needs a country whose working days count."),
    ),
    "buckets": Meaning(
        gettext_lazy("Buckets"),
        gettext_lazy(
            "Of days past due, such as 0, 1-3, 4-15, 16-30, 31-. Empty: the house's, M0 0, M1 1-30, M2 31-60 …"
        ),
    ),
    "penalty_day_basis": Meaning(
        gettext_lazy("Days of a penalty year"),
        gettext_lazy("360 or 365: a day's penalty is the yearly one divided by it."),
    ),
    "allocation_order": Meaning(gettext_lazy("Order of allocation"), gettext_lazy("What a payment settles first.")),
    "allocation_order_late": Meaning(
        gettext_lazy("Order from 91 days past due"),
        gettext_lazy("Where long arrears are settled in another order, as cards do."),
    ),
    "prepayment_fee_ppm": Meaning(
        gettext_lazy("Fee for prepaying"),
        gettext_lazy("Percent of the principal paid before its day, such as 1. The preview tells the borrower."),
    ),
    "allocation_by": Meaning(
        gettext_lazy("Allocated by"), gettext_lazy("Whether old instalments or old kinds come first.")
    ),
}
CHOICES: Final[Mapping[str, list[tuple[Any, Words]]]] = {
    "day_count": list(DAY_COUNTS.items()),
    "rounding": [
        (str(Rounding.HALF_UP), gettext_lazy("Half up")),
        (str(Rounding.HALF_EVEN), gettext_lazy("Half to the even one")),
        (str(Rounding.UP), gettext_lazy("Always up")),
    ],
    "penalty_day_basis": [(360, "360"), (365, "365")],
}
EMPTY_MEANS: Final[Mapping[str, Words]] = {
    "allocation_order_late": gettext_lazy("the same"),
    "buckets": gettext_lazy("the house's"),
}
BESIDE_THE_TERMS: Final = frozenset({"id", "code", "valid_from"})
STARTING_POINTS: Final[Mapping[str, tuple[Words, dict[str, Any]]]] = {
    "loan": (gettext_lazy("Instalment loan"), {"grace_days": 3, "grace_excuses": True, "tolerance_amount": 100}),
    "card": (
        gettext_lazy("Credit card"),
        {
            "day_count": "act/365",
            "penalty_day_basis": 365,
            "allocation_order": list(PRESETS["card_to_90"]),
            "allocation_order_late": list(PRESETS["card_from_91"]),
            "allocation_by": AllocationBy.COMPONENT.value,
        },
    ),
    "micro": (
        gettext_lazy("Micro-loan"),
        {"day_count": "act/360", "tolerance_amount": 100, "penalty_rate_ppm": 240_000},
    ),
    "bullet": (gettext_lazy("Loan paid at the end"), {"day_count": "act/365", "penalty_day_basis": 365}),
}


def term_fields() -> "dict[str, models.Field[Any, Any]]":
    """The fields of a product that are terms, by name, in the order of the sections."""
    own = {field.name: field for field in Product._meta.concrete_fields if field.name not in BESIDE_THE_TERMS}
    return {name: own[name] for _section, names in sections() for name in names}


def sections() -> list[tuple[Words, tuple[str, ...]]]:
    """The sections with the fields of the model; what stands in none is "Other terms"."""
    own = [field.name for field in Product._meta.concrete_fields if field.name not in BESIDE_THE_TERMS]
    placed = {name for _section, names in SECTIONS for name in names}
    others = tuple(name for name in own if name not in placed)
    found: list[tuple[Words, tuple[str, ...]]] = [
        (section, tuple(name for name in names if name in own)) for section, names in SECTIONS
    ]
    return [*found, (gettext_lazy("Other terms"), others)] if others else found


def meaning(name: str) -> Meaning:
    """What the term is called and means; a term without an entry goes by the model's words."""
    if name in MEANINGS:
        return MEANINGS[name]
    field = term_fields()[name]
    return Meaning(str(field.verbose_name).capitalize(), str(field.help_text))


def terms_of(product: Product) -> dict[str, Any]:
    """The terms of a version as plain values."""
    return {name: getattr(product, name) for name in term_fields()}


def value_words(name: str, value: Any) -> str:
    """How the value of a term reads."""
    field = term_fields()[name]
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if not value and name in EMPTY_MEANS:
        return str(EMPTY_MEANS[name])
    if name.startswith("allocation_order"):
        return _(", ").join(str(Allocation.Component(each).label) for each in value or LOAN)
    if name.endswith("_ppm"):
        return f"{value / 10_000:g} %" if value is not None else "–"
    if choices := CHOICES.get(name) or field.flatchoices:
        return str(dict(choices).get(value, value))
    return "–" if value in {None, ""} else str(value)


def compared(before: Product | None, after: Mapping[str, Any]) -> list[Line]:
    """The terms of two versions side by side, by section."""
    old = terms_of(before) if before else {}
    return [
        Line(
            str(meaning(name).label),
            value_words(name, old[name]) if name in old else "",
            value_words(name, after[name]) if name in after else "",
            str(section),
        )
        for section, names in sections()
        for name in names
    ]


def version_before(code: str, valid_from: date) -> Product | None:
    """The version that a new one from that day follows."""
    earlier = Product.objects.filter(code=code, valid_from__lt=valid_from)
    return earlier.order_by("-valid_from").first()


def product_of(code: str, valid_from: date, content: Mapping[str, Any]) -> Product:
    """The version that those terms make; what they do not name (a term that came later) has its default."""
    known = term_fields()
    return Product(
        code=code, valid_from=valid_from, **{name: value for name, value in content.items() if name in known}
    )


def _check(change: Change, on: date) -> None:
    versions = product_versions([change.subject]).get(change.subject, [])
    if versions and change.from_on <= versions[-1].valid_from:
        day = versions[-1].valid_from.isoformat()
        raise ChangeError(_("A new version begins after the one of %(day)s.") % {"day": day}, "valid_from")
    product = product_of(change.subject, change.from_on, change.content)
    try:
        buckets_of(product.buckets)
    except BucketsError as error:
        raise ChangeError(str(error), "buckets") from None
    for name in ("allocation_order", "allocation_order_late"):
        if (order := getattr(product, name)) and sorted(order) != sorted(LOAN):
            raise ChangeError(_("An order of allocation names every component once."), name)
    try:
        conventions_of(product, "CNY", 0)
        product.validate_constraints()
    except (ValueError, ValidationError):
        raise ChangeError(_("These terms make no sense together."), "allocation_order") from None
    if not versions:
        return
    if Loan.objects.filter(product__code=change.subject, start_on__gte=change.from_on).exists():
        raise ChangeError(
            _("Loans of this product have started on that day or later: their terms stay. Choose a later day."),
            "valid_from",
        )
    if terms_of(versions[-1]) == terms_of(product):
        raise ChangeError(_("Nothing differs from the version before."))


def _apply(change: Change, on: date) -> None:
    product_of(change.subject, change.from_on, change.content).save(force_insert=True)


def _lines(change: Change) -> list[Line]:
    return compared(version_before(change.subject, change.from_on), change.content)


HANDLERS[Change.Kind.PRODUCT] = Handler(_check, _apply, _lines)
