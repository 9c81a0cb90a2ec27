"""Who may decide a waiver or a write-off: the limits in force on a day, against what is asked for and was given before.

What was waived of the loan before counts towards the limit, so no amount can be cut into pieces that pass under it.
"""

from collections.abc import Iterator, Sequence
from datetime import date

from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lending.models import WaiverLimit, WaiverRequest
from lending.money import PPM
from lending.waivable import COMPONENTS, Parts
from staff.matrix import may
from staff.models import Role, User


def limits_on(on: date) -> list[WaiverLimit]:
    """The limits in force on a day, in the order of roles and amounts."""
    in_force = WaiverLimit.objects.filter(Q(valid_to=None) | Q(valid_to__gte=on), valid_from__lte=on)
    return list(in_force.order_by("role", "what", "share_max_ppm", "maker_role"))


def why_not(
    request: WaiverRequest, person: User, *, open_now: Parts, given: Parts, limits: Sequence[WaiverLimit]
) -> str:
    """Why this person may not approve the request, in words; empty when they may."""
    if not may(person.role, "lending.waive_decide"):
        return _("Waivers are decided by supervisors within their limits and by managers.")
    if person.pk == request.maker_id:
        return _("You asked for this yourself: somebody else must decide it.")
    return "" if is_within(request, person.role, open_now, given, limits) else _beyond(request, person.role, limits)


def is_within(request: WaiverRequest, role: str, open_now: Parts, given: Parts, limits: Sequence[WaiverLimit]) -> bool:
    """Whether for each component asked for a limit of that role reaches far enough."""
    mine = [limit for limit in limits if limit.role == role and limit.maker_role in {"", request.maker.role}]
    return all(
        any(_reaches(limit, asked + before, open_ + before) for limit in mine if limit.what == what)
        for what, asked, before, open_ in _asked(request, open_now, given)
    )


def who_may(request: WaiverRequest, open_now: Parts, given: Parts, limits: Sequence[WaiverLimit]) -> list[Role]:
    """The roles within whose limits the request lies."""
    return [
        role for role in Role if may(role, "lending.waive_decide") and is_within(request, role, open_now, given, limits)
    ]


def _asked(request: WaiverRequest, open_now: Parts, given: Parts) -> Iterator[tuple[str, int, int, int]]:
    """What is asked for: (what, amount, waived before, open now)."""
    if request.kind == WaiverRequest.Kind.WRITE_OFF:
        yield WaiverLimit.What.WRITE_OFF, request.amount, 0, request.amount
        return
    for what in COMPONENTS:
        if asked := getattr(request, what):
            yield what, asked, getattr(given, what), getattr(open_now, what)


def _reaches(limit: WaiverLimit, amount: int, of: int) -> bool:
    return amount <= limit.amount_max or amount * PPM <= limit.share_max_ppm * of


def _beyond(request: WaiverRequest, role: str, limits: Sequence[WaiverLimit]) -> str:
    """The role's own limits in words, those of the components asked for."""
    asked = {what for what, *_rest in _asked(request, Parts(), Parts())}
    chinese = (get_language() or "").startswith("zh")
    mine = [limit.text_zh if chinese else limit.text for limit in limits if limit.role == role and limit.what in asked]
    return (
        _("This lies beyond your limit.") + " " + " ".join(dict.fromkeys(mine))
        if mine
        else _("Your role has no limit for this.")
    )
