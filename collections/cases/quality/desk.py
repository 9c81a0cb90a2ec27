"""What quality adds to other pages: whose reviews wait for whom."""

from cases.quality.models import Review, ReviewQuerySet
from staff.matrix import may
from staff.models import User


def reviews_for(user: User) -> ReviewQuerySet:
    """What waits for this person: contacts to review, or reviews of their own contacts to answer."""
    seen = Review.objects.visible_to(user)
    return seen.waiting() if may(user.role, "cases.quality_read") else seen.unanswered()
