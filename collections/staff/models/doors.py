"""How often somebody tried to come in: counters that are raised before a password or a code is looked at."""

from django.db import models


class Door(models.Model):
    """Tries that were counted at one door; see `staff.doors` for what each kind allows.

    The key is a keyed digest, so that a password typed as a user name is kept nowhere. `welcome_at` is the last time that the
    right password came from that place.
    """

    class Kind(models.TextChoices):
        ADDRESS = "address"
        PLACE = "place"
        ELSEWHERE = "elsewhere"
        KNOWN = "known"
        CODE = "code"

    kind = models.CharField(max_length=10, choices=Kind.choices)
    key = models.CharField(max_length=64)
    user = models.ForeignKey("staff.User", models.CASCADE, null=True, related_name="+")
    address = models.CharField(max_length=64, blank=True)
    tries = models.PositiveIntegerField()
    last_at = models.DateTimeField()
    welcome_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "key"], name="door_is_counted_once")]
        indexes = [
            models.Index(fields=["last_at"], name="door_by_age")
        ]  # the list of doors that are shut; the clearing

    def __str__(self) -> str:
        return f"{self.kind} {self.tries}"
