"""Two records of one borrower become one: put forward with both sides masked, decided by a second person, done in one transaction.

What is worked with (loans, numbers, contacts, consents, holds, cases, complaints, reminders) comes to lead to the record that stays, so that caps
count both and there is one desk. What is evidence (verdicts, reveals, observations, refusals) is never rewritten: it stays where it was; refusals
and observations are said again of the record that stays, for the gate and the points go by them. The other record remains as the reference by which
a lender's files find the one that stays. There is no way back but the audit entry, which names every row that was moved.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from audit.record import record
from cases import moves
from cases.following import follow_the_book
from cases.models import Assignment, Case, Promise
from cases.promises import withdraw_promise
from contacts.holds import cover_loans, lift_hold
from contacts.models import CallHours, Consent, Hold, OptOut, Refusal
from lending.changes import HANDLERS, ChangeError, Handler, Line, propose
from lending.duplicates import why_one, why_words
from lending.horizon import hold_loans
from lending.models import Borrower, Change, ContactPoint, Loan, Mandate, NameDigest
from lending.signals import contact_points_changed
from risk.models import BorrowerRisk, Observation, Unscored
from staff.models import User

Moved = dict[str, list[int]]
"""Keys of the rows that were moved, by their table."""


def put_forward_merge(stays: Borrower, goes: Borrower, *, words: str, by: User, at: datetime, on: date) -> Change:
    """Propose that `goes` is merged into `stays`; ChangeError where nothing says that they are one person."""
    content = {"stays": stays.pk, "goes": goes.pk, "why": why_one(stays, goes)}
    subject = " + ".join(sorted([stays.ref, goes.ref]))[:120]
    return propose(
        kind=Change.Kind.MERGE, subject=subject, from_on=on, content=content, words=words, by=by, at=at, on=on
    )


def _check(change: Change, on: date) -> None:
    stays, goes = _both(change)
    if not change.content["why"] or why_one(stays, goes) != change.content["why"]:
        raise ChangeError(_("Nothing says that these two are one person, or their identity numbers differ."))


def _both(change: Change) -> tuple[Borrower, Borrower]:
    """The record that stays and the other, locked in the order of their keys."""
    keys = change.content["stays"], change.content["goes"]
    held = {each.pk: each for each in Borrower.objects.select_for_update().filter(pk__in=keys).order_by("pk")}
    if len(held) != 2:
        raise ChangeError(_("One of the two records is not there."))
    return held[keys[0]], held[keys[1]]


def _apply(change: Change, on: date) -> None:
    assert change.checker is not None
    assert change.decided_at is not None
    stays, goes = _both(change)
    by, at = change.checker, change.decided_at
    loans = list(Loan.objects.filter(borrower=goes).values_list("pk", flat=True))
    hold_loans(loans)
    list(User.objects.select_for_update(of=("self",)).filter(cases__borrower__in=[stays, goes]).order_by("pk"))
    _end_second_case(stays, goes, on=on, at=at)
    _close_twins(stays, goes, by=by, at=at)
    _say_again(stays, goes)
    moved = move_rows(stays, goes)
    _fill_in(stays, goes)
    Borrower.objects.filter(merged_into=goes).update(merged_into=stays)
    Borrower.objects.filter(pk=goes.pk).update(merged_into=stays)
    cover_loans(stays, by=by, at=at)
    record(
        "cases.borrowers_merged", by=by, at=at, subject=stays, stays=stays.ref, goes=goes.ref, goes_id=goes.pk,
        why=change.content["why"], change=change.pk, moved=moved,
    )  # fmt: skip
    contact_points_changed.send(ContactPoint, borrower_ids=[stays.pk], at=at)
    follow_the_book({stays.pk}, on=on, at=at, cause="merge", opens=True)


def _end_second_case(stays: Borrower, goes: Borrower, *, on: date, at: datetime) -> None:
    """Of two cases that are worked or watched the one of the record that stays goes on; an open promise goes with it."""
    live = list(Case.objects.select_for_update().live().filter(borrower__in=[stays, goes]).order_by("pk"))
    if len(live) < 2:
        return
    kept, ended = sorted(live, key=lambda case: case.borrower_id != stays.pk)
    for promise in Promise.objects.filter(case=ended, state=Promise.State.OPEN):
        promise.case = ended
        if kept.state == Case.State.OPEN and not kept.promises.filter(state=Promise.State.OPEN).exists():
            Promise.objects.filter(pk=promise.pk).update(case=kept)
        else:
            withdraw_promise(promise, by=None, at=at, on=on)
    event = "merged" if ended.state == Case.State.OPEN else "merged_watched"
    moves.apply(ended, event, by=None, at=at, on=on, facts={"case": kept.pk}, callback_at=None)
    Assignment.objects.filter(case=ended, to_at=None).update(to_at=at)


def _close_twins(stays: Borrower, goes: Borrower, *, by: User, at: datetime) -> None:
    """What may stand once per borrower and stands with both ends on the record that goes."""
    for hold in Hold.objects.filter(borrower=goes, lifted_at=None):
        twin = Hold.objects.filter(borrower=stays, kind=hold.kind, lifted_at=None).first()
        if twin:
            lift_hold(twin if _outlasts(hold, twin) else hold, by=by, at=at)
    if CallHours.objects.filter(borrower=stays, to_at=None).exists():
        CallHours.objects.filter(borrower=goes, to_at=None).update(to_at=at)
    ends: list[tuple[type[models.Model], str, dict[str, Any]]] = [
        (OptOut, "channel", {"to_at": at}),
        (Consent, "kind", {"to_at": at}),
        (ContactPoint, "digest", {"retired_at": at}),
        (Mandate, "account_digest", {"revoked_at": at, "revoked_by": by, "revoked_words": "merged"}),
    ]
    for model, what, end in ends:
        rows: Any = models.QuerySet(model)
        is_open = {next(iter(end)): None}
        same = rows.filter(borrower=stays, **is_open).values(what)
        rows.filter(borrower=goes, **is_open, **{f"{what}__in": list(same.values_list(what, flat=True))}).update(**end)
    NameDigest.objects.filter(
        borrower=goes, digest__in=list(NameDigest.objects.filter(borrower=stays).values_list("digest", flat=True))
    ).delete()
    BorrowerRisk.objects.filter(borrower=goes).delete()


def _outlasts(one: Hold, other: Hold) -> bool:
    return other.to_on is not None and (one.to_on is None or one.to_on > other.to_on)


def _say_again(stays: Borrower, goes: Borrower) -> None:
    """Refusals and observations hold for the record that stays, too: rows of their own, for what was written is not rewritten."""
    silent = set(Refusal.objects.filter(borrower=stays).values_list("digest", flat=True))
    refusals = [row for row in Refusal.objects.filter(borrower=goes) if row.digest not in silent]
    Refusal.objects.bulk_create(_copies(refusals, stays))
    Observation.objects.bulk_create(_copies(Observation.objects.filter(borrower=goes), stays))
    Unscored.objects.create(borrower=stays)


def _copies(rows: Iterable[Any], stays: Borrower) -> list[Any]:
    return [
        type(row)(
            **{field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
            | {"id": None, "borrower_id": stays.pk}
        )
        for row in rows
    ]


def leading_to_a_borrower() -> dict[type[models.Model], str]:
    """Every table whose rows lead to a borrower, with the name of its key: on this floor, below it and above it."""
    links = Borrower._meta.get_fields(include_hidden=True)
    return {
        link.related_model: link.field.name
        for link in links
        if isinstance(link, models.ManyToOneRel) and link.related_model is not Borrower
    }


def is_moved(model: type[models.Model]) -> bool:
    """Evidence stays where it was written; points are reckoned anew."""
    return not getattr(model, "append_only", False) and model is not BorrowerRisk


def move_rows(stays: Borrower, goes: Borrower) -> Moved:
    """Have the rows of one record lead to the other; what both have alike for good (a reminder of one day) stays. Keys by table."""
    moved: Moved = {}
    for model, name in leading_to_a_borrower().items():
        if not is_moved(model):
            continue
        rows: Any = models.QuerySet(model)
        theirs = rows.filter(**{name: goes}).exclude(pk__in=_twins(model, name, stays, goes))
        if keys := list(theirs.order_by("pk").values_list("pk", flat=True)):
            rows.filter(pk__in=keys).update(**{name: stays})
            moved[model._meta.label_lower] = keys
    return moved


def _twins(model: type[models.Model], name: str, stays: Borrower, goes: Borrower) -> set[int]:
    """Rows that a uniqueness without a condition would refuse."""
    rows: Any = models.QuerySet(model)
    found: set[int] = set()
    for rule in model._meta.constraints:
        if isinstance(rule, models.UniqueConstraint) and name in rule.fields and rule.condition is None:
            others = [field for field in rule.fields if field != name]
            taken = set(rows.filter(**{name: stays}).values_list(*others))
            found |= {
                pk for pk, *value in rows.filter(**{name: goes}).values_list("pk", *others) if tuple(value) in taken
            }
    return found


def _fill_in(stays: Borrower, goes: Borrower) -> None:
    """A name or an identity number that only the other record has is taken over."""
    if not stays.name and goes.name:
        stays.name = goes.name
    if not stays.identity_digest and goes.identity_digest:
        stays.identity, stays.identity_digest = goes.identity, goes.identity_digest
    stays.save(update_fields=["name", "identity", "identity_digest"])


def sides(change: Change) -> Mapping[str, Borrower]:
    found = Borrower.objects.in_bulk([change.content["stays"], change.content["goes"]])
    return {name: found[change.content[name]] for name in ("stays", "goes")}


def _lines(change: Change) -> list[Line]:
    both = sides(change)
    told = {name: said(each) for name, each in both.items()}
    lines = [Line(label, told["goes"][label], told["stays"][label]) for label in told["stays"]]
    return [Line(_("Why they are one person"), "", why_words(change.content["why"])), *lines]


def said(borrower: Borrower) -> dict[str, str]:
    """A record in words, masked."""
    points = borrower.contact_points.filter(retired_at=None).order_by("pk")
    loans = Loan.objects.filter(borrower=borrower).order_by("number").values_list("number", flat=True)
    case = Case.objects.live().filter(borrower=borrower).select_related("owner").first()
    return {
        _("Reference"): borrower.ref,
        _("Name"): str(borrower.name) or "–",
        _("Identity number"): str(borrower.identity) or "–",
        _("Numbers and addresses"): _(", ").join(str(point) for point in points) or "–",
        _("Loans"): _(", ").join(loans) or "–",
        _("Case"): f"{case.bucket} · {case.owner or _('Not assigned.')}" if case else "–",
    }


HANDLERS[Change.Kind.MERGE] = Handler(_check, _apply, _lines)
