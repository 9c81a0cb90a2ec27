"""The stage of a case and how it is worked there, read from the plan in force.

A stage begins with a bucket and lasts until the next one's. Exceptions come first, in their order: a borrower with a loan past due in that
product, or of that band of risk, from one bucket to another, stands in the stage named. The borrower's points decide the band: those of ability
and willingness together, below 80 is high risk, from 140 on low (house rule).
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import Any, Final, NamedTuple

from django.db import models
from django.utils.translation import get_language, gettext_lazy

from cases.models import Stage, StagePlan
from lending.models import Arrears
from lending.sql.reading import among
from risk.models import BorrowerRisk

HIGH_BELOW, LOW_FROM = 80, 140


class Band(models.TextChoices):
    """How likely the borrower is not to pay, by the points."""

    LOW = "low", gettext_lazy("Low risk")
    MIDDLE = "middle", gettext_lazy("Middling risk")
    HIGH = "high", gettext_lazy("High risk")


class Terms(NamedTuple):
    """One stage: where it begins, its treatment in words, and what it brings.

    After a talk without a promise nobody calls again for `rest_days`; a case cured in it is watched for `watch_days`. Whoever works it
    has passed an examination within `exam_days`; 0: none is asked.
    """

    code: str
    name: str
    name_zh: str
    from_bucket: str
    rest_days: int
    watch_days: int
    words: str
    words_zh: str
    exam_days: int = 0


class Other(NamedTuple):
    """Who stands in another stage than the bucket says; "" fits every product, every band."""

    stage: str
    product: str
    band: str
    from_bucket: str
    to_bucket: str

    def fits(self, bucket: str, products: Collection[str], band: str) -> bool:
        return (
            self.from_bucket <= bucket <= self.to_bucket
            and (not self.product or self.product in products)
            and self.band in {"", band}
        )


class Plan(NamedTuple):
    """Stages in the order of their buckets, the first from M0."""

    stages: tuple[Terms, ...]
    exceptions: tuple[Other, ...] = ()

    def stage_of(self, bucket: str, products: Collection[str] = (), band: str = "") -> str:
        for each in self.exceptions:
            if each.fits(bucket, products, band):
                return each.stage
        return [stage.code for stage in self.stages if stage.from_bucket <= bucket][-1]

    def terms(self, code: str) -> Terms:
        """What holds in that stage; one that the plan has no more is worked as the last."""
        return next((stage for stage in self.stages if stage.code == code), self.stages[-1])

    @property
    def asks_products(self) -> bool:
        return any(each.product for each in self.exceptions)

    @property
    def asks_bands(self) -> bool:
        return any(each.band for each in self.exceptions)


HOUSE: Final = Plan(
    (
        Terms(
            Stage.EARLY, "Early", "早期", "M0", 3, 14,
            "They may only have forgotten. Ask what happened, name the amount and the day, offer a pay link. No word of consequences.",
            "可能只是忘了。先问原因，说清金额和日期，提供付款链接，不谈后果。",
        ),
        Terms(
            Stage.MIDDLE, "Middle", "中期", "M2", 3, 30,
            "Look for what they can pay: income and expenses, a plan, another due day. Say true consequences only, and how to avoid them.",
            "一起找到能承受的还款：收支情况、方案、调整还款日。只说真实的后果，以及如何避免。",
        ),
        Terms(
            Stage.LATE, "Late", "后期", "M4", 3, 60,
            "Settle it: restructuring or a settlement within the limits, in writing. Legal steps only after the formal demand.",
            "以解决为目标：在额度内重组或结清，并书面确认。正式催告之后才谈法律途径。",
        ),
    )
)  # fmt: skip
"""House rule after the trade's ladder: reminders first, options from the second month, settlement and formal letters from the fourth."""


def plan_of(content: Mapping[str, Any]) -> Plan:
    """A plan's content as values; KeyError, TypeError where it is none."""
    return Plan(
        tuple(Terms(**each) for each in content["stages"]), tuple(Other(**each) for each in content["exceptions"])
    )


def content_of(plan: Plan) -> dict[str, Any]:
    return {
        "stages": [{name: plain(value) for name, value in each._asdict().items()} for each in plan.stages],
        "exceptions": [each._asdict() for each in plan.exceptions],
    }


def plain(value: Any) -> Any:
    return value if isinstance(value, int) else str(value)


@lru_cache(maxsize=64)
def plan_on(on: date) -> Plan:
    """The plan in force on that day: none is published for a day that has begun, so it is read once."""
    newest = StagePlan.objects.filter(valid_from__lte=on).order_by("-valid_from").values_list("content", flat=True)
    content = newest.first()
    return plan_of(content) if content else HOUSE


@lru_cache(maxsize=64)
def named(on: date = date.max) -> dict[str, Terms]:
    """Every stage there was until that day by its code, as the newest plan that has it calls it; those of the last plan first."""
    rows = StagePlan.objects.filter(valid_from__lte=on).order_by("valid_from").values_list("content", flat=True)
    found: dict[str, Terms] = {}
    for plan in [HOUSE, *map(plan_of, rows)]:
        now = {stage.code: stage for stage in plan.stages}
        found = now | {code: stage for code, stage in found.items() if code not in now}
    return found


def forget() -> None:
    """Read the plans anew, as after one was published."""
    plan_on.cache_clear()
    named.cache_clear()


def begins_on(on: date) -> bool:
    """Whether another plan is in force from that day on, so that every case may stand elsewhere."""
    return StagePlan.objects.filter(valid_from=on).exists()


def stages_of(buckets: Mapping[int, str], plan: Plan) -> dict[int, str]:
    """The stage by borrower; what no exception asks for is not read."""
    products = _products(buckets) if plan.asks_products else {}
    bands = _bands(buckets) if plan.asks_bands else {}
    return {pk: plan.stage_of(bucket, products.get(pk, ()), bands.get(pk, "")) for pk, bucket in buckets.items()}


def _products(people: Iterable[int]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    late = Arrears.objects.past_due().filter(among("loan__borrower", people))
    for borrower, code in late.values_list("loan__borrower", "loan__product__code"):
        found.setdefault(borrower, set()).add(code)
    return found


def _bands(people: Iterable[int]) -> dict[int, str]:
    rows = BorrowerRisk.objects.filter(among("borrower", people)).values_list("borrower", "ability", "willingness")
    return {borrower: band_of(ability + willingness) for borrower, ability, willingness in rows}


def band_of(points: int) -> Band:
    if points < HIGH_BELOW:
        return Band.HIGH
    return Band.LOW if points >= LOW_FROM else Band.MIDDLE


def choices(on: date = date.max) -> list[tuple[str, str]]:
    """Codes with their names in the reader's language: for forms and filters."""
    return [(code, name_of(terms)) for code, terms in named(on).items()]


def name_of(terms: Terms) -> str:
    return terms.name_zh if (get_language() or "").startswith("zh") and terms.name_zh else terms.name


def words_of(terms: Terms) -> str:
    return terms.words_zh if (get_language() or "").startswith("zh") and terms.words_zh else terms.words
