"""Plans: asked for, previewed, approved by somebody else, accepted by the borrower, in effect.

Invariants: what was shown is what is decided is what takes effect (one canonical payload and its hash); the maker is never
the checker, in the service and in the database; one decision per payload and seat, one open request per loan; a request's state is
written only by `restructuring.states`, by compare-and-set.
"""

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from lending.models import Borrower, Change, Loan, ScheduleVersion, seen_through
from staff.models import Absence, User


class Means(models.Model):
    """What a borrower said, or showed papers for, of what comes in and goes out a month; minor units of the loan's currency.

    A new statement is a new row, so a plan keeps the one that it was asked for with.
    """

    append_only = True

    ESSENTIALS = ("housing", "food", "health", "family", "other")

    borrower = models.ForeignKey(Borrower, models.PROTECT, related_name="means")
    income = models.BigIntegerField()
    housing = models.BigIntegerField(default=0)
    food = models.BigIntegerField(default=0)
    health = models.BigIntegerField(default=0)
    family = models.BigIntegerField(default=0)
    other = models.BigIntegerField(default=0)
    debts = models.BigIntegerField(default=0, help_text="instalments of other debts")
    dependants = models.PositiveSmallIntegerField(default=0)
    papers = models.CharField(max_length=200, blank=True, help_text="what was seen of it; empty: declared only")
    hardship_until = models.DateField(null=True, help_text="the day on which the hardship is expected to end")
    stated_on = models.DateField()
    stated_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(income__gte=0, housing__gte=0, food__gte=0, health__gte=0)
                & Q(family__gte=0, other__gte=0, debts__gte=0),
                name="means_are_not_negative",
            )
        ]
        indexes = [models.Index(fields=["borrower", "stated_on"], name="means_of_borrower")]

    def __str__(self) -> str:
        return f"{self.borrower_id} {self.stated_on}"

    @property
    def surplus(self) -> int:
        """What is left a month; below 0 where more goes out than comes in."""
        essentials: int = sum(getattr(self, name) for name in self.ESSENTIALS)
        return self.income - self.debts - essentials


class PlanRequestQuerySet(models.QuerySet["PlanRequest"]):
    def visible_to(self, user: Any) -> "PlanRequestQuerySet":
        return self.filter(seen_through("loan__borrower", user))

    def waiting(self) -> "PlanRequestQuerySet":
        return self.filter(state=PlanRequest.State.REVIEW)


class PlanRequest(models.Model):
    class Instrument(models.TextChoices):
        EXTENSION = "extension", _("Extension")  # asked for before maturity
        DEFERRAL = "deferral", _("Deferral")  # after something fell due
        RESTRUCTURE = "restructure", _("Restructuring")  # instruments one after the other

    class State(models.TextChoices):
        REVIEW = "review", _("Internal review")
        SENT_BACK = "sent_back", _("Sent back")
        REJECTED = "rejected", _("Rejected")
        APPROVED = "approved", _("Waits for the borrower's acceptance")
        IN_EFFECT = "in_effect", _("In effect")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        EXPIRED = "expired", _("Offer expired")
        UNDONE = "undone", _("Undone")

    loan = models.ForeignKey(Loan, models.PROTECT, related_name="plan_requests")
    case_id = models.BigIntegerField(null=True)
    instrument = models.CharField(max_length=15, choices=Instrument.choices)
    days = models.PositiveIntegerField(help_text="by how many days due dates move; of a restructuring, the loan's end")
    steps = models.JSONField(default=list, db_default=[], help_text="the instruments of a restructuring, in order")
    means = models.ForeignKey(Means, models.PROTECT, null=True, related_name="plans")
    reason = models.CharField(max_length=20, help_text="a code of `cases.DelayReason`")
    explanation = models.CharField(max_length=500)
    payload = models.TextField(help_text="canonical JSON of terms, old rows, new rows and comparison, as shown")
    payload_hash = models.CharField(max_length=64)
    outstanding = models.BigIntegerField(help_text="principal outstanding as shown, minor units")
    cost = models.BigIntegerField(help_text="interest that the plan adds, minor units")
    given_up = models.BigIntegerField(
        default=0,
        db_default=0,
        help_text="interest that the plan gives up: the present value that it loses, minor units",
    )
    round = models.PositiveIntegerField(default=1, help_text="how many times it was put forward")
    state = models.CharField(max_length=10, choices=State.choices, default=State.REVIEW)
    version = models.PositiveIntegerField(default=0)
    maker = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    made_on = models.DateField()
    offer_until = models.DateField(null=True)
    escalated_on = models.DateField(
        null=True, help_text="since when it is with the next level, because nobody decided it"
    )
    schedule = models.OneToOneField(ScheduleVersion, models.PROTECT, null=True, related_name="plan")

    objects = PlanRequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["loan"],
                condition=Q(state__in=["review", "sent_back", "approved"]),
                name="one_open_plan_request_per_loan",
            ),
            models.CheckConstraint(
                condition=Q(days__gt=0) | Q(instrument="restructure"), name="plan_moves_at_least_a_day"
            ),
            models.CheckConstraint(
                condition=Q(instrument="restructure", means__isnull=False)
                | (~Q(instrument="restructure") & Q(means=None)),
                name="restructuring_stands_on_means",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["in_effect", "undone"], schedule__isnull=False)
                | (~Q(state__in=["in_effect", "undone"]) & Q(schedule=None)),
                name="plan_in_effect_has_its_schedule",
            ),
        ]
        indexes = [models.Index(fields=["made_at"], name="plans_to_review", condition=Q(state="review"))]

    def __str__(self) -> str:
        return f"{self.instrument} of {self.loan_id}"


