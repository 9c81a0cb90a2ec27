"""How the gateways do: for the page, and for whoever watches the console from outside."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Count, Max

from contacts.models import Channel
from dunning import circuits
from dunning.channels.configuration import CHANNELS, GatewaySettings
from dunning.channels.registry import configured
from dunning.models import Attempt, Circuit, Reminder

MINUTE = timedelta(minutes=1)
LOOKED_AT_MAX = 10_000
"""Of the newest tries, for the rate of the last minute."""
State = Reminder.State
OPEN, PROBING, CLOSED = "open", "probing", "closed"


class Health(NamedTuple):
    """A gateway: whether it is passable, what it took in the last minute, and what waits behind it."""

    settings: GatewaySettings
    circuit: Circuit | None
    state: str
    next_probe_at: datetime | None
    last_minute: int
    unknown: int
    dead: int

    @property
    def channels(self) -> str:
        """The channels it serves, in words."""
        return ", ".join(
            str(label) for value, label in Channel.choices if value in CHANNELS and self.settings.serves(value)
        )

    @property
    def faults(self) -> int:
        return self.circuit.faults if self.circuit else 0

    @property
    def is_open(self) -> bool:
        return self.state != CLOSED


def of_all(*, at: datetime, machine_at: datetime) -> list[Health]:
    """Every gateway that is set up, in a constant number of queries."""
    known = {each.gateway: each for each in Circuit.objects.all()}
    newest = Attempt.objects.aggregate(pk=Max("pk"))["pk"] or 0
    taken = Attempt.objects.filter(pk__gt=newest - LOOKED_AT_MAX, result=Attempt.Result.ACCEPTED)
    rates = dict(
        taken.filter(at__gt=at - MINUTE, at__lte=at).values_list("reminder__gateway").annotate(n=Count("pk")).order_by()
    )
    doubtful = Reminder.objects.filter(state=State.UNKNOWN)
    unknown = dict(doubtful.values_list("gateway").annotate(n=Count("pk")).order_by())
    dead = dict(Reminder.objects.dead().values_list("gateway").annotate(n=Count("pk")).order_by())
    return [
        _health(each, known.get(each.name), machine_at, [counts.get(each.name, 0) for counts in (rates, unknown, dead)])
        for each in configured()
    ]


def _health(settings: GatewaySettings, circuit: Circuit | None, machine_at: datetime, counts: list[int]) -> Health:
    state, next_probe_at = CLOSED, None
    if circuit and circuit.opened_at:
        next_probe_at = circuits.probe_at(circuit, settings)
        is_probing = circuit.probing_until is not None and circuit.probing_until >= machine_at
        state = PROBING if is_probing else OPEN
    return Health(settings, circuit, state, next_probe_at, *counts)
