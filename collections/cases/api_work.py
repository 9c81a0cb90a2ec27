"""An agent's verbs on a case for machines: the services that the drawers call, once by the `Idempotency-Key`.

Money is text in major units of the case's currency. `seen`, where it is given, is the version that was decided on: 409 when the
case has moved since. What a service refuses at a field is a 400 that names it; what the case as it stands does not allow is a 409.
"""

from collections.abc import Callable
from typing import Any, cast

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from cases.assignment import AwayError, CapacityError, ask_hand_over, hand_over
from cases.callbacks import CallbackRefusedError, set_callback
from cases.calls import CallResult, OutcomeRefusedError, ReasonMissingError, wrap_up_call
from cases.claims import says_paid
from cases.edge import StaffRequest, day_of
from cases.facts import loans_now, owed
from cases.judging import Sum
from cases.models import Case, DelayReason
from cases.moves import MoveError, StaleError
from cases.notes import add_note
from cases.promise_terms import PARTS_MAX
from cases.promises import PromiseRefusedError, record_promise
from cases.reasons import record_reason
from contacts.calls import WrapUpError
from contacts.edge import StaffRequest as ContactRequest
from contacts.edge import first_day_of_a_hold
from contacts.holds import HoldError, place_hold
from contacts.models import Channel, Contact, Hold
from lending.money import AmountError, parse_amount
from staff.api_once import CONFLICT, KEY, once_by_key
from staff.models import User

NOW = (StaleError, MoveError, CapacityError, AwayError, WrapUpError)
Told = dict[str, Any]


class SeenIn(serializers.Serializer[Any]):
    """What every verb that moves a case takes."""

    seen = serializers.IntegerField(min_value=0, required=False, default=None, help_text="the version decided on")


class PartIn(serializers.Serializer[Any]):
    amount = serializers.CharField(max_length=20)
    due_on = serializers.DateField()


class PromiseIn(SeenIn):
    """One sum, or several parts in the order of their days."""

    parts = serializers.ListField(child=PartIn(), min_length=1, max_length=PARTS_MAX)
    replace = serializers.BooleanField(required=False, default=False)


class NoteIn(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=4000)


class CallbackIn(SeenIn):
    callback_at = serializers.DateTimeField(help_text="with its offset")


class ReasonIn(SeenIn):
    code = serializers.ChoiceField(choices=DelayReason.Code.choices)
    note = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)


class PaidClaimIn(SeenIn):
    note = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)


class HandOverIn(SeenIn):
    """`to` empty: the supervisor is asked."""

    to = serializers.CharField(max_length=150, required=False, default="", allow_blank=True, help_text="user name")
    reason = serializers.CharField(max_length=120)


class HoldIn(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=Hold.Kind.choices)
    reason = serializers.CharField(max_length=300)
    to_on = serializers.DateField(required=False, default=None, allow_null=True, help_text="empty: until it is lifted")


class WrapUpIn(serializers.Serializer[Any]):
    """What came of a call that this person placed; only the outcome is always wanted."""

    outcome = serializers.CharField(max_length=40, help_text="a code of `GET /api/v1/next-steps/`")
    note = serializers.CharField(max_length=2000, required=False, default="", allow_blank=True)
    reason = serializers.ChoiceField(choices=DelayReason.Code.choices, required=False, default="", allow_blank=True)
    amount = serializers.CharField(max_length=20, required=False, default="", allow_blank=True)
    due_on = serializers.DateField(required=False, default=None, allow_null=True)
    replace = serializers.BooleanField(required=False, default=False)
    has_paid = serializers.BooleanField(required=False, default=False)
    callback_at = serializers.DateTimeField(required=False, default=None, allow_null=True)

    def validate(self, attrs: Told) -> Told:
        """As the form: an amount comes with its day."""
        if bool(attrs["amount"]) != bool(attrs["due_on"]):
            raise serializers.ValidationError({"due_on": "an amount and its day come together"})
        return attrs


class DoneOut(serializers.Serializer[Any]):
    """The case after the act."""

    case = serializers.IntegerField(source="pk")
    version = serializers.IntegerField()
    owner = serializers.CharField(source="owner.username", allow_null=True, default=None)
    next_action = serializers.CharField()
    next_at = serializers.DateTimeField(allow_null=True)


class CaseVerb(APIView):
    """A verb on a case within this person's scope."""

    audience = {"POST": "cases.work"}

    def done(
        self, request: Request, pk: int, asked: type[serializers.Serializer[Any]], act: Callable[[Case, Told], object]
    ) -> Response:
        """201 with the case as it is then, 400 and 409 with what stands in the way."""
        mine = Case.objects.visible_to(cast(User, request.user)).select_related("borrower", "owner")
        case = get_object_or_404(mine, pk=pk)
        given = asked(data=request.data)
        given.is_valid(raise_exception=True)
        try:
            act(case, given.validated_data)
        except NOW as refused:
            return Response({"detail": str(refused) or "this was written down already"}, status=CONFLICT)
        except PromiseRefusedError as refused:
            raise serializers.ValidationError({refused.field: str(refused)}) from None
        except CallbackRefusedError as refused:
            raise serializers.ValidationError({"callback_at": str(refused)}) from None
        except OutcomeRefusedError as refused:
            raise serializers.ValidationError({"outcome": str(refused)}) from None
        except ReasonMissingError as refused:
            raise serializers.ValidationError({"reason": str(refused)}) from None
        except AmountError:
            raise serializers.ValidationError({"amount": "an amount such as 1200.50"}) from None
        found = Case.objects.select_related("owner").get(pk=pk)
        return Response(DoneOut(found).data, status=201)

    def moving(self, request: Request) -> Told:
        who = cast(StaffRequest, request)
        return {"by": who.user, "at": who.now, "on": day_of(who)}


