"""A new plan of stages: put forward with what it would move, published by a second person, in force with the night of its day."""

from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.utils.translation import gettext as _

from cases import stages
from cases.models import AssignmentRule, Case, StagePlan
from cases.stages import Band, Plan
from lending.buckets import BUCKETS
from lending.changes import HANDLERS, ChangeError, Handler, Line, propose
from lending.models import Change, Product
from staff.models import Skill, User

SUBJECT: Final = "stages"
REST_DAYS_MAX, WATCH_DAYS_MAX, EXAM_DAYS_MAX = 30, 365, 730
CODE_MAX = 10
CHUNK = 2_000


def put_forward_plan(plan: Plan, *, from_on: date, words: str, by: User, at: datetime, on: date) -> Change:
    """Put a plan forward, with how many cases would stand in another stage today; ChangeError names the field."""
    content = stages.content_of(plan) | {"moved": moved_by(plan)}
    return propose(
        kind=Change.Kind.STAGES, subject=SUBJECT, from_on=from_on, content=content, words=words, by=by, at=at, on=on
    )


def moved_by(plan: Plan) -> list[tuple[str, str, int]]:
    """From which stage to which, and how many open cases, as they are now."""
    found: Counter[tuple[str, str]] = Counter()
    cases = Case.objects.open().order_by("pk")
    last = 0
    while rows := list(cases.filter(pk__gt=last).values_list("pk", "borrower", "bucket", "stage")[:CHUNK]):
        last = rows[-1][0]
        then = stages.stages_of({borrower: bucket for _pk, borrower, bucket, _stage in rows}, plan)
        found.update((stage, then[borrower]) for _pk, borrower, _bucket, stage in rows if then[borrower] != stage)
    return [(before, after, number) for (before, after), number in sorted(found.items())]


def fault_of(plan: Plan) -> str:
    """What of a plan makes no sense, in words; "" where it does."""
    codes = [stage.code for stage in plan.stages]
    buckets = [stage.from_bucket for stage in plan.stages]
    if not plan.stages or buckets[0] != "M0":
        return _("The first stage begins with M0.")
    if buckets != sorted(set(buckets)) or not set(buckets) <= {bucket.code for bucket in BUCKETS}:
        return _("Each stage begins with a later bucket than the one before it.")
    if len(set(codes)) < len(codes):
        return _("Two stages have the same code.")
    for stage in plan.stages:
        if not stage.name.strip() or not 0 < len(stage.code) <= CODE_MAX:
            return _("Every stage has a name, and a code of at most %(most)s characters.") % {"most": CODE_MAX}
        if not (
            0 <= stage.rest_days <= REST_DAYS_MAX
            and 0 <= stage.watch_days <= WATCH_DAYS_MAX
            and 0 <= stage.exam_days <= EXAM_DAYS_MAX
        ):
            most = {"rest": REST_DAYS_MAX, "watch": WATCH_DAYS_MAX, "exam": EXAM_DAYS_MAX}
            return _("Rest is at most %(rest)s days, watch %(watch)s, an examination holds %(exam)s.") % most
    return _fault_of_exceptions(plan) or _left_behind(codes)


def _fault_of_exceptions(plan: Plan) -> str:
    codes = {stage.code for stage in plan.stages}
    products = set(Product.objects.values_list("code", flat=True))
    for each in plan.exceptions:
        if each.stage not in codes:
            return _("An exception leads to the stage %(code)s, which there is not.") % {"code": each.stage}
        if each.product and each.product not in products:
            return _("There is no product %(code)s.") % {"code": each.product}
        if not each.product and not each.band:
            return _("An exception is for a product or for a band of risk.")
        if (each.band and each.band not in Band.values) or each.from_bucket > each.to_bucket:
            return _("An exception ends with no earlier bucket than it begins.")
    return ""


def _left_behind(codes: list[str]) -> str:
    """Whether a rule of assignment or somebody's skill names a stage that the plan has no more."""
    named = {*AssignmentRule.objects.exclude(stage="").values_list("stage", flat=True)}
    named.update(Skill.objects.filter(kind=Skill.Kind.STAGE).values_list("value", flat=True))
    lost = sorted(named - set(codes))
    return (
        _("Rules of assignment or skills still name the stage %(code)s: change them first.") % {"code": lost[0]}
        if lost
        else ""
    )


def _check(change: Change, on: date) -> None:
    if change.from_on <= on:
        raise ChangeError(_("It begins on a later day than the business date."), "valid_from")
    later = StagePlan.objects.filter(valid_from__gte=change.from_on).order_by("-valid_from").first()
    if later:
        words = _("There is a plan from %(day)s already. Begin after it.") % {"day": later.valid_from.isoformat()}
        raise ChangeError(words, "valid_from")
    try:
        plan = stages.plan_of(change.content)
    except (KeyError, TypeError):
        raise ChangeError(_("This plan cannot be read.")) from None
    if fault := fault_of(plan):
        raise ChangeError(fault)
    if plan == _before(change):
        raise ChangeError(_("Nothing differs from the version before."))


def _apply(change: Change, on: date) -> None:
    kept = {name: change.content[name] for name in ("stages", "exceptions")}
    StagePlan.objects.create(valid_from=change.from_on, content=kept, change=change)
    stages.forget()


def _before(change: Change) -> Plan:
    return stages.plan_on(change.from_on - timedelta(days=1))


def _lines(change: Change) -> list[Line]:
    before, after = _before(change), stages.plan_of(change.content)
    names = {each.code: stages.name_of(each) for plan in (before, after) for each in plan.stages}
    found = []
    for code, name in names.items():
        old, new = (next((each for each in plan.stages if each.code == code), None) for plan in (before, after))
        olds, news = said(old), said(new)
        found += [Line(label, olds.get(label, ""), news.get(label, ""), name) for label in news or olds]
    found.append(Line(_("Exceptions"), exceptions_said(before, names), exceptions_said(after, names), _("Exceptions")))
    moved = _("; ").join(
        f"{names.get(old, old)} → {names.get(new, new)}: {n}" for old, new, n in change.content["moved"]
    )
    found.append(Line(_("Cases that would stand elsewhere"), "", moved or _("none"), _("When it was put forward")))
    return found


def said(terms: stages.Terms | None) -> dict[str, str]:
    """A stage in words by their labels."""
    if terms is None:
        return {}
    return {
        _("Code"): terms.code,
        _("Name in English"): terms.name,
        _("Name in Chinese"): terms.name_zh,
        _("From bucket"): terms.from_bucket,
        _("Rest after a talk, days"): str(terms.rest_days),
        _("Watch after cure, days"): str(terms.watch_days),
        _("An examination holds, days"): str(terms.exam_days),
        _("Treatment in English"): terms.words,
        _("Treatment in Chinese"): terms.words_zh,
    }


def exceptions_said(plan: Plan, names: dict[str, str]) -> str:
    return _("; ").join(exception_words(each, names) for each in plan.exceptions) or "–"


def exception_words(each: stages.Other, names: dict[str, str]) -> str:
    """Card with high risk, M1 to M2: Middle."""
    whom: list[Any] = [part for part in (each.product, Band(each.band).label if each.band else "") if part]
    facts = {
        "whom": " · ".join(map(str, whom)), "first": each.from_bucket, "last": each.to_bucket,
        "stage": names.get(each.stage, each.stage),
    }  # fmt: skip
    return _("%(whom)s, %(first)s to %(last)s: %(stage)s") % facts


HANDLERS[Change.Kind.STAGES] = Handler(_check, _apply, _lines)
