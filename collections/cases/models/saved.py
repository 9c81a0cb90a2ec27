"""Views of the case list that people keep for themselves."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from staff.models import User


class SavedView(models.Model):
    """Filters, order and columns of the case list under a name; at most one of a person's opens by itself."""

    user = models.ForeignKey(User, models.CASCADE, related_name="case_views", db_index=False)
    name = models.CharField(_("name"), max_length=60)
    query = models.CharField(
        max_length=1000, help_text="as it stands in the URL; never a name or a number searched for"
    )
    is_default = models.BooleanField(_("opens by itself"), default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "name"], name="saved_view_by_its_name"),
            models.UniqueConstraint(fields=["user"], condition=Q(is_default=True), name="one_view_opens_by_itself"),
        ]

    def __str__(self) -> str:
        return self.name
