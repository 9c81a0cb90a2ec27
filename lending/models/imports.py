"""How the files of a lender are read that has columns of its own."""

from django.db import models

from lending.imports.mapping import DayOrder


class ImportMapping(models.Model):
    """Which of a lender's columns gives which of ours: kept by the header, and offered when such a file comes again.

    `lender` is the code of the funder, which may not be in the book yet. A later answer replaces this one; imports keep
    the mapping that they began with.
    """

    lender = models.CharField(max_length=40)
    lender_name = models.CharField(max_length=120)
    format = models.CharField(max_length=20)
    fingerprint = models.CharField(max_length=64, help_text="of the header's names")
    columns = models.JSONField(help_text="our column to theirs")
    always = models.JSONField(help_text="our column to what every row has")
    days = models.CharField(max_length=5, help_text="the order in which a day is written")
    made_by = models.ForeignKey("staff.User", models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["fingerprint", "format", "lender"], name="import_mapping_once_per_header"),
            models.CheckConstraint(condition=models.Q(days__in=[*DayOrder]), name="import_mapping_knows_its_days"),
        ]

    def __str__(self) -> str:
        return f"{self.lender_name} {self.format}"
