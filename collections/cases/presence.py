"""Two people on one case see each other: a row per person, good for a minute."""

from datetime import datetime, timedelta

from cases.models import Case, Presence
from staff.models import User

SEEN_FOR = timedelta(seconds=60)


def others_here(case: Case, *, user: User, at: datetime) -> list[User]:
    """Who else has this case open now."""
    rows = Presence.objects.filter(case=case, seen_at__gte=at - SEEN_FOR).exclude(user=user)
    return [row.user for row in rows.select_related("user").order_by("pk")]


def note_presence(case: Case, *, user: User, at: datetime) -> None:
    """This person has the case open; old rows are swept as one goes."""
    Presence.objects.filter(seen_at__lt=at - SEEN_FOR).delete()
    Presence.objects.update_or_create(case=case, user=user, defaults={"seen_at": at})
