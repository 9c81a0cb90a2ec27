"""Mappings that are kept: by lender, kind of file and header."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from audit.record import record
from lending.imports.formats import Format
from lending.imports.mapping import Mapping, fingerprint
from lending.imports.records import header_of
from lending.imports.source import Source, UnreadableError
from lending.models import ImportMapping
from staff.models import User


@transaction.atomic
def remember(
    wanted: Format, *, lender: tuple[str, str], header: Sequence[str], by: User, at: datetime
) -> ImportMapping:
    """Keep the format's mapping for files of that header from this lender (code and name); the last answer counts."""
    assert wanted.mapping
    code, name = lender
    kept, _made = ImportMapping.objects.update_or_create(
        lender=code,
        format=wanted.code,
        fingerprint=fingerprint(header),
        defaults={**wanted.mapping._asdict(), "lender_name": name, "made_by": by, "made_at": at},
    )
    record(
        "lending.import_mapping_kept",
        by=by,
        at=at,
        subject=kept,
        lender=name,
        format=wanted.code,
        mapping=wanted.mapping._asdict(),
    )
    return kept


def remembered(wanted: Format, header: Sequence[str]) -> list[ImportMapping]:
    """The mappings kept for files of that header, newest first."""
    kept = ImportMapping.objects.filter(format=wanted.code, fingerprint=fingerprint(header))
    return list(kept.order_by("-made_at", "-pk"))


def as_remembered(wanted: Format, source: Source, lender: str) -> Format:
    """The format read through what is kept for that lender's header; UnreadableError when nothing is."""
    for kept in remembered(wanted, header_of(source)):
        if kept.lender == lender:
            return wanted._replace(mapping=mapping_of(kept))
    raise UnreadableError(_("No columns are remembered for %(lender)s and this header.") % {"lender": lender})


def mapping_of(kept: ImportMapping) -> Mapping:
    return Mapping.of({"columns": kept.columns, "always": kept.always, "days": kept.days})
