"""Who has an interest in a complaint and therefore may not handle it (Chinese rules on consumer complaints: the handler has none)."""

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from cases.complaints.models import Complaint
from cases.models import Assignment
from contacts.models import Contact
from staff.matrix import MATRIX
from staff.models import User


def why_interested(person: User, complaint: Complaint) -> str:
    """Why this person may not handle it, in words; empty when they may."""
    if complaint.about_id == person.pk:
        return _("It is about you.")
    if Assignment.objects.filter(case__borrower=complaint.borrower_id, agent=person).exists():
        return _("The borrower's case is or was in your hands.")
    if Contact.objects.filter(borrower=complaint.borrower_id, by=person).exists():
        return _("You have spoken to the borrower.")
    return ""


def possible_handlers(complaint: Complaint) -> QuerySet[User]:
    """Who may handle it: of the right role, at work, and without an interest in the case."""
    cases = Assignment.objects.filter(case__borrower=complaint.borrower_id, agent=OuterRef("pk"))
    contacts = Contact.objects.filter(borrower=complaint.borrower_id, by=OuterRef("pk"))
    people = User.objects.filter(role__in=MATRIX["cases.complaint_handle"], is_active=True)
    people = people.filter(~Exists(cases), ~Exists(contacts)).exclude(pk=complaint.about_id or 0)
    return people.order_by("display_name", "username")
