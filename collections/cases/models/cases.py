"""One desk for one borrower.

Invariants: at most one case per borrower that is open or watched (the database says so); a case's state is written only by `cases.moves`, by
compare-and-set; one open owner per case; one open promise per case; a promise is judged only by payments.
"""

from typing import Any

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from cases.file_kinds import FileKind
from cases.models.order import DueFrom
from lending.models import Borrower, Loan, NameDigest
from staff.models import Role, User


class Stage(models.TextChoices):
    """The stages of the house's own plan (`cases.stages`); a published plan may bring others."""

    EARLY = "early", _("Early")  # M1
    MIDDLE = "middle", _("Middle")  # M2, M3
    LATE = "late", _("Late")  # M4 and beyond


ORDERS: dict[str, Any] = {
    "priority": F("priority"),
    "days": F("behind_since"),
    "amount": F("overdue"),
    "next": DueFrom("next_at"),
}
"""The orders that the case list offers, each total with the key: what is compared, the least first."""
PROMISED = Q(state="open", promised_on__isnull=False)


class CaseQuerySet(models.QuerySet["Case"]):
    def visible_to(self, user: User) -> "CaseQuerySet":
        """An agent sees the cases in hand; a supervisor their teams' and the unassigned; managers and auditors all."""
        if user.role in {Role.MANAGER, Role.AUDITOR}:
            return self.all()
        if user.role == Role.SUPERVISOR:
            people = User.objects.in_teams_of(user)
            return self.filter(Q(owner__in=people) | Q(owner=None))
        if user.role == Role.AGENT:
            return self.filter(owner=user)
        return self.none()

    def open(self) -> "CaseQuerySet":
        return self.filter(state=Case.State.OPEN)

    def watched(self) -> "CaseQuerySet":
        return self.filter(state=Case.State.WATCHED)

    def live(self) -> "CaseQuerySet":
        """Worked or watched: of these a borrower has at most one."""
        return self.filter(state__in=LIVE_STATES)

    def unassigned(self) -> "CaseQuerySet":
        return self.open().filter(owner=None)

    def in_team(self, name: str) -> "CaseQuerySet":
        """In the hands of the people of that team."""
        return self.filter(owner__in=User.objects.filter(team__name=name))

    def on_hold(self) -> "CaseQuerySet":
        """A hold in force comes before every other next action (`cases.priority`)."""
        return self.filter(next_action=Case.NextAction.ON_HOLD)

    def promised(self) -> "CaseQuerySet":
        return self.filter(promised_on__isnull=False)

    def lent(self, **lent: str) -> "CaseQuerySet":
        """Of borrowers with a loan that still runs of which these hold."""
        running = Loan.objects.filter(borrower=OuterRef("borrower"), status=Loan.Status.ACTIVE, **lent)
        return self.filter(Exists(running))

    def of_name(self, digest: str) -> "CaseQuerySet":
        """Of borrowers whose whole name, or a part of it, has that digest."""
        return self.filter(Exists(NameDigest.objects.filter(digest=digest, borrower=OuterRef("borrower"))))


