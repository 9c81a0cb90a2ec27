"""Notes on a case: added, never changed; adding one makes nobody's form stale."""

from datetime import datetime

from django.db import transaction

from audit.record import record
from cases.models import Case, CaseNote
from staff.models import User


@transaction.atomic
def add_note(*, case: Case, text: str, by: User, at: datetime) -> CaseNote:
    note = CaseNote.objects.create(case=case, text=text, by=by, at=at)
    record("cases.note_added", by=by, at=at, subject=case, note=note.pk)
    return note
