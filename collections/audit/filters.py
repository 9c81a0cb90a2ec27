"""One filter for the record's page."""

from django.db.models import QuerySet

from audit.models import Entry

PAGE = 50


def entries(*, actor: str = "", action: str = "", subject: str = "", before: int | None = None) -> QuerySet[Entry]:
    """Newest first; `subject` is `type:id`; `before` is the number above which the page begins (keyset)."""
    found = Entry.objects.order_by("-number")
    if actor:
        found = found.filter(actor=actor)
    if action:
        found = found.filter(action__startswith=action)
    kind, _, pk = subject.partition(":")
    if kind and pk:
        found = found.filter(subject_type=kind, subject_id=pk)
    if before:
        found = found.filter(number__lt=before)
    return found
