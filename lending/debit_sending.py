"""Sends debits: claim by compare-and-set, call the provider outside any transaction, write what came of it.

The committed claim is the attempt: whoever finds one whose lease ran out must take it that the call was made. A provider that
knows the key gets the same key again; one that cannot recognise a repeat gets none, and the debit becomes unknown. What is
certain not to have left is tried again. The rules are asked once more at each claim.
"""

from collections import Counter
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from audit.clock import machine_now
from audit.failpoints import failpoint
from lending import providers
from lending.days import business_date
from lending.debits import note, what_stops
from lending.models import Debit
from lending.ordered import failed
from staff.outside import Reply, Result

State = Debit.State
LEASE = timedelta(seconds=30)
"""Longer than connecting and reading may take together."""
CLAIMS_MAX = 10
WAIT_SECONDS_MAX = 900
BATCH = 50


def send_due(at: datetime) -> Counter[str]:
    """Take back what the dead left, then send what is due, at most a batch; how many debits came to which state."""
    ended = reap(at)
    for _turn in range(BATCH):
        debit, state = claim(at)
        if debit is None and state is None:
            break
        if debit is None:
            ended[str(state)] += 1
            continue
        failpoint("lending.debit.before_call")
        reply = providers.order_debit(debit)
        failpoint("lending.debit.after_call")
        ended[finish(debit, reply, at)] += 1
    return ended


@transaction.atomic
def claim(at: datetime) -> tuple[Debit | None, str | None]:
    """The next debit, ours for the length of a lease; or the state in which one ended here; or nothing of both."""
    waiting = Debit.objects.due(machine_now()).select_related("loan__borrower", "loan__funder", "mandate")
    debit = waiting.order_by("asked_at", "pk").select_for_update(skip_locked=True, of=("self",)).first()
    if debit is None:
        return None, None
    found = what_stops(debit, on=business_date(at), at=at)
    if found:
        return None, _end(debit, State.UNKNOWN if debit.is_doubtful else State.CANCELLED, str(found), at)
    mine = Debit.objects.filter(pk=debit.pk, state=State.DUE, token=debit.token)
    if not mine.update(state=State.SENDING, token=F("token") + 1, lease_until=machine_now() + LEASE, retry_at=None):
        return None, State.DUE
    debit.state, debit.token = State.SENDING, debit.token + 1
    return debit, None


@transaction.atomic
def finish(debit: Debit, reply: Reply, at: datetime) -> str:
    """Write what is known of the call, unless the result or somebody else was faster; the state it is in now."""
    held = Debit.objects.select_for_update().filter(pk=debit.pk, state=State.SENDING, token=debit.token)
    if not held.exists():
        return Debit.objects.values_list("state", flat=True).get(pk=debit.pk)
    if reply.result == Result.REJECTED:
        failed(debit, reply.detail, on=business_date(at), at=at)
        return State.FAILED
    state, reason = state_after(reply.result, debit)
    if state in {State.UNKNOWN, State.CANCELLED}:
        return _end(debit, state, reason, at)
    wait = timedelta(seconds=min(2**debit.token, WAIT_SECONDS_MAX))
    held.update(
        state=state,
        lease_until=None,
        retry_at=machine_now() + wait if state == State.DUE else None,
        is_doubtful=debit.is_doubtful or reply.result == Result.AMBIGUOUS,
    )
    return state


def state_after(result: Result, debit: Debit) -> tuple[str, str]:
    """What becomes of a debit after a call, with the reason if that is its end for now."""
    is_last = debit.token >= CLAIMS_MAX
    if result == Result.ACCEPTED:
        return State.ASKED, ""
    if result == Result.NOT_SENT and not is_last:
        return State.DUE, ""
    if result == Result.NOT_SENT and not debit.is_doubtful:
        return State.CANCELLED, "provider_unreachable"
    if result == Result.AMBIGUOUS and not is_last and not providers.is_plain():
        return State.DUE, ""
    return State.UNKNOWN, "ambiguous"


@transaction.atomic
def reap(at: datetime) -> Counter[str]:
    """Debits whose worker died: due again under the same key, or unknown where a repeat would not be recognised."""
    ended: Counter[str] = Counter()
    left = Debit.objects.abandoned(machine_now()).select_related("loan").order_by("pk")
    for debit in left.select_for_update(skip_locked=True, of=("self",))[:BATCH]:
        if providers.is_plain() or debit.token >= CLAIMS_MAX:
            ended[_end(debit, State.UNKNOWN, "ambiguous", at)] += 1
        else:
            mine = Debit.objects.filter(pk=debit.pk, state=State.SENDING, token=debit.token)
            mine.update(state=State.DUE, lease_until=None, retry_at=None, is_doubtful=True)
    return ended


def _end(debit: Debit, state: str, reason: str, at: datetime) -> str:
    """From where it was found to that state; an unknown one is not over yet."""
    ended_at = None if state == State.UNKNOWN else at
    mine = Debit.objects.filter(pk=debit.pk, state=debit.state, token=debit.token)
    mine.update(state=state, reason=reason, lease_until=None, ended_at=ended_at, is_doubtful=state == State.UNKNOWN)
    debit.reason = reason
    note("unknown" if state == State.UNKNOWN else "cancelled", debit, at=at, by=None)
    return state
