"""What this floor tells the floors above."""

from django.dispatch import Signal

contact_completed = Signal()
"""Sent in the transaction that writes what came of a contact, with `contact`, `at` and `on` (business date)."""

hold_changed = Signal()
"""Sent in the transaction that places or lifts a hold, with `borrower` and `at`."""