class Decision(models.Model):
    """What a second person decided on exactly that payload. `maker` is copied so that the database can compare.

    A plan that asks for two approvers has two rows, one a `seat`. `acting_for` is whose limits were used by a stand-in.
    """

    append_only = True

    class Verdict(models.TextChoices):
        APPROVE = "approve", _("Approve")
        REJECT = "reject", _("Reject")
        SEND_BACK = "send_back", _("Send back")

    request = models.ForeignKey(PlanRequest, models.PROTECT, related_name="decisions")
    payload_hash = models.CharField(max_length=64)
    verdict = models.CharField(max_length=10, choices=Verdict.choices)
    reason = models.CharField(max_length=300, blank=True)
    maker = models.ForeignKey(User, models.PROTECT, related_name="+")
    checker = models.ForeignKey(User, models.PROTECT, related_name="+")
    acting_for = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    seat = models.PositiveSmallIntegerField(default=1, db_default=1)
    decided_on = models.DateField(
        null=True, help_text="the business date; empty in rows from before there were day limits"
    )
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "payload_hash", "seat"], name="one_decision_per_payload"),
            models.UniqueConstraint(
                "request", "payload_hash", Coalesce("acting_for", "checker"), name="nobodys_limits_decide_twice"
            ),
            models.UniqueConstraint(fields=["request", "payload_hash", "checker"], name="nobody_decides_twice"),
            models.CheckConstraint(condition=Q(seat__in=[1, 2]), name="a_plan_has_two_seats"),
            models.CheckConstraint(condition=~Q(maker=F("checker")), name="maker_is_never_checker"),
            models.CheckConstraint(
                condition=Q(acting_for=None) | ~Q(maker=F("acting_for")), name="nobody_decides_for_the_maker"
            ),
        ]
        indexes = [
            models.Index(
                Coalesce("acting_for", "checker"),
                "decided_on",
                name="approvals_of_a_day",
                condition=Q(verdict="approve"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.verdict} {self.request_id}"


class Acceptance(models.Model):
    """The borrower's yes to exactly that payload, with its evidence."""

    append_only = True

    class Means(models.TextChoices):
        RECORDED_CALL = "recorded_call", _("Said on a recorded call")
        SIGNED_PAPER = "signed_paper", _("Signed paper")
        MESSAGE = "message", _("Written message")

    request = models.ForeignKey(PlanRequest, models.PROTECT, related_name="acceptances")
    payload_hash = models.CharField(max_length=64)
    means = models.CharField(max_length=15, choices=Means.choices)
    evidence = models.CharField(max_length=200, help_text="recording number, file or message reference")
    accepted_on = models.DateField()
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "payload_hash"], name="one_acceptance_per_payload"),
        ]

    def __str__(self) -> str:
        return f"{self.means} {self.request_id}"


class PlanEvent(models.Model):
    """What happened to a plan: the rows that its page and the case's timeline are told from."""

    append_only = True

    request = models.ForeignKey(PlanRequest, models.PROTECT, related_name="events")
    event = models.CharField(max_length=20)
    at = models.DateTimeField()
    on = models.DateField()
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    facts = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["request", "at"], name="event_of_plan")]

    def __str__(self) -> str:
        return f"{self.request_id} {self.event}"


class PlanRule(models.Model):
    """A rule of the house for restructurings, as dated data: a code of `restructuring.rules` and its value."""

    class Code(models.TextChoices):
        MONTHS_MOST = "months_most", _("Months to its end, at most")
        IN_12_MONTHS = "in_12_months", _("Restructurings of a borrower in 12 months")
        IN_24_MONTHS = "in_24_months", _("Restructurings of a borrower in 24 months")
        PAID_BEFORE = "paid_before", _("Instalments paid before")
        FIRST_PAYMENT = "first_payment", _("First instalment, at least")
        SURPLUS_SHARE = "surplus_share", _("Share of the surplus, at most")
        PAPERS_ABOVE = "papers_above", _("Principal from which papers are needed")

    code = models.CharField(max_length=15, choices=Code.choices)
    value = models.BigIntegerField(help_text="months, a count, minor units, or parts per million of a share")
    source = models.CharField(max_length=200)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code", "valid_from"], name="plan_rule_once_from_a_day")]

    def __str__(self) -> str:
        return f"{self.code} {self.value}"


class ApprovalMatrix(models.Model):
    """Who may decide which plan up to what, from a day on, until the next one; as `restructuring.matrix.Matrix` reads it.

    Until one is published the house's own holds.
    """

    append_only = True

    valid_from = models.DateField(unique=True)
    content = models.JSONField(help_text="the limits, and within how many days a plan is to be decided")
    change = models.OneToOneField(Change, models.PROTECT, related_name="+", help_text="what published it")

    def __str__(self) -> str:
        return f"approval limits from {self.valid_from}"


class StandIn(models.Model):
    """Who decides within somebody's limits on the days of their absence. It may be taken back before its last day."""

    absence = models.OneToOneField(Absence, models.PROTECT, related_name="stand_in")
    person = models.ForeignKey(User, models.PROTECT, related_name="stands_in")
    given_at = models.DateTimeField()
    ended_on = models.DateField(null=True, help_text="from this day on it no longer holds")

    def __str__(self) -> str:
        return f"{self.person_id} for {self.absence_id}"