class Case(models.Model):
    class State(models.TextChoices):
        OPEN = "open", _("Open")
        WATCHED = "watched", _("Cured and watched")
        CURED = "cured", _("Cured")
        CLOSED = "closed", _("Closed")

    class NextAction(models.TextChoices):
        FIRST_CALL = "first_call", _("First call")
        CALL = "call", _("Call")
        CALL_AGAIN = "call_again", _("Try again")
        CALLBACK = "callback", _("Call back")
        AWAIT_PROMISE = "await_promise", _("Wait for the promised payment")
        REMIND_PROMISE = "remind_promise", _("Remind of the promise")
        CHASE_PROMISE = "chase_promise", _("Ask after the promise")
        CALL_BROKEN = "call_broken", _("Talk about the broken promise")
        CHECK_PAYMENT = "check_payment", _("Look for the payment")
        FIND_NUMBER = "find_number", _("Find a number")
        ON_HOLD = "on_hold", _("On hold")

    borrower = models.ForeignKey(Borrower, models.PROTECT, related_name="cases")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    stage = models.CharField(max_length=10, help_text="the code of a stage of the plan in force")
    bucket = models.CharField(max_length=3, help_text="the worst of its loans")
    owner = models.ForeignKey(User, models.PROTECT, null=True, related_name="cases")
    opened_on = models.DateField()
    ended_on = models.DateField(null=True, help_text="since when nothing is overdue any more, or nobody works it")
    returned_on = models.DateField(null=True, help_text="when it last came back from watch")
    reason_behind = models.CharField(max_length=20, blank=True, help_text="the newest `DelayReason`")
    next_action = models.CharField(max_length=20, choices=NextAction.choices, default=NextAction.FIRST_CALL)
    next_at = models.DateTimeField(null=True, help_text="not before this instant; empty: now")
    callback_at = models.DateTimeField(null=True, help_text="when the borrower asked to be called")
    look_again_on = models.DateField(null=True, help_text="no number was found: when to look again")
    priority = models.IntegerField(default=0)
    priority_reasons = models.JSONField(default=list)
    behind_since = models.DateField(null=True, help_text="the oldest day past due of its loans")
    overdue = models.BigIntegerField(
        default=0, db_default=0, help_text="principal and interest past due, in minor units of `currency`"
    )
    currency = models.CharField(max_length=3, blank=True, db_default="")
    promised_on = models.DateField(null=True, help_text="the day of the open promise, of several parts of the next one")
    as_of = models.DateField(null=True, help_text="the business date on which its plan last became another")
    holds_until = models.DateField(
        null=True,
        help_text="the day on which time alone gives it another next action or priority, or ends the watch; empty: never",
    )
    version = models.PositiveIntegerField(default=0, help_text="grows with each move: forms carry it, stale ones lose")

    objects = CaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["borrower"], condition=Q(state__in=["open", "watched"]), name="one_live_case_per_borrower"
            ),
            models.CheckConstraint(
                condition=~Q(state="watched") | Q(holds_until__isnull=False), name="watch_has_its_end"
            ),
            models.CheckConstraint(
                condition=Q(state="open", ended_on=None) | (~Q(state="open") & Q(ended_on__isnull=False)),
                name="ended_case_has_its_day",
            ),
        ]
        indexes = [
            # read by My day and Caseloads
            models.Index(fields=["owner", "-priority", "id"], name="case_work_list", condition=Q(state="open")),
            # read by the case list, a few rows from each bucket, in each order that it offers: bucket and stage cost as little as none
            *(
                models.Index("bucket", key, "id", name=f"case_list_{name}", condition=Q(state="open"))
                for name, key in ORDERS.items()
            ),
            # read by the case list where a stage is asked for: which buckets have it
            models.Index(fields=["stage", "bucket"], name="case_list_stage", condition=Q(state="open")),
            # read by the case list where a next action is asked for, which decides the priority and when its time comes
            models.Index("next_action", "priority", "id", name="case_action_priority", condition=Q(state="open")),
            models.Index("next_action", DueFrom("next_at"), "id", name="case_action_next", condition=Q(state="open")),
            # read by the case list where an open promise is asked for, which puts a case at the end of both orders
            models.Index("priority", "id", name="case_promised_priority", condition=PROMISED),
            models.Index(DueFrom("next_at"), "id", name="case_promised_next", condition=PROMISED),
            # read by the night: cases worked or watched whose day has come
            models.Index(fields=["holds_until"], name="case_day_comes", condition=Q(state__in=["open", "watched"])),
        ]

    def __str__(self) -> str:
        return f"case {self.pk}"


LIVE_STATES = [Case.State.OPEN, Case.State.WATCHED]


