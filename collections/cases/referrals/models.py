"""Cases that others take a hand in for a time: two people at the door, an agency, a mediator, a court.

Invariants: whoever asks never decides, in the service and in the database; of one case one referral of a kind waits or runs at a time; a
referral is of named loans and has a last day; its state is written by compare-and-set on its version; steps, loans, terms and evaluations
are only added. An agency works under dated terms that two people made, and what it earns is reckoned, never stored.
"""

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from audit.decided import Decided
from cases.models.cases import Attachment, Case
from contacts.models import Contact
from lending.models import Change, Loan
from lending.models.deciding import DECISION, DecidedByTwo, not_decided_by_its_maker
from lending.models.parties import seen_through
from staff.models import User


class Agency(models.Model):
    """An agency by its code; what it is called and may do stands in its terms."""

    code = models.SlugField(max_length=40, unique=True)

    def __str__(self) -> str:
        return self.code


class AgencyTerms(models.Model):
    """An agency's terms from a day on until its next version: where it is listed, its contract, its means, its commission.

    `commission` is parts per million of what comes in, by the bucket in which the loan was placed.
    """

    append_only = True

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="terms")
    valid_from = models.DateField()
    name = models.CharField(max_length=120)
    name_zh = models.CharField(max_length=120, blank=True)
    listed_at = models.CharField(
        max_length=200, blank=True, help_text="where the white list names it; empty: not listed"
    )
    contract_from = models.DateField()
    contract_to = models.DateField(help_text="last day, included")
    days_max = models.PositiveSmallIntegerField(help_text="the longest placement, in days")
    channels = models.JSONField(help_text="by which it may contact borrowers")
    commission = models.JSONField(help_text="parts per million by bucket")
    change = models.OneToOneField(Change, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agency", "valid_from"], name="agency_terms_once_from_a_day"),
            models.CheckConstraint(condition=Q(contract_to__gte=F("contract_from")), name="agency_contract_has_days"),
        ]

    def __str__(self) -> str:
        return self.name_zh if (get_language() or "").startswith("zh") and self.name_zh else self.name


class AgencyEvaluation(models.Model):
    """What the house found when it looked at an agency, once a year and before its contract ends."""

    append_only = True

    class Grade(models.TextChoices):
        GOOD = "good", pgettext_lazy("agency", "Good")
        FAIR = "fair", pgettext_lazy("agency", "To be mended")
        POOR = "poor", pgettext_lazy("agency", "Not to be used")

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="evaluations")
    on = models.DateField()
    grade = models.CharField(max_length=10, choices=Grade.choices)
    words = models.CharField(max_length=1000)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.agency_id} {self.on} {self.grade}"


class ReferralQuerySet(models.QuerySet["Referral"]):
    def visible_to(self, user: Any) -> "ReferralQuerySet":
        """Those of borrowers whom this person sees, and the visits that they make."""
        seen = seen_through("case__borrower", user)
        return self.filter(seen | Q(first_visitor=user) | Q(second_visitor=user)) if seen else self.all()

    def waiting(self) -> "ReferralQuerySet":
        return self.filter(state=Referral.State.WAITING)

    def running(self) -> "ReferralQuerySet":
        return self.filter(state=Referral.State.RUNNING)

    def unfinished(self) -> "ReferralQuerySet":
        return self.filter(state__in=UNFINISHED)

    def placed(self) -> "ReferralQuerySet":
        """In an agency's hands."""
        return self.running().filter(kind=Referral.Kind.AGENCY)


