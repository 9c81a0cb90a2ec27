"""Circuit breakers: a gateway that fails again and again is left alone for a while, by every worker at once.

It opens after so many faults within its window, each clear answer taking one off. While it is open nothing is claimed for it; after
a pause, which doubles with each vain try, one message at a time tries whether it is back. A clear answer closes it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import Enum

from django.db import transaction
from django.db.models import Q

from dunning.channels.configuration import GatewaySettings
from dunning.channels.interface import Outcome
from dunning.models import Circuit

PAUSE_SECONDS_MAX = 300
PROBE_LEASE = timedelta(seconds=30)
"""As long as a claim holds: a worker that dies in its probe leaves the next one to others after that."""


class Passage(Enum):
    """Whether messages may be claimed for a gateway."""

    FREE = "free"
    WATCHED = "watched"
    """There were faults of late: clear answers are noted, too."""
    PROBE = "probe"
    """One, to see whether the gateway is back; it is ours to send."""
    SHUT = "shut"


def passage(gateway: GatewaySettings, machine_at: datetime) -> Passage:
    """Whether this worker may claim now; PROBE is given to one worker at a time."""
    circuit = Circuit.objects.filter(gateway=gateway.name).first()
    if circuit is None or not (circuit.opened_at or circuit.faults):
        return Passage.FREE
    if circuit.opened_at is None:
        return Passage.WATCHED
    if machine_at < probe_at(circuit, gateway):
        return Passage.SHUT
    free = Q(probing_until=None) | Q(probing_until__lt=machine_at)
    asleep = Circuit.objects.filter(free, pk=circuit.pk, opened_at=circuit.opened_at)
    return Passage.PROBE if asleep.update(probing_until=machine_at + PROBE_LEASE) else Passage.SHUT


def probe_at(circuit: Circuit, gateway: GatewaySettings) -> datetime:
    """When an open circuit is tried next."""
    assert circuit.opened_at is not None
    pause = min(gateway.pause_seconds * 2 ** min(circuit.probes, 20), max(PAUSE_SECONDS_MAX, gateway.pause_seconds))
    return circuit.opened_at + timedelta(seconds=pause)


def seconds_shut(gateway: GatewaySettings, machine_at: datetime) -> float:
    """How long until a message may be claimed for it."""
    circuit = Circuit.objects.filter(gateway=gateway.name).exclude(opened_at=None).first()
    if circuit is None:
        return 0.0
    free_at = max(probe_at(circuit, gateway), circuit.probing_until or machine_at)
    return max((free_at - machine_at).total_seconds(), 0.0)


def end_probe(gateway: GatewaySettings) -> None:
    """There was nothing to try it with."""
    Circuit.objects.filter(gateway=gateway.name).exclude(opened_at=None).update(probing_until=None)


@transaction.atomic
def note(
    gateway: GatewaySettings, outcomes: Sequence[Outcome], machine_at: datetime, *, is_probe: bool = False
) -> bool:
    """Count what came of these calls; whether the circuit is open from then on."""
    faults = [outcome for outcome in outcomes if outcome.is_fault]
    clear = sum(outcome.is_begun and not outcome.is_fault for outcome in outcomes)
    circuit = _locked(gateway)
    if faults:
        circuit.last_fault, circuit.last_fault_at = faults[-1].detail[:200], machine_at
    if circuit.opened_at is None:
        _count(circuit, gateway, len(faults) - clear, machine_at)
    elif clear and not faults:
        _close(circuit)
    elif faults and is_probe:
        circuit.opened_at, circuit.probes, circuit.probing_until = machine_at, circuit.probes + 1, None
    circuit.save()
    return circuit.opened_at is not None


def _locked(gateway: GatewaySettings) -> Circuit:
    mine = Circuit.objects.select_for_update().filter(gateway=gateway.name)
    if found := mine.first():
        return found
    Circuit.objects.bulk_create([Circuit(gateway=gateway.name)], ignore_conflicts=True)
    return mine.get()


def _count(circuit: Circuit, gateway: GatewaySettings, more: int, machine_at: datetime) -> None:
    window = timedelta(seconds=gateway.window_seconds)
    if circuit.window_from is None or machine_at - circuit.window_from > window:
        circuit.faults, circuit.window_from = 0, machine_at
    circuit.faults = max(circuit.faults + more, 0)
    if circuit.faults >= gateway.faults:
        circuit.opened_at = machine_at


def _close(circuit: Circuit) -> None:
    circuit.opened_at = circuit.probing_until = circuit.window_from = None
    circuit.faults = circuit.probes = 0
