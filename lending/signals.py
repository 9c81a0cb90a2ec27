"""What the book tells the floors above."""

from django.dispatch import Signal

payment_posted = Signal()
"""Sent once in each posting's transaction, with `borrower_ids` (whose loans got money), `on` (business date) and `at`."""

loans_booked = Signal()
"""Sent once in each transaction that enters loans, with `loans` (a list)."""

contact_points_changed = Signal()
"""Sent in the transaction that adds or retires numbers or addresses, with `borrower_ids` and `at`."""

schedule_changed = Signal()
"""Sent in the transaction that puts a new schedule version in force, with `loan`, `version`, `on` and `at`."""

debt_given_up = Signal()
"""Sent in the transaction that waives something or writes a loan off, with `loan`, `kind`, `on` and `at`."""

debit_failed = Signal()
"""Sent in the transaction that learns that a direct debit failed, with `debit`, `reason`, `on` (business date) and `at`."""

pause_changed = Signal()
"""Sent in the transaction that pauses a loan or ends a pause, with `loan` and `at`."""
