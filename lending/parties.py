"""Who lends, what kinds of loans there are, who owes, and how they are reached.

Registering is idempotent by the lender's own reference: what is there already stays as it is, save that an empty name or
identity number is filled in. Names are digested whole and by part, numbers whole, so that they can be found.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from audit.record import record
from lending.models import ALWAYS, Borrower, ContactPoint, Funder, NameDigest, Product
from lending.models.parties import typed_as
from lending.personal import IdentityNumber, PersonName, PhoneNumber
from lending.signals import contact_points_changed
from lending.versions import product_versions, version_on
from staff.models import User

DIGITS_MIN, DIGITS_MAX = 5, 15
"""An international number has at most 15 digits (ITU-T E.164); service lines have as few as 5."""
ROWS_MAX = 500
_PHONE_MARKS = set("+-() .\u00a0\uff0b\uff0d\uff08\uff09")


class ContactPointError(ValueError):
    """A number or address that cannot be added or retired, in words for whoever tried."""


class NewBorrower(NamedTuple):
    ref: str
    name: str = ""
    identity: str = ""
    language: str = Borrower.Language.ZH
    time_zone: str = "Asia/Shanghai"


class NewContactPoint(NamedTuple):
    borrower: Borrower
    value: str
    kind: str = ContactPoint.Kind.MOBILE
    source: str = "lender"
    holder: str = ContactPoint.Holder.BORROWER


def get_funder(code: str, name: str | None = None) -> Funder:
    """The funder of that code, made on first sight; it signs its messages with its name until told otherwise."""
    funder, _made = Funder.objects.get_or_create(
        code=code, defaults={"name": name or code, "signature": (name or code)[:40]}
    )
    return funder


def get_product(code: str, *, on: date = date.max, **defaults: Any) -> Product:
    """The version of that product that holds for a loan starting `on` (the newest unless given).

    A product is made on first sight with these conventions; one that exists keeps its own.
    """
    versions = product_versions([code]).get(code)
    if versions:
        return version_on(versions, on)
    product, _made = Product.objects.get_or_create(code=code, valid_from=ALWAYS, defaults={"name": code, **defaults})
    return product


@transaction.atomic
def register_borrower(
    *,
    ref: str,
    name: str = "",
    identity: str = "",
    language: str = Borrower.Language.ZH,
    time_zone: str = "Asia/Shanghai",
    at: datetime,
) -> Borrower:
    """The borrower of that reference, made on first sight."""
    return register_borrowers([NewBorrower(ref, name, identity, language, time_zone)], at=at)[ref]


@transaction.atomic
def register_borrowers(rows: Iterable[NewBorrower], *, at: datetime) -> dict[str, Borrower]:
    """The borrowers of these references, those not yet known made; of several rows of one reference the first counts."""
    wanted = {row.ref: row for row in reversed(list(rows))}
    known = _borrowers(list(wanted))
    new = [row for row in wanted.values() if row.ref not in known]
    Borrower.objects.bulk_create([_borrower(row) for row in new], batch_size=ROWS_MAX, ignore_conflicts=True)
    known |= _borrowers([row.ref for row in new])
    filled = [known[row.ref] for row in wanted.values() if row not in new and _fill_in(known[row.ref], row)]
    Borrower.objects.bulk_update(filled, ["name", "identity", "identity_digest"], batch_size=ROWS_MAX)
    named = [*new, *(wanted[borrower.ref] for borrower in filled)]
    digests = [
        NameDigest(borrower=known[row.ref], digest=digest)
        for row in named
        for digest in sorted(PersonName(row.name).part_digests())
    ]
    NameDigest.objects.bulk_create(digests, batch_size=ROWS_MAX, ignore_conflicts=True)
    return known


def _borrowers(refs: Sequence[str]) -> dict[str, Borrower]:
    """By reference; of a record that was merged the one that stays."""
    found: dict[str, Borrower] = {}
    for start in range(0, len(refs), ROWS_MAX):
        rows = Borrower.objects.filter(ref__in=refs[start : start + ROWS_MAX]).select_related("merged_into")
        found |= {each.ref: each.merged_into or each for each in rows}
    return found


def _borrower(row: NewBorrower) -> Borrower:
    return Borrower(
        ref=row.ref,
        name=PersonName(row.name),
        identity=IdentityNumber(row.identity),
        identity_digest=IdentityNumber(row.identity).digest() if row.identity else "",
        language=row.language,
        time_zone=row.time_zone,
    )


def _fill_in(borrower: Borrower, row: NewBorrower) -> bool:
    """Take over a name or an identity number where there was none; says whether there was something to take."""
    takes_name = bool(row.name) and not borrower.name
    takes_identity = bool(row.identity) and not borrower.identity
    if takes_name:
        borrower.name = PersonName(row.name)
    if takes_identity:
        borrower.identity = IdentityNumber(row.identity)
        borrower.identity_digest = IdentityNumber(row.identity).digest()
    return takes_name or takes_identity


@transaction.atomic
def set_language(borrower: Borrower, language: str, *, by: User, at: datetime) -> None:
    """From now on we write and speak to them in that language."""
    if borrower.language == Borrower.Language(language):
        return
    Borrower.objects.filter(pk=borrower.pk).update(language=language)
    borrower.language = language
    record("lending.language_set", by=by, at=at, subject=borrower, language=language)


@transaction.atomic
def add_contact_point(
    *,
    borrower: Borrower,
    kind: str,
    value: str,
    source: str,
    by: User | None,
    at: datetime,
    holder: str = ContactPoint.Holder.BORROWER,
) -> ContactPoint:
    """Add a number or an address to a borrower; ContactPointError when it is none or is there already."""
    point = _point(NewContactPoint(borrower, value, kind, source, holder), by, at)
    try:
        with transaction.atomic():
            point.save(force_insert=True)
    except IntegrityError:
        raise ContactPointError(_("This borrower already has that number or address.")) from None
    record("lending.contact_point_added", by=by, at=at, subject=borrower, point=point.pk, kind=kind, source=source)
    contact_points_changed.send(ContactPoint, borrower_ids=[borrower.pk], at=at)
    return point


@transaction.atomic
def add_contact_points(rows: Iterable[NewContactPoint], *, at: datetime) -> int:
    """Add the points of an import that are not there yet, and say how many; the import writes the audit entry.

    ContactPointError when one of them is no number or address: ask `contact_point_fault` first.
    """
    points = {(point.borrower_id, point.digest): point for point in (_point(row, None, at) for row in rows)}
    borrowers = {borrower for borrower, _digest in points}
    there = set(ContactPoint.objects.filter(borrower__in=borrowers, retired_at=None).values_list("borrower", "digest"))
    new = [point for key, point in points.items() if key not in there]
    ContactPoint.objects.bulk_create(new, batch_size=ROWS_MAX, ignore_conflicts=True)
    if new:
        contact_points_changed.send(ContactPoint, borrower_ids={point.borrower_id for point in new}, at=at)
    return len(new)


def contact_point_fault(kind: str, value: str) -> str | None:
    """Why a text is no number or address of that kind, or None."""
    if kind == ContactPoint.Kind.EMAIL:
        try:
            validate_email(value.strip())
        except ValidationError:
            return _("This is not an e-mail address.")
        return None
    if kind not in ContactPoint.Kind.values:
        return _("There is no such kind of contact point.")
    if kind == ContactPoint.Kind.ADDRESS:
        return None if value.strip() else _("An address cannot be empty.")
    return _number_fault(value)


def _number_fault(value: str) -> str | None:
    if any(not character.isdigit() and character not in _PHONE_MARKS for character in value.strip()):
        return _("A phone number has digits, spaces, brackets, dashes and a plus only.")
    if not DIGITS_MIN <= len(PhoneNumber(value).normalised()) <= DIGITS_MAX:
        return _("A phone number has 5 to 15 digits.")
    return None


def _point(row: NewContactPoint, by: User | None, at: datetime) -> ContactPoint:
    if fault := contact_point_fault(row.kind, row.value):
        raise ContactPointError(fault)
    typed = typed_as(row.kind)(row.value.strip())
    return ContactPoint(
        borrower=row.borrower,
        kind=row.kind,
        value=typed,
        digest=typed.digest(),
        source=row.source,
        holder=row.holder,
        added_by=by,
        added_at=at,
    )


@transaction.atomic
def retire_contact_point(point: ContactPoint, *, by: User | None, at: datetime) -> None:
    """Stop using a number or an address; the row stays. ContactPointError when it is retired already."""
    if not ContactPoint.objects.filter(pk=point.pk, retired_at=None).update(retired_at=at):
        raise ContactPointError(_("This number or address is retired already."))
    point.retired_at = at
    record("lending.contact_point_retired", by=by, at=at, subject=point.borrower, point=point.pk, kind=point.kind)
    contact_points_changed.send(ContactPoint, borrower_ids=[point.borrower_id], at=at)


def mark_quality(point: ContactPoint, quality: str) -> None:
    """Note what the last try told about a number or address."""
    ContactPoint.objects.filter(pk=point.pk).update(quality=ContactPoint.Quality(quality))
    point.quality = quality
