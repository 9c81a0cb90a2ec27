"""Contacts that are listened to again: why each was picked, how it was judged, what is said about it.

Invariants: a contact is picked once; nobody reviews their own contact; a review is written once, and answered once by whom it is about.
"""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from contacts.models import Contact
from staff.models import Role, User


class ReviewQuerySet(models.QuerySet["Review"]):
    def visible_to(self, user: User) -> "ReviewQuerySet":
        """Supervisors see their teams', managers and auditors all, agents what was written about their own contacts."""
        if user.role in {Role.MANAGER, Role.AUDITOR}:
            return self.all()
        if user.role == Role.SUPERVISOR:
            return self.filter(agent__in=User.objects.in_teams_of(user))
        if user.role == Role.AGENT:
            return self.filter(agent=user, state=Review.State.WRITTEN)
        return self.none()

    def waiting(self) -> "ReviewQuerySet":
        return self.filter(state=Review.State.WAITING)

    def unanswered(self) -> "ReviewQuerySet":
        return self.filter(state=Review.State.WRITTEN, replied_at=None)


class Review(models.Model):
    """A contact picked for review on a day, and what came of it."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waits for a reviewer")
        WRITTEN = "written", _("Written")

    class Why(models.TextChoices):
        FLAGGED = "flagged", _("The gate would have refused it")
        WORDING = "wording", _("A word in the note that may not be said")
        COMPLAINT = "complaint", _("The borrower complained afterwards")
        NEW = "new", _("New at the desk")
        LONG = "long", _("A long call")
        USUAL = "usual", _("Picked by lot")
        BY_HAND = "by_hand", _("Picked by hand")

    contact = models.OneToOneField(Contact, models.PROTECT, related_name="review")
    agent = models.ForeignKey(User, models.PROTECT, related_name="reviews")
    why = models.CharField(max_length=10, choices=Why.choices)
    words_found = models.JSONField(default=list, help_text="phrases in the note that may not be said")
    picked_on = models.DateField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    reviewer = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    written_at = models.DateTimeField(null=True)
    answers = models.JSONField(default=dict, help_text="item of the checklist to met, missed or none")
    score = models.PositiveSmallIntegerField(null=True, help_text="percent; empty: nothing on the list arose")
    coaching = models.TextField(blank=True)
    replied_at = models.DateTimeField(null=True)
    agrees = models.BooleanField(null=True)
    reply = models.TextField(blank=True)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(reviewer=None) | ~Q(reviewer=F("agent")), name="nobody_reviews_their_own_contact"
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", reviewer=None, written_at=None, replied_at=None)
                | Q(state="written", reviewer__isnull=False, written_at__isnull=False),
                name="written_review_has_its_reviewer",
            ),
        ]
        indexes = [
            # read by the list of what waits, the oldest first
            models.Index(fields=["picked_on", "id"], name="review_waiting", condition=Q(state="waiting")),
            # read by an agent's own page and by the numbers
            models.Index(fields=["agent", "-picked_on"], name="review_of_agent"),
        ]

    def __str__(self) -> str:
        return f"{self.contact_id} {self.why}"

    def is_contested(self) -> bool:
        return self.agrees is False
