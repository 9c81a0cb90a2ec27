"""What comes next: after each outcome of a call, and for each reason for being behind, as versions that two people publish."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contacts.models import Contact
from lending.models import Change


class NextStep(models.Model):
    """One version of what one outcome or one reason brings. The next version of the same code ends it.

    An outcome is the house's own word for what came of a call; its `fact` is what the contact rules, the caps and the number's
    quality go by. A reason has the name that `DelayReason` gives it.
    """

    append_only = True

    class Of(models.TextChoices):
        OUTCOME = "outcome", _("After a call")
        REASON = "reason", _("Why behind")

    class Step(models.TextChoices):
        NONE = "none", pgettext_lazy("next step", "Nothing of its own")
        AGAIN = "again", _("Try again")
        CALLBACK = "callback", _("Call back")
        PROMISE = "promise", _("Promise")
        SAYS_PAID = "says_paid", _("Says has paid")
        PAY_LINK = "pay_link", _("Pay link")
        MESSAGE = "message", _("Message")
        PLAN = "plan", _("Plan")
        HOLD = "hold", _("Hold")
        COMPLAINT = "complaint", _("Complaint")
        TRACE = "trace", _("Find a new number")

    of = models.CharField(max_length=10, choices=Of.choices)
    code = models.CharField(max_length=40)
    name = models.CharField(max_length=60, blank=True)
    name_zh = models.CharField(max_length=60, blank=True)
    fact = models.CharField(max_length=15, choices=Contact.Outcome.choices, blank=True)
    keeps_number = models.BooleanField(default=False, help_text="the number stays in use, whoever answered")
    step = models.CharField(max_length=10, choices=Step.choices, default=Step.NONE)
    hours = models.PositiveSmallIntegerField(default=0, help_text="after how many, for what has its time")
    hold = models.CharField(max_length=15, blank=True, help_text="which kind of hold")
    place = models.PositiveSmallIntegerField(default=100, help_text="the least comes first")
    valid_from = models.DateField()
    is_withdrawn = models.BooleanField(default=False)
    change = models.ForeignKey(Change, models.PROTECT, null=True, related_name="+", help_text="what published it")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["of", "code", "valid_from"], name="next_step_once_from_a_day"),
            models.CheckConstraint(
                condition=(Q(of="outcome") & ~Q(fact="")) | (Q(of="reason") & Q(fact="")), name="outcome_has_its_fact"
            ),
            models.CheckConstraint(
                condition=Q(step__in=["again", "callback"], hours__gt=0)
                | (~Q(step__in=["again", "callback"]) & Q(hours=0)),
                name="timed_step_has_its_hours",
            ),
            models.CheckConstraint(
                condition=(Q(step="hold") & ~Q(hold="")) | (~Q(step="hold") & Q(hold="")), name="hold_step_has_its_kind"
            ),
            models.CheckConstraint(
                condition=~Q(step__in=["promise", "says_paid"]) | Q(fact__in=["", "right_party"]),
                name="only_the_borrower_promises_or_has_paid",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.of} {self.code}"


Of, Step = NextStep.Of, NextStep.Step
TIMED_STEPS = {Step.AGAIN, Step.CALLBACK}
BORROWER_STEPS = {Step.PROMISE, Step.SAYS_PAID, Step.PLAN, Step.COMPLAINT, Step.PAY_LINK}
"""Steps that only a talk with the borrower can bring."""
REASON_STEPS = {Step.NONE, Step.PROMISE, Step.PAY_LINK, Step.MESSAGE, Step.PLAN, Step.HOLD, Step.COMPLAINT, Step.TRACE}
DRAWER_STEPS = {Step.MESSAGE, Step.PLAN, Step.HOLD, Step.COMPLAINT, Step.PAY_LINK, Step.TRACE}
"""Steps that open a drawer of the case page once the call is written down; the others stand in the call's own form."""
