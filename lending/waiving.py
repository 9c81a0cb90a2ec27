"""Asking for a waiver or a write-off, and deciding it: one person asks, a second decides exactly what was asked for.

A request is known by the hash of its content: whoever decides names the hash that they looked at, and a request whose row
was changed since no longer matches its own. An approval looks once more at what is open, keeps the append-only rows, and
settles the loan, in one transaction that holds the loan. Of several deciders one wins, by compare-and-set on the state.
"""

import hashlib
from datetime import date, datetime
from typing import Final

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from audit.chain import canonical
from audit.record import record
from lending import consents
from lending.facts import standing_of
from lending.horizon import day_of_writing, hold_loans
from lending.models import Loan, Waiver, WaiverRequest, WriteOff
from lending.money import format_amount
from lending.settling import settle_reached
from lending.signals import debt_given_up
from lending.standing import Standing
from lending.waivable import Parts, open_parts, waived_parts
from lending.waiver_limits import limits_on, why_not
from staff.matrix import may
from staff.models import User

Kind, State = WaiverRequest.Kind, WaiverRequest.State
ASKING: Final = {Kind.WAIVER: "lending.waive", Kind.WRITE_OFF: "lending.write_off"}


class WaiverError(ValueError):
    """What cannot be waived or written off, in words for whoever asks or decides."""


class WaiverStaleError(WaiverError):
    """The request was decided or changed by somebody else, or the debt is not what was looked at; nothing was written."""


@transaction.atomic
def request_waiver(
    *, loan: Loan, parts: Parts, reason: str, words: str, by: User, at: datetime, on: date
) -> WaiverRequest:
    """Ask that these amounts be given up; WaiverError, PermissionDenied."""
    loan = _held(loan, by, Kind.WAIVER)
    state = standing_of(loan, on)
    open_now = open_parts(state)
    if min(parts) < 0 or not parts.total:
        raise WaiverError(_("Say how much is to be waived."))
    _check_open(loan, parts, open_now)
    if refusal := consents.refusal(
        consents.needs_of(loan, consents.waiver_instruments(parts, reason), on=on, state=state)
    ):
        raise WaiverError(refusal)
    return _ask(loan, Kind.WAIVER, parts, open_now, reason, words, by=by, at=at, on=on)


@transaction.atomic
def request_write_off(*, loan: Loan, reason: str, words: str, by: User, at: datetime, on: date) -> WaiverRequest:
    """Propose that the loan be written off with all that is open of it; WaiverError, PermissionDenied."""
    loan = _held(loan, by, Kind.WRITE_OFF)
    state = standing_of(loan, on)
    if loan.status != Loan.Status.ACTIVE or not state.days_past_due:
        raise WaiverError(_("Only a loan that is past due can be written off."))
    open_now = open_parts(state)
    return _ask(loan, Kind.WRITE_OFF, open_now, open_now, reason, words, by=by, at=at, on=on)


@transaction.atomic
def decide(
    request: WaiverRequest, *, approve: bool, words: str, payload_hash: str, by: User, at: datetime, on: date
) -> WaiverRequest:
    """Approve or reject exactly what has that hash; WaiverStaleError, WaiverError, PermissionDenied."""
    _require(by, "lending.waive_decide")
    hold_loans([request.loan_id])
    request = WaiverRequest.objects.select_related("loan__product", "maker").get(pk=request.pk)
    if request.state != State.WAITING or not payload_hash == request.payload_hash == hash_of(request):
        raise WaiverStaleError(_("This was decided or changed since you opened it. Nothing was saved; look again."))
    if by.pk == request.maker_id:
        raise WaiverError(_("You asked for this yourself: somebody else must decide it."))
    if not approve and not words.strip():
        raise WaiverError(_("Say why, so that whoever asked knows."))
    state = standing_of(request.loan, on)
    if approve:
        _check_approval(request, state, by, on)
    _move(request, State.APPROVED if approve else State.REJECTED, checker=by, decided_at=at, decided_words=words)
    _note("approved" if approve else "rejected", request, by, at)
    if approve:
        _take_effect(request, state, by=by, at=at, on=on)
    return request


@transaction.atomic
def withdraw(request: WaiverRequest, *, by: User, at: datetime) -> WaiverRequest:
    """Take back a request that waits; whoever asked may. WaiverStaleError, PermissionDenied."""
    _require(by, ASKING[Kind(request.kind)])
    if by.pk != request.maker_id:
        raise PermissionDenied("lending.waive")
    hold_loans([request.loan_id])
    _move(request, State.WITHDRAWN)
    _note("withdrawn", request, by, at)
    return request


def waiting_for(loan: Loan) -> WaiverRequest | None:
    """The one request of this loan that waits; no query where the loan's requests are read already."""
    return next((request for request in loan.waiver_requests.all() if request.state == State.WAITING), None)