class Referral(DecidedByTwo):
    """One case handed to others for a time: what is asked for, who decided, how far it has come, and what came of it."""

    decided_once = Decided(
        once=(*DECISION, "from_on", "terms"),
        later=("stage", "result", "result_words", "ended_on", "version"),
        moves=(("running", "ended"),),
    )

    class Kind(models.TextChoices):
        VISIT = "visit", _("Visit")
        AGENCY = "agency", pgettext_lazy("referral", "Agency")
        MEDIATION = "mediation", _("Mediation")
        LAWSUIT = "lawsuit", _("Lawsuit")

    class State(models.TextChoices):
        WAITING = "waiting", _("Waits for a decision")
        RUNNING = "running", pgettext_lazy("referral", "Under way")
        REFUSED = "refused", pgettext_lazy("referral", "Refused")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        ENDED = "ended", pgettext_lazy("referral", "Ended")

    class Stage(models.TextChoices):
        INVITED = "invited", _("Invited to mediation")
        ACCEPTED = "accepted", _("Both agree to mediate")
        SESSION = "session", _("Session held")
        PREPARED = "prepared", _("Papers prepared")
        PRESERVED = "preserved", _("Assets preserved")
        FILED = "filed", _("Filed with the court")
        DOCKETED = "docketed", _("Taken up by the court")
        HEARING = "hearing", _("Heard")
        JUDGED = "judged", _("Judgment given")
        ENFORCED = "enforced", _("Under enforcement")

    class Result(models.TextChoices):
        MET = "met", _("The borrower was met")
        OTHER_PERSON = "other_person", _("Somebody else was met")
        NOT_MET = "not_met", _("Nobody was met")
        MOVED = "moved", _("Does not live there")
        AGREEMENT = "agreement", _("An agreement")
        NO_AGREEMENT = "no_agreement", _("No agreement")
        FOR_US = "for_us", _("Decided for us")
        IN_PART = "in_part", _("Decided for us in part")
        AGAINST_US = "against_us", _("Decided against us")
        WITHDRAWN = "withdrawn", _("Suit withdrawn")
        NOTHING = "nothing", _("Nothing came of it")
        RECALLED = "recalled", pgettext_lazy("referral", "Called back")
        PAID = "paid", _("Nothing is overdue any more")
        PLAN = "plan", _("A new schedule is in force")
        HOLD = "hold", _("A hold or complaint stands")
        WRITTEN_OFF = "written_off", _("Written off")
        EXPIRED = "expired", _("Its time was up")

    case = models.ForeignKey(Case, models.PROTECT, related_name="referrals")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    stage = models.CharField(max_length=10, choices=Stage.choices, blank=True)
    words = models.CharField(max_length=1000, help_text="why, and what is to be done")
    from_on = models.DateField(help_text="asked for; from the decision on, the day of the decision")
    until_on = models.DateField(help_text="last day, included")
    batch = models.CharField(max_length=32, blank=True, help_text="what was placed in one step")
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, related_name="referrals")
    terms = models.ForeignKey(
        AgencyTerms, models.PROTECT, null=True, related_name="+", help_text="those of the decision"
    )
    first_visitor = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    second_visitor = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    visit_at = models.DateTimeField(null=True)
    result = models.CharField(max_length=12, choices=Result.choices, blank=True)
    result_words = models.CharField(max_length=1000, blank=True)
    ended_on = models.DateField(null=True)
    version = models.PositiveIntegerField(default=0, help_text="grows with each step: forms carry it, stale ones lose")

    objects = ReferralQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "kind"], condition=Q(state__in=["waiting", "running"]), name="one_referral_of_a_kind"
            ),
            not_decided_by_its_maker("referral_is_not_decided_by_its_maker"),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "withdrawn"], checker=None, decided_at=None)
                | Q(state__in=["refused", "running", "ended"], checker__isnull=False, decided_at__isnull=False),
                name="referral_decided_has_its_checker",
            ),
            models.CheckConstraint(
                condition=(~Q(state="ended") & Q(ended_on=None, result=""))
                | (Q(state="ended", ended_on__isnull=False) & ~Q(result="")),
                name="ended_referral_has_its_result",
            ),
            models.CheckConstraint(condition=Q(until_on__gte=F("from_on")), name="referral_ends_after_start"),
            models.CheckConstraint(
                condition=(~Q(kind="visit") & Q(first_visitor=None, second_visitor=None, visit_at=None))
                | (
                    Q(kind="visit", first_visitor__isnull=False, second_visitor__isnull=False, visit_at__isnull=False)
                    & ~Q(first_visitor=F("second_visitor"))
                ),
                name="two_people_make_a_visit",
            ),
            models.CheckConstraint(
                condition=Q(kind="agency", agency__isnull=False) | (~Q(kind="agency") & Q(agency=None)),
                name="placement_names_its_agency",
            ),
        ]
        indexes = [
            # read by the list and by the night: what is not over, the first to end first
            models.Index(
                fields=["until_on", "id"], name="referral_by_end", condition=Q(state__in=["waiting", "running"])
            ),
            # read by the list of what has ended
            models.Index(fields=["-ended_on", "-id"], name="referral_ended", condition=Q(state="ended")),
        ]

    def __str__(self) -> str:
        return f"R{self.pk}"


UNFINISHED = [Referral.State.WAITING, Referral.State.RUNNING]


class ReferralLoan(models.Model):
    """A loan that a referral is about, as it stood when that was asked for; minor units of the loan's currency."""

    append_only = True

    referral = models.ForeignKey(Referral, models.PROTECT, related_name="loans")
    loan = models.ForeignKey(Loan, models.PROTECT, related_name="+")
    bucket = models.CharField(max_length=3)
    overdue = models.BigIntegerField()
    payoff = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["referral", "loan"], name="loan_once_in_a_referral")]

    def __str__(self) -> str:
        return f"{self.referral_id} {self.loan_id}"


class ReferralStep(models.Model):
    """What happened to a referral: by whom, in their words, what it cost, which document shows it, which contact it was."""

    append_only = True

    referral = models.ForeignKey(Referral, models.PROTECT, related_name="steps")
    event = models.CharField(max_length=20)
    on = models.DateField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", help_text="empty: the console by itself")
    words = models.TextField(blank=True)
    document = models.CharField(max_length=200, blank=True, help_text="number or place of the paper or recording")
    attachment = models.ForeignKey(
        Attachment, models.PROTECT, null=True, related_name="+", help_text="the same as a file"
    )
    cost = models.BigIntegerField(default=0, help_text="minor units; negative corrects an earlier one")
    currency = models.CharField(max_length=3, blank=True)
    contact = models.OneToOneField(Contact, models.PROTECT, null=True, related_name="referral_step")
    facts = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(cost=0) | ~Q(currency=""), name="cost_has_its_currency"),
        ]

    def __str__(self) -> str:
        return f"{self.referral_id} {self.event}"
