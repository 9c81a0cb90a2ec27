"""What machines are answered about one loan; amounts are text in major units."""

from typing import Any

from rest_framework import serializers


class MovementOut(serializers.Serializer[Any]):
    """One entry of a statement; `amount` is positive for what is owed, negative for what is paid."""

    on = serializers.DateField()
    kind = serializers.CharField()
    amount = serializers.CharField()
    balance = serializers.CharField()
    instalment = serializers.IntegerField(allow_null=True)
    reference = serializers.CharField(allow_null=True)


class StatementOut(serializers.Serializer[Any]):
    """The loan's movements between two days; the balance is what has fallen due and is not paid."""

    loan = serializers.CharField()
    currency = serializers.CharField()
    from_on = serializers.DateField()
    to_on = serializers.DateField()
    opening_balance = serializers.CharField()
    closing_balance = serializers.CharField()
    movements = MovementOut(many=True)


class ClearanceOut(serializers.Serializer[Any]):
    """A loan of which nothing is owed any more; `waived` by component."""

    loan = serializers.CharField()
    currency = serializers.CharField()
    paid_off_on = serializers.DateField()
    waived = serializers.DictField(child=serializers.CharField())


class PayoffOut(serializers.Serializer[Any]):
    """What settles the loan with money of value day `on`, by its parts."""

    loan = serializers.CharField()
    currency = serializers.CharField()
    on = serializers.DateField()
    principal = serializers.CharField()
    interest_due = serializers.CharField()
    interest_running = serializers.CharField()
    penalty = serializers.CharField()
    fee = serializers.CharField(help_text="costs charged, neither paid nor given up")
    held = serializers.CharField()
    amount = serializers.CharField()
    valid_until = serializers.DateField()


class InstalmentOut(serializers.Serializer[Any]):
    """One row of a schedule."""

    n = serializers.IntegerField()
    due_on = serializers.DateField()
    principal = serializers.CharField()
    interest = serializers.CharField()


class PrepaymentOut(serializers.Serializer[Any]):
    """Where the money goes, and every row of the schedule that follows."""

    loan = serializers.CharField()
    currency = serializers.CharField()
    on = serializers.DateField()
    due = serializers.CharField()
    interest = serializers.CharField()
    fee = serializers.CharField()
    principal = serializers.CharField()
    held = serializers.CharField()
    interest_saved = serializers.CharField()
    is_full = serializers.BooleanField()
    rows = InstalmentOut(many=True)
