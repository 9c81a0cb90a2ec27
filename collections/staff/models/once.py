"""One-time keys of forms: a form that arrives twice acts once."""

from django.db import models


class SpentKey(models.Model):
    """A key that was used, and where its form led. Unique for each person, so the database stops the second use."""

    user = models.ForeignKey("staff.User", models.CASCADE, related_name="+")
    key = models.CharField(max_length=64)
    path = models.CharField(max_length=300)
    answer = models.TextField(blank=True)
    spent_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="one_time_key_is_spent_once")]
        indexes = [models.Index(fields=["spent_at"], name="spent_key_by_age")]

    def __str__(self) -> str:
        return f"{self.path} at {self.spent_at}"
