"""What this floor tells the floors above."""

from django.dispatch import Signal

contact_completed = Signal()
"""Sent in the transaction that writes what came of a contact, with `contact`, `at` and `on` (business date)."""

contact_unwanted = Signal()
"""Sent first of all in the transaction that notes an opt-out, a consent taken back, a refusal or a hold, with `borrower`.

Whoever is about to write to them has until this transaction commits to stop; before anything else, so that it waits for a
sender without holding what the sender may wait for.
"""

hold_changed = Signal()
"""Sent in the transaction that places or lifts a hold, with `borrower` and `at`."""
