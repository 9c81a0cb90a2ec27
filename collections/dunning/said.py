"""Tells the floor of contacts what messages said, so that a change of its rules on wording can be replayed."""

from collections.abc import Collection

from contacts.models import Contact
from contacts.replaying import Said, register_texts
from dunning.models import Reminder
from dunning.texts import shown
from dunning.wording import names_of


def texts_of(contact_ids: Collection[int]) -> dict[int, Said]:
    """What each of these contacts said, where it was a message of ours; found through its borrower."""
    people = Contact.objects.filter(pk__in=contact_ids).values("borrower")
    rows = Reminder.objects.filter(borrower__in=people, contact_id__in=contact_ids).select_related("funder")
    return {row.contact_id: Said(shown(row.text), names_of(row.funder)) for row in rows if row.contact_id}


register_texts(texts_of)
