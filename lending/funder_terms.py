"""A funder's dated terms: its names, its signature, and what may be done with its claims without asking it."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lending.changes import HANDLERS, ChangeError, Handler, Line
from lending.lenders import LenderKind
from lending.models import Change, Funder, FunderVersion
from lending.rights import Instrument, Right
from lending.versions import NAMES, as_it_stands, bring_up_funders, funder_versions

LABELS: Final[Mapping[str, str | Promise]] = {
    "name": gettext_lazy("Name in English"),
    "name_zh": gettext_lazy("Name in Chinese"),
    "signature": gettext_lazy("Signature of messages in English"),
    "signature_zh": gettext_lazy("Signature of messages in Chinese"),
    "service_phone": gettext_lazy("Service line"),
    "lender_kind": gettext_lazy("Kind of lender"),
}
INSTRUMENTS: Final[Mapping[Instrument, str | Promise]] = {
    Instrument.EXTENSION: gettext_lazy("Extend before maturity"),
    Instrument.DEFERRAL: gettext_lazy("Defer what is overdue"),
    Instrument.RESTRUCTURE: gettext_lazy("Restructure"),
    Instrument.WAIVE_PENALTY: gettext_lazy("Waive penalty"),
    Instrument.WAIVE_INTEREST: gettext_lazy("Waive interest"),
    Instrument.WAIVE_PRINCIPAL: gettext_lazy("Waive principal"),
    Instrument.SETTLEMENT: gettext_lazy("Settle for less"),
}
RIGHTS: Final[Mapping[Right, str | Promise]] = {
    Right.FREE: gettext_lazy("without asking"),
    Right.CONSENT: gettext_lazy("with the funder's consent"),
    Right.NEVER: gettext_lazy("never"),
}


def terms_of(version: FunderVersion) -> dict[str, Any]:
    """The version as plain values: the names, and the right by instrument."""
    rights = {str(each): str(version.rights.get(each, Right.FREE)) for each in Instrument}
    return {name: getattr(version, name) for name in NAMES} | {"rights": rights}


def compared(before: FunderVersion | None, after: Mapping[str, Any]) -> list[Line]:
    """Two versions side by side."""
    old = terms_of(before) if before else None
    names = [
        Line(str(LABELS[name]), _words(name, old) if old else "", _words(name, after), str(_("Name"))) for name in NAMES
    ]
    rights = [
        Line(
            str(words),
            right_words(old["rights"][each]) if old else "",
            right_words(after["rights"].get(each, Right.FREE)),
            str(_("Rights")),
        )
        for each, words in INSTRUMENTS.items()
    ]
    return [*names, *rights]


def _words(name: str, terms: Mapping[str, Any]) -> str:
    value = said(terms)[name]
    return str(LenderKind(value).label) if name == "lender_kind" else str(value)


def said(content: Mapping[str, Any]) -> dict[str, Any]:
    """The content of a change with the terms that funders have gained since it was put forward."""
    return {name: content.get(name, "") for name in NAMES} | {"rights": content["rights"]}


def right_words(right: str) -> str:
    return str(RIGHTS[Right(right)])


def _check(change: Change, on: date) -> None:
    funder = Funder.objects.filter(code=change.subject).first()
    if funder is None:
        return
    last = funder_versions(funder)[-1]
    if change.from_on <= last.valid_from:
        day = last.valid_from.isoformat()
        raise ChangeError(_("A new version begins after the one of %(day)s.") % {"day": day}, "valid_from")
    if terms_of(last) == said(change.content):
        raise ChangeError(_("Nothing differs from the version before."))


def _apply(change: Change, on: date) -> None:
    """Add the version; a funder's first change keeps what stood before as its version from the beginning."""
    content = said(change.content)
    names = {name: content[name] for name in NAMES}
    funder, is_new = Funder.objects.get_or_create(code=change.subject, defaults=names)
    if not is_new and not FunderVersion.objects.filter(funder=funder).exists():
        as_it_stands(funder).save(force_insert=True)
    FunderVersion.objects.create(
        funder=funder, valid_from=change.from_on, rights=content["rights"], change=change, **names
    )
    bring_up_funders(on)


def _lines(change: Change) -> list[Line]:
    funder = Funder.objects.filter(code=change.subject).first()
    versions = funder_versions(funder) if funder else []
    before = [each for each in versions if each.valid_from < change.from_on]
    return compared(before[-1] if before else None, change.content)


HANDLERS[Change.Kind.FUNDER] = Handler(_check, _apply, _lines)
