"""What every worker has to know of a gateway: whether it is passable, and when the next message may go.

How a gateway is set up stands in the environment; these rows are what happened. Their moments are of the machine's clock.
"""

from django.db import models
from django.db.models import Q


class Circuit(models.Model):
    """The breaker of one gateway. Closed unless `opened_at` is set; while it is open nothing is claimed for the gateway, save one
    message at a time that tries whether it is back (`probing_until`).
    """

    gateway = models.CharField(max_length=40, unique=True)
    faults = models.PositiveIntegerField(default=0, help_text="of this window, less the clear answers")
    window_from = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)
    probes = models.PositiveIntegerField(default=0, help_text="that failed since it opened")
    probing_until = models.DateTimeField(null=True)
    last_fault = models.CharField(max_length=200, blank=True)
    last_fault_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(opened_at__isnull=False) | Q(probing_until=None, probes=0),
                name="only_an_open_circuit_is_probed",
            )
        ]

    def __str__(self) -> str:
        return self.gateway


class Allowance(models.Model):
    """When the next message may go to a gateway, or in the name of one sender to a gateway (`sender`, a creditor's code)."""

    gateway = models.CharField(max_length=40)
    sender = models.CharField(max_length=40, blank=True)
    next_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["gateway", "sender"], name="allowance_once_per_sender")]

    def __str__(self) -> str:
        return f"{self.gateway} {self.sender}".strip()
