"""What the API of plans takes and gives; money as text in major units."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from lending.money import plain_amount
from restructuring.limit_publishing import DECIDE_DAYS_MAX, MAJOR
from restructuring.matrix import Limit
from restructuring.models import Decision, PlanRequest
from restructuring.reshaping import PlannedRow

WORDS_MAX = 300


class PlanOut(serializers.Serializer[Any]):
    """A plan and where it stands; `payload_hash` says exactly what is to be decided."""

    id = serializers.IntegerField()
    loan = serializers.CharField(source="loan.number")
    instrument = serializers.ChoiceField(choices=PlanRequest.Instrument.choices)
    days = serializers.IntegerField()
    currency = serializers.CharField(source="loan.currency")
    outstanding = serializers.SerializerMethodField()
    given_up = serializers.SerializerMethodField(help_text="interest that it gives up, as present value")
    state = serializers.ChoiceField(choices=PlanRequest.State.choices)
    payload_hash = serializers.CharField()
    asked_by = serializers.CharField(source="maker.username")
    made_on = serializers.DateField()
    escalated_on = serializers.DateField(allow_null=True)
    offer_until = serializers.DateField(allow_null=True)

    def get_outstanding(self, plan: PlanRequest) -> str:
        return plain_amount(plan.outstanding, plan.loan.currency)

    def get_given_up(self, plan: PlanRequest) -> str:
        return plain_amount(plan.given_up, plan.loan.currency)


class PlanDecisionIn(serializers.Serializer[Any]):
    """A reason is wanted where it is not approved."""

    verdict = serializers.ChoiceField(choices=Decision.Verdict.choices)
    payload_hash = serializers.CharField(max_length=64)
    reason = serializers.CharField(max_length=WORDS_MAX, required=False, default="", allow_blank=True)


class PlannedRowOut(serializers.Serializer[Any]):
    """An instalment, or what is left of it to pay."""

    n = serializers.IntegerField()
    due_on = serializers.DateField()
    principal = serializers.CharField()
    interest = serializers.CharField()
    total = serializers.CharField()


class AgreementOut(serializers.Serializer[Any]):
    """The plan as it was shown and decided."""

    kind = serializers.CharField(help_text="offer or agreement")
    plan = PlanOut()
    total_before = serializers.SerializerMethodField()
    total = serializers.SerializerMethodField(help_text="to pay in all with the plan")
    before = serializers.SerializerMethodField()
    rows = serializers.SerializerMethodField()

    def get_total_before(self, told: dict[str, Any]) -> str:
        return plain_amount(told["terms"].total_old, told["currency"])

    def get_total(self, told: dict[str, Any]) -> str:
        return plain_amount(told["terms"].total_new, told["currency"])

    @extend_schema_field(PlannedRowOut(many=True))
    def get_before(self, told: dict[str, Any]) -> list[dict[str, Any]]:
        return [_row(row, told["currency"]) for row in told["terms"].old]

    @extend_schema_field(PlannedRowOut(many=True))
    def get_rows(self, told: dict[str, Any]) -> list[dict[str, Any]]:
        return [_row(row, told["currency"]) for row in told["terms"].new]


def _row(row: PlannedRow, currency: str) -> dict[str, Any]:
    amounts = {name: plain_amount(getattr(row, name), currency) for name in ("principal", "interest", "total")}
    return dict(PlannedRowOut({"n": row.n, "due_on": row.due_on, **amounts}).data)


class LimitIn(serializers.Serializer[Any]):
    """How far a role decides one kind of plan; amounts in the loan's own currency."""

    role = serializers.CharField(max_length=20, help_text="supervisor or manager")
    instrument = serializers.ChoiceField(choices=PlanRequest.Instrument.choices)
    approvers = serializers.IntegerField(min_value=1, max_value=2)
    days_max = serializers.IntegerField(min_value=1)
    per_loan_max = serializers.IntegerField(min_value=1)
    amount_max = serializers.CharField(max_length=20)
    given_up_max = serializers.CharField(max_length=20)
    day_max = serializers.CharField(max_length=20)
    month_max = serializers.CharField(max_length=20)


class LimitOut(serializers.Serializer[Any]):
    role = serializers.CharField()
    instrument = serializers.CharField()
    approvers = serializers.IntegerField()
    days_max = serializers.IntegerField()
    per_loan_max = serializers.IntegerField()
    amount_max = serializers.SerializerMethodField()
    given_up_max = serializers.SerializerMethodField()
    day_max = serializers.SerializerMethodField()
    month_max = serializers.SerializerMethodField()

    def get_amount_max(self, limit: Limit) -> str:
        return plain_amount(limit.amount_max, MAJOR)

    def get_given_up_max(self, limit: Limit) -> str:
        return plain_amount(limit.given_up_max, MAJOR)

    def get_day_max(self, limit: Limit) -> str:
        return plain_amount(limit.day_max, MAJOR)

    def get_month_max(self, limit: Limit) -> str:
        return plain_amount(limit.month_max, MAJOR)


class LimitsIn(serializers.Serializer[Any]):
    """All limits as they are to hold from a day on."""

    valid_from = serializers.DateField()
    decide_days = serializers.IntegerField(min_value=1, max_value=DECIDE_DAYS_MAX)
    limits = LimitIn(many=True)
    words = serializers.CharField(max_length=WORDS_MAX, help_text="why: whoever decides reads it")


class LimitsOut(serializers.Serializer[Any]):
    decide_days = serializers.IntegerField()
    limits = LimitOut(many=True)


class StandInIn(serializers.Serializer[Any]):
    """Who decides within one's limits on the days of one's absence, which is noted with it."""

    person = serializers.CharField(max_length=150, help_text="user name")
    from_on = serializers.DateField()
    to_on = serializers.DateField()
    reason = serializers.CharField(max_length=120, required=False, default="", allow_blank=True)


class StandInOut(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    person = serializers.CharField(source="person.username")
    from_on = serializers.DateField(source="absence.from_on")
    to_on = serializers.DateField(source="absence.to_on")
    ended_on = serializers.DateField(allow_null=True)