def sums(case: Case, parts: list[Told], request: Request) -> list[Sum]:
    """The parts in minor units; AmountError."""
    currency = owed(loans_now(case.borrower_id, day_of(cast(StaffRequest, request)))).currency
    return [Sum(parse_amount(part["amount"], currency), part["due_on"]) for part in parts]


class PromisesView(CaseVerb):
    @extend_schema(tags=["cases"], parameters=[KEY], request=PromiseIn, responses={201: DoneOut})
    @once_by_key
    def post(self, request: Request, pk: int) -> Response:
        """Record what the borrower promised to pay."""

        def act(case: Case, told: Told) -> None:
            first, *more = sums(case, told.pop("parts"), request)
            record_promise(
                case=case, amount=first.amount, due_on=first.due_on, more=more, **told, **self.moving(request)
            )

        return self.done(request, pk, PromiseIn, act)


class NotesView(CaseVerb):
    @extend_schema(tags=["cases"], parameters=[KEY], request=NoteIn, responses={201: DoneOut})
    @once_by_key
    def post(self, request: Request, pk: int) -> Response:
        """Add a note."""
        who = cast(StaffRequest, request)
        return self.done(request, pk, NoteIn, lambda case, told: add_note(case=case, by=who.user, at=who.now, **told))


class CallbacksView(CaseVerb):
    @extend_schema(tags=["cases"], parameters=[KEY], request=CallbackIn, responses={201: DoneOut})
    @once_by_key
    def post(self, request: Request, pk: int) -> Response:
        """Put the case before its owner when the borrower asked to be called."""
        return self.done(
            request, pk, CallbackIn, lambda case, told: set_callback(case=case, **told, **self.moving(request))
        )


class ReasonsView(CaseVerb):
    @extend_schema(tags=["cases"], parameters=[KEY], request=ReasonIn, responses={201: DoneOut})
    @once_by_key
    def post(self, request: Request, pk: int) -> Response:
        """Record why the borrower is behind."""
        return self.done(
            request, pk, ReasonIn, lambda case, told: record_reason(case=case, **told, **self.moving(request))
        )


class PaidClaimsView(CaseVerb):
    @extend_schema(tags=["cases"], parameters=[KEY], request=PaidClaimIn, responses={201: DoneOut})
    @once_by_key
    def post(self, request: Request, pk: int) -> Response:
        """The borrower says has paid."""
        return self.done(
            request, pk, PaidClaimIn, lambda case, told: says_paid(case=case, **told, **self.moving(request))
        )


class HandOverView(CaseVerb):
    @extend_schema(tags=["cases"], parameters=[KEY], request=HandOverIn, responses={201: DoneOut})
    @once_by_key
    def post(self, request: Request, pk: int) -> Response:
        """Give the case to a colleague of one's teams who is here and has room, or ask the supervisor."""

        def act(case: Case, told: Told) -> None:
            name = told.pop("to")
            if not name:
                ask_hand_over(case=case, **told, **self.moving(request))
                return
            moving = self.moving(request)
            colleagues = User.objects.in_teams_of(moving["by"]).agents().present_on(moving["on"])
            hand_over(case=case, to=get_object_or_404(colleagues, username=name), **told, **moving)

        return self.done(request, pk, HandOverIn, act)


class HoldsView(CaseVerb):
    audience = {"POST": "contacts.hold"}

    @extend_schema(tags=["cases"], parameters=[KEY], request=HoldIn, responses={201: DoneOut})
    @once_by_key
    def post(self, request: Request, pk: int) -> Response:
        """Leave the borrower in peace from today on."""
        who = cast(StaffRequest, request)

        def act(case: Case, told: Told) -> None:
            try:
                place_hold(
                    borrower=case.borrower,
                    from_on=first_day_of_a_hold(cast(ContactRequest, who)),
                    by=who.user,
                    at=who.now,
                    **told,
                )
            except HoldError as refused:
                field = "to_on" if refused.code == "ends_before_start" else "kind"
                raise serializers.ValidationError({field: refused.code}) from None

        return self.done(request, pk, HoldIn, act)


class WrapUpView(CaseVerb):
    audience = {"POST": "contacts.contact"}

    @extend_schema(tags=["cases"], parameters=[KEY], request=WrapUpIn, responses={201: DoneOut})
    @once_by_key
    def post(self, request: Request, pk: int, contact_pk: int) -> Response:
        """Write down what came of a call, all or nothing."""
        who = cast(StaffRequest, request)

        def act(case: Case, told: Told) -> None:
            calls = Contact.objects.filter(borrower=case.borrower_id, by=who.user, channel=Channel.CALL)
            contact = get_object_or_404(calls.select_related("borrower", "point"), pk=contact_pk)
            amount = told.pop("amount")
            promised = sums(case, [{"amount": amount, "due_on": told["due_on"]}], request)[0].amount if amount else None
            result = CallResult(**told, amount=promised)
            wrap_up_call(case=case, contact=contact, result=result, by=who.user, at=who.now, on=day_of(who))

        return self.done(request, pk, WrapUpIn, act)
