"""How cases are dealt out: the rules, a proposal that waits for its word, and what people are to reach."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from cases.models.cases import Case
from lending.models import Borrower, Funder, Product
from staff.models import Team, User


class AssignmentRule(models.Model):
    """Which cases go to whom: the first rule, by position, that fits a case decides; a field left empty fits every case."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    position = models.PositiveSmallIntegerField(_("position"), help_text="the lowest that fits decides")
    stage = models.CharField(_("stage"), max_length=10, blank=True)
    language = models.CharField(_("language"), max_length=10, choices=Borrower.Language.choices, blank=True)
    funder = models.ForeignKey(Funder, models.PROTECT, null=True, blank=True, related_name="+")
    product = models.ForeignKey(Product, models.PROTECT, null=True, blank=True, related_name="+")
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    amount_from = models.BigIntegerField(_("overdue from"), null=True, blank=True)
    amount_below = models.BigIntegerField(_("overdue below"), null=True, blank=True)
    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="+")
    weight = models.PositiveSmallIntegerField(_("effort of one case"), default=1)
    stays = models.BooleanField(_("stays in the same hands while it goes well"), default=True)
    changed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(weight__gte=1), name="a_case_weighs_something"),
            models.CheckConstraint(
                condition=Q(amount_from=None) | Q(amount_below=None) | Q(amount_below__gt=F("amount_from")),
                name="rule_has_an_amount_between",
            ),
            models.CheckConstraint(
                condition=Q(amount_from=None, amount_below=None) | ~Q(currency=""),
                name="amount_of_a_rule_has_a_currency",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Proposal(models.Model):
    """Who would get what and why, as it was reckoned: it is applied whole or thrown away, and one waits per person."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Waits")
        APPLIED = "applied", _("Applied")
        UNDONE = "undone", _("Taken back")

    batch = models.CharField(max_length=32, unique=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    on = models.DateField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    decided_at = models.DateTimeField(null=True)
    question = models.JSONField(default=dict, help_text="what was asked, so that it can be asked again")
    lines = models.JSONField(default=list, help_text="per person the cases before, coming, going and after")
    reasons = models.JSONField(default=list, help_text="per person and reason how many cases come")
    left = models.JSONField(default=dict, help_text="how many cases stay where they are, by reason")
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["by"], condition=Q(state="draft"), name="one_proposal_waits_per_person"),
            models.CheckConstraint(
                condition=Q(state="draft", decided_at=None) | (~Q(state="draft") & Q(decided_at__isnull=False)),
                name="decided_proposal_has_its_moment",
            ),
        ]

    def __str__(self) -> str:
        return self.batch


class ProposedMove(models.Model):
    """A case that a proposal moves: from whom to whom, `None` being the pool. A working paper, gone when it is decided.

    Written by the hundred thousand, so the database checks no keys here; applying checks every row against its case.
    """

    proposal = models.ForeignKey(Proposal, models.CASCADE, related_name="moves", db_constraint=False, db_index=False)
    case = models.ForeignKey(Case, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False)
    version = models.PositiveIntegerField(help_text="of the case when it was proposed")
    source = models.ForeignKey(
        User, models.DO_NOTHING, null=True, related_name="+", db_constraint=False, db_index=False
    )
    target = models.ForeignKey(
        User, models.DO_NOTHING, null=True, related_name="+", db_constraint=False, db_index=False
    )
    why = models.CharField(max_length=10)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["proposal", "case"], name="a_case_moves_once_in_a_proposal")]

    def __str__(self) -> str:
        return f"{self.case_id} to {self.target_id}"


class Target(models.Model):
    """What one person, or each person of a team and below it, is to reach in a day or a month; the newest from-day counts."""

    class Period(models.TextChoices):
        DAY = "day", _("a day")
        MONTH = "month", _("a month")

    class Measure(models.TextChoices):
        CONTACTS = "contacts", _("Contacts")
        PROMISES = "promises", _("Promises")
        RECOVERED = "recovered", _("Recovered")

    team = models.ForeignKey(Team, models.PROTECT, null=True, blank=True, related_name="targets")
    agent = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="targets")
    period = models.CharField(_("period"), max_length=5, choices=Period.choices)
    measure = models.CharField(_("what counts"), max_length=10, choices=Measure.choices)
    value = models.BigIntegerField(_("to reach"), help_text="a number, or minor units of the currency")
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    from_on = models.DateField(_("from"))
    set_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(team=None, agent__isnull=False) | Q(team__isnull=False, agent=None),
                name="target_is_a_teams_or_a_persons",
            ),
            models.CheckConstraint(
                condition=Q(measure="recovered") & ~Q(currency="") | ~Q(measure="recovered") & Q(currency=""),
                name="only_money_has_a_currency",
            ),
            models.CheckConstraint(condition=Q(value__gt=0), name="target_is_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.measure} {self.period}"