class Assignment(models.Model):
    """Who had a case in hand from when to when."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="assignments")
    agent = models.ForeignKey(User, models.PROTECT, related_name="assignments")
    from_at = models.DateTimeField()
    to_at = models.DateTimeField(null=True)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=120, blank=True)
    batch = models.CharField(max_length=32, blank=True, help_text="what was assigned in one step")
    previous = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", help_text="who had it before")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(to_at=None), name="one_owner_per_case"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.agent_id}"


class DelayReason(models.Model):
    """Why the borrower is behind, as they said on a day: coded, dated, never overwritten."""

    append_only = True

    class Code(models.TextChoices):
        FORGOT = "forgot", _("Forgot")
        TECHNICAL = "technical", _("Technical (debit failed, wrong account)")
        CASH_GAP = "cash_gap", _("Short of cash for now")
        JOB_LOSS = "job_loss", _("Lost work or income")
        ILLNESS = "illness", _("Illness or accident")
        BEREAVEMENT = "bereavement", _("Death in the family")
        OVERINDEBTED = "overindebted", _("Too many debts")
        BUSINESS = "business", _("Business is slow")
        DISPUTE = "dispute", _("Disputes the debt")
        FRAUD = "fraud", _("Says it was fraud")
        UNWILLING = "unwilling", _("Does not want to pay")
        UNREACHED = "unreached", _("Not known yet: not reached")

    case = models.ForeignKey(Case, models.PROTECT, related_name="delay_reasons")
    code = models.CharField(max_length=20, choices=Code.choices)
    note = models.CharField(max_length=300, blank=True)
    on = models.DateField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return self.code


class Promise(models.Model):
    """A promise to pay: kept when payments from the promise to its day plus grace reach the tolerance share.

    One in several parts has its `PromisePart` rows, and is due as a whole with the last of them.
    """

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        KEPT = "kept", _("Kept")
        PART_KEPT = "part_kept", _("Kept in part")
        BROKEN = "broken", _("Broken")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    case = models.ForeignKey(Case, models.PROTECT, related_name="promises")
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    due_on = models.DateField()
    made_on = models.DateField()
    made_at = models.DateTimeField()
    taken_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    tolerance_percent = models.PositiveSmallIntegerField(default=95)
    grace_days = models.PositiveSmallIntegerField(default=3)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    part_amount = models.BigIntegerField(null=True, help_text="of several parts the next one; empty: it is one sum")
    part_due_on = models.DateField(null=True, help_text="the day of that part")
    paid = models.BigIntegerField(default=0)
    judged_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case"], condition=Q(state="open"), name="one_open_promise_per_case"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="promise_is_positive"),
            models.CheckConstraint(
                condition=Q(state="open", judged_on=None) | (~Q(state="open") & Q(judged_on__isnull=False)),
                name="judged_promise_has_its_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.amount} by {self.due_on}"


class PromisePart(models.Model):
    """One of several sums of a promise, each with its day."""

    promise = models.ForeignKey(Promise, models.CASCADE, related_name="parts")
    number = models.PositiveSmallIntegerField()
    amount = models.BigIntegerField()
    due_on = models.DateField()
    met_on = models.DateField(null=True, help_text="the day on which payments had reached it")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["promise", "number"], name="one_part_of_a_number"),
            models.UniqueConstraint(fields=["promise", "due_on"], name="one_part_a_day"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="part_is_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} by {self.due_on}"


class PaidClaim(models.Model):
    """ "Says has paid": reminders pause until the end of `until_on` and the promise is not broken meanwhile."""

    append_only = True

    case = models.ForeignKey(Case, models.PROTECT, related_name="paid_claims")
    on = models.DateField()
    until_on = models.DateField(help_text="two working days later, included")
    note = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return f"{self.case_id} until {self.until_on}"


class CaseNote(models.Model):
    append_only = True

    case = models.ForeignKey(Case, models.PROTECT, related_name="notes")
    text = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return self.text[:40]


class Attachment(models.Model):
    """A file that somebody put on a case: what it is and how its bytes are found. The bytes lie outside the database."""

    append_only = True

    case = models.ForeignKey(Case, models.PROTECT, related_name="attachments")
    key = models.CharField(max_length=32, unique=True, help_text="the name under which the bytes lie")
    name = models.CharField(max_length=130)
    kind = models.CharField(max_length=3, choices=FileKind.choices)
    size = models.PositiveIntegerField(help_text="bytes")
    sha256 = models.CharField(max_length=64)
    note = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(size__gt=0), name="attachment_holds_something")]

    def __str__(self) -> str:
        return self.name


class CaseEvent(models.Model):
    """What happened to a case: the transition rows, from which the timeline tells its own part."""

    append_only = True

    case = models.ForeignKey(Case, models.PROTECT, related_name="events")
    event = models.CharField(max_length=30)
    at = models.DateTimeField()
    on = models.DateField()
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    facts = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["case", "-at"], name="event_of_case")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.event}"


class Presence(models.Model):
    """Who has a case open on the screen: two people on one case see each other."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="presences")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    seen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "user"], name="one_presence_per_person")]

    def __str__(self) -> str:
        return f"{self.user_id} on {self.case_id}"
