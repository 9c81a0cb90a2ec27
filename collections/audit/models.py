"""The record of who did what: one chain of entries that nobody can change unseen.

Invariants: numbers have no gap; each hash covers every other column and the hash before it; an entry is never updated or
deleted (the database refuses); an entry holds no foreign key and no personal data, so history outlives what it describes.
"""

from django.db import models


class Entry(models.Model):
    """One decision, reveal, export or sign-in. Table `audit_entry`."""

    append_only = True

    number = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    actor = models.CharField(max_length=150)
    role = models.CharField(max_length=30)
    action = models.CharField(max_length=80)
    subject_type = models.CharField(max_length=80)
    subject_id = models.CharField(max_length=80)
    request_id = models.CharField(max_length=64)
    source = models.CharField(max_length=64)
    facts = models.TextField()
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "number"], name="audit_entry_by_subject"),
            models.Index(fields=["actor", "number"], name="audit_entry_by_actor"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.action} by {self.actor}"


class Head(models.Model):
    """The end of the chain: the row that every writer locks last. One row, made with the first entry."""

    chain = models.CharField(max_length=32, unique=True)
    number = models.BigIntegerField()
    hash = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.chain} at {self.number}"