def hash_of(request: WaiverRequest) -> str:
    """SHA-256 over the canonical JSON of who asked for what, of which loan, on which day and why."""
    names = (
        *("kind", "reason", "words", "penalty", "interest", "principal", "maker_id", "loan_id"),
        *("open_penalty", "open_interest", "open_principal"),
    )
    content = {name: getattr(request, name) for name in names} | {"made_on": request.made_on.isoformat()}
    content |= {"kind": str(request.kind), "reason": str(request.reason)}
    return hashlib.sha256(canonical(content).encode()).hexdigest()


def needs_of(request: WaiverRequest, state: Standing) -> list[consents.Need]:
    """What the creditors say to the request on that day; a write-off gives nothing up that is theirs."""
    asked = consents.waiver_instruments(asked_parts(request), request.reason)
    is_waiver = request.kind == Kind.WAIVER
    payload = request.payload_hash
    return consents.needs_of(request.loan, asked, on=state.on, payload_hash=payload, state=state) if is_waiver else []


def asked_parts(request: WaiverRequest) -> Parts:
    return Parts(request.penalty, request.interest, request.principal)


def _held(loan: Loan, by: User, kind: str) -> Loan:
    """The loan as it stands now, held; WaiverError when a request of it waits already."""
    _require(by, ASKING[Kind(kind)])
    hold_loans([loan.pk])
    if waiting_for(loan):
        raise WaiverError(_("A request for this loan waits already."))
    return Loan.objects.select_related("product").get(pk=loan.pk)


def _ask(
    loan: Loan, kind: str, parts: Parts, open_now: Parts, reason: str, words: str, *, by: User, at: datetime, on: date
) -> WaiverRequest:
    request = WaiverRequest(
        loan=loan, kind=kind, reason=WaiverRequest.Reason(reason), words=words, maker=by, made_at=at, made_on=on,
        **parts._asdict(), **{f"open_{name}": amount for name, amount in open_now._asdict().items()},
    )  # fmt: skip
    request.payload_hash = hash_of(request)
    try:
        with transaction.atomic():
            request.save(force_insert=True)
    except IntegrityError:
        raise WaiverError(_("A request for this loan waits already.")) from None
    _note("requested", request, by, at)
    return request


def _check_open(loan: Loan, parts: Parts, open_now: Parts) -> None:
    if not parts.is_within(open_now):
        amounts = {name: format_amount(amount, loan.currency) for name, amount in open_now._asdict().items()}
        raise WaiverError(
            _("No more than this is open: penalty %(penalty)s, interest %(interest)s, principal %(principal)s.")
            % amounts
        )


def _check_approval(request: WaiverRequest, state: Standing, by: User, on: date) -> None:
    open_now, given = open_parts(state), waived_parts(state)
    if request.kind == Kind.WAIVER:
        _check_open(request.loan, asked_parts(request), open_now)
        if missing := consents.missing(needs_of(request, state)):
            raise WaiverError(missing)
    elif request.loan.status != Loan.Status.ACTIVE or open_now[1:] != (request.interest, request.principal):
        raise WaiverStaleError(_("The debt is not what it was when this was asked for: reject it and ask anew."))
    if refusal := why_not(request, by, open_now=open_now, given=given, limits=limits_on(on)):
        raise WaiverError(refusal)


def _take_effect(request: WaiverRequest, state: Standing, *, by: User, at: datetime, on: date) -> None:
    loan, on = request.loan, day_of_writing(on)
    two = {"maker_id": request.maker_id, "checker": by, "at": at, "on": on, "loan": loan}
    if request.kind == Kind.WRITE_OFF:
        WriteOff.objects.create(request=request, **open_parts(state)._asdict(), **two)
        Loan.objects.filter(pk=loan.pk).update(status=Loan.Status.WRITTEN_OFF, paid_off_on=None)
    else:
        given = asked_parts(request)._asdict().items()
        Waiver.objects.bulk_create(
            [Waiver(request=request, component=name, amount=amount, **two) for name, amount in given if amount]
        )
    settle_reached([loan.pk])
    debt_given_up.send(WaiverRequest, loan=loan, kind=str(request.kind), on=on, at=at)


def _move(request: WaiverRequest, state: str, **changes: object) -> None:
    """From waiting to `state`, by compare-and-set; WaiverStaleError when somebody was quicker."""
    seen = WaiverRequest.objects.filter(pk=request.pk, state=State.WAITING, payload_hash=request.payload_hash)
    if not seen.update(state=state, **changes):
        raise WaiverStaleError(_("This was decided or changed since you opened it. Nothing was saved; look again."))
    for name, value in (changes | {"state": state}).items():
        setattr(request, name, value)


def _note(event: str, request: WaiverRequest, by: User, at: datetime) -> None:
    record(
        f"lending.{request.kind}_{event}",
        by=by,
        at=at,
        subject=request,
        loan=request.loan.number,
        currency=request.loan.currency,
        amount=request.amount,
        reason=str(request.reason),
        payload_hash=request.payload_hash,
        **asked_parts(request)._asdict(),
    )


def _require(by: User, capability: str) -> None:
    """PermissionDenied unless that person works here and has that capability now."""
    if not by.is_active or not may(by.role, capability):
        raise PermissionDenied(capability)
