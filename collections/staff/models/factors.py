"""The second factor: an authenticator, and the codes for the day on which it is lost."""

from django.db import models


class Factor(models.Model):
    """A person's authenticator. `last_step` is the newest half minute whose code was taken: each code is good once."""

    user = models.OneToOneField("staff.User", models.CASCADE, related_name="factor")
    secret = models.TextField()
    last_step = models.BigIntegerField()
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.user}"


class RecoveryCode(models.Model):
    """A code that stands in for the authenticator once; only its keyed digest is kept."""

    user = models.ForeignKey("staff.User", models.CASCADE, related_name="recovery_codes")
    digest = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "digest"], name="recovery_code_is_kept_once")]

    def __str__(self) -> str:
        return f"{self.user} {self.used_at or ''}"
