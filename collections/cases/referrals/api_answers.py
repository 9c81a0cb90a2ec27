"""How referrals read for machines, and what machines may say of them."""

from typing import Any

from rest_framework import serializers

from cases.referrals.models import AgencyEvaluation, Referral, ReferralLoan, ReferralStep
from contacts.facts import BORROWER
from contacts.models import Channel, Contact
from lending.models import ContactPoint
from lending.money import plain_amount

WORDS_MAX = 1000


class ReferralIn(serializers.Serializer[Any]):
    """What is asked for: of the loans named by number, or of all that are past due."""

    case = serializers.IntegerField(min_value=1, max_value=2**31)
    kind = serializers.ChoiceField(choices=Referral.Kind.choices)
    words = serializers.CharField(max_length=WORDS_MAX)
    until_on = serializers.DateField()
    loans = serializers.ListField(
        child=serializers.CharField(max_length=64), max_length=100, required=False, default=list
    )
    agency = serializers.SlugField(max_length=40, required=False, help_text="for a placement")
    first_visitor = serializers.CharField(max_length=150, required=False, help_text="for a visit")
    second_visitor = serializers.CharField(max_length=150, required=False, help_text="for a visit")
    visit_at = serializers.DateTimeField(required=False, help_text="for a visit")

    def validate(self, row: dict[str, Any]) -> dict[str, Any]:
        wanted = {"agency": ["agency"], "visit": ["first_visitor", "second_visitor", "visit_at"]}
        kind = row["kind"]
        for each, names in wanted.items():
            for name in names:
                if (name in row) != (each == kind):
                    word = "is needed for this kind" if each == kind else "does not belong to this kind"
                    raise serializers.ValidationError({name: word})
        return row


class ReferralDecisionIn(serializers.Serializer[Any]):
    """Words are wanted where it is refused."""

    verdict = serializers.ChoiceField(choices=["approve", "refuse"])
    words = serializers.CharField(max_length=300, required=False, default="", allow_blank=True)


class EndIn(serializers.Serializer[Any]):
    result = serializers.ChoiceField(choices=Referral.Result.choices)
    words = serializers.CharField(max_length=WORDS_MAX)
    document = serializers.CharField(max_length=200, required=False, default="", allow_blank=True)
    happened_at = serializers.DateTimeField(required=False, help_text="of a visit for which nobody set out here")


class ContactIn(serializers.Serializer[Any]):
    """One contact as the agency reports it."""

    channel = serializers.ChoiceField(choices=Channel.choices)
    outcome = serializers.ChoiceField(choices=Contact.Outcome.choices)
    happened_at = serializers.DateTimeField()
    direction = serializers.ChoiceField(choices=Contact.Direction.choices, default=Contact.Direction.OUT)
    subject = serializers.ChoiceField(choices=ContactPoint.Holder.choices, default=BORROWER)
    people = serializers.IntegerField(min_value=0, max_value=9, default=0, help_text="how many went on a visit")
    note = serializers.CharField(max_length=WORDS_MAX, required=False, default="", allow_blank=True)


class ContactOut(serializers.ModelSerializer[Contact]):
    class Meta:
        model = Contact
        fields = ["id", "channel", "outcome", "at", "flagged"]


class ReferralLoanOut(serializers.ModelSerializer[ReferralLoan]):
    number = serializers.CharField(source="loan.number")
    currency = serializers.CharField(source="loan.currency")
    overdue = serializers.SerializerMethodField(help_text="when it was asked for")

    class Meta:
        model = ReferralLoan
        fields = ["number", "currency", "bucket", "overdue"]

    def get_overdue(self, row: ReferralLoan) -> str:
        return plain_amount(row.overdue, row.loan.currency)


class StepOut(serializers.ModelSerializer[ReferralStep]):
    cost = serializers.SerializerMethodField()

    class Meta:
        model = ReferralStep
        fields = ["event", "on", "at", "document", "cost", "currency", "facts"]

    def get_cost(self, step: ReferralStep) -> str:
        return plain_amount(step.cost, step.currency) if step.cost else "0"


class ReferralOut(serializers.ModelSerializer[Referral]):
    borrower = serializers.CharField(source="case.borrower.ref")
    agency = serializers.CharField(source="agency.code", allow_null=True, default=None)
    asked_by = serializers.CharField(source="maker.username")
    decided_by = serializers.CharField(source="checker.username", allow_null=True, default=None)
    first_visitor = serializers.CharField(source="first_visitor.username", allow_null=True, default=None)
    second_visitor = serializers.CharField(source="second_visitor.username", allow_null=True, default=None)
    loans = ReferralLoanOut(many=True)
    steps = StepOut(many=True)

    class Meta:
        model = Referral
        fields = [
            "id", "case", "borrower", "kind", "state", "stage", "from_on", "until_on", "batch", "agency", "asked_by",
            "decided_by", "first_visitor", "second_visitor", "visit_at", "result", "ended_on", "loans", "steps",
        ]  # fmt: skip


class AgencyOut(serializers.Serializer[Any]):
    code = serializers.CharField(source="agency.code")
    name = serializers.SerializerMethodField()
    listed_at = serializers.CharField(source="terms.listed_at", allow_null=True, default=None)
    contract_from = serializers.DateField(source="terms.contract_from", allow_null=True, default=None)
    contract_to = serializers.DateField(source="terms.contract_to", allow_null=True, default=None)
    channels = serializers.ListField(
        child=serializers.CharField(), source="terms.channels", allow_null=True, default=None
    )
    commission = serializers.DictField(
        child=serializers.IntegerField(), source="terms.commission", allow_null=True, default=None,
        help_text="parts per million by bucket",
    )  # fmt: skip
    evaluated_on = serializers.DateField(source="evaluation.on", allow_null=True, default=None)
    grade = serializers.ChoiceField(
        choices=AgencyEvaluation.Grade.choices, source="evaluation.grade", allow_null=True, default=None
    )
    evaluate_by = serializers.DateField(allow_null=True)
    why_not = serializers.CharField(help_text="why nothing may be placed with it; empty where cases may be")

    def get_name(self, known: Any) -> str:
        return str(known)


class PlacedOut(serializers.Serializer[Any]):
    """One placed loan as its agency may know it."""

    placement = serializers.IntegerField()
    loan_tail = serializers.CharField()
    currency = serializers.CharField()
    overdue = serializers.SerializerMethodField()
    overdue_principal = serializers.SerializerMethodField()
    overdue_interest = serializers.SerializerMethodField()
    penalty = serializers.SerializerMethodField()
    bucket = serializers.CharField(help_text="when it was placed")
    channels = serializers.ListField(child=serializers.CharField(), help_text="by which contact may be made")
    from_on = serializers.DateField()
    until_on = serializers.DateField()
    as_of = serializers.DateField()

    def get_overdue(self, row: Any) -> str:
        return plain_amount(row.overdue, row.currency)

    def get_overdue_principal(self, row: Any) -> str:
        return plain_amount(row.overdue_principal, row.currency)

    def get_overdue_interest(self, row: Any) -> str:
        return plain_amount(row.overdue_interest, row.currency)

    def get_penalty(self, row: Any) -> str:
        return plain_amount(row.penalty, row.currency)
