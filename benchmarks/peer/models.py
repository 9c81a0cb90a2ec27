"""Names as plain text, in which the admin can search: the console's are sealed."""

from django.db import models

from lending.models import Borrower


class PlainName(models.Model):
    borrower = models.OneToOneField(Borrower, models.DO_NOTHING, primary_key=True, related_name="plain")
    name = models.TextField()

    class Meta:
        managed = False
        db_table = "bench_plain_name"

    def __str__(self) -> str:
        return self.name
