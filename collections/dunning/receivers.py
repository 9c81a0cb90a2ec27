"""What the floors below say that a message under way has to hear."""

from typing import Any

from django.dispatch import receiver

from contacts.signals import contact_unwanted
from dunning.claiming import take_back
from lending.models import Borrower


@receiver(contact_unwanted)
def stop_what_is_under_way(sender: Any, borrower: Borrower, **_: Any) -> None:
    """What was claimed before is judged anew; what has left has left."""
    take_back(borrower.pk)
