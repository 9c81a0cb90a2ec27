"""The answer to a complaint as a letter, in the borrower's language whatever the reader's."""

from datetime import date

from django.template.loader import render_to_string
from django.utils import translation
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from cases.complaints.models import Complaint
from lending.claims import creditor_names
from lending.letter_pdf import pdf_of
from lending.models import Loan


def letter_of(complaint: Complaint, *, name: str, on: date) -> SafeString:
    """The letter with which it is or will be answered; `name` is the addressee as the reader may see it."""
    language = complaint.borrower.language
    loan = spoken_of(complaint)
    with translation.override(language):
        context = {
            "complaint": complaint,
            "loan": loan,
            "name": name,
            "language": language,
            "written_on": complaint.ended_on or on,
            "funder": creditor_names(loan, on, language) if loan else "",
        }
        return render_to_string("cases/complaints/_letter.html", context)


def pdf_of_letter(complaint: Complaint, letter: str, on: date) -> bytes:
    language, loan = complaint.borrower.language, spoken_of(complaint)
    with translation.override(language):
        title = f"{_('Answer to your complaint')} {complaint}"
    return pdf_of(letter, language=language, title=title, author=creditor_names(loan, on, language) if loan else "")


def spoken_of(complaint: Complaint) -> Loan | None:
    """The loan it is about, else the borrower's newest: its creditor answers."""
    loans = Loan.objects.select_related("funder", "product", "borrower")
    if complaint.loan_id:
        return loans.get(pk=complaint.loan_id)
    return loans.filter(borrower=complaint.borrower_id).order_by("-start_on", "-pk").first()
