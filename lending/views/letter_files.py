"""A letter to take along: as PDF, for the page's button and for machines that ask for `application/pdf`."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _
from rest_framework.renderers import BaseRenderer

from lending.claims import creditor_names
from lending.letter_pdf import CONTENT_TYPE, pdf_of
from lending.models import Borrower, Loan

TITLES = {
    "statement": "Statement of account",
    "payoff": "Pay-off quote",
    "clearance": "Clearance of the loan",
    "offer": "Offer of a repayment plan",
    "agreement": "Repayment agreement",
}
"""The subjects of the letters, as their templates have them."""


def as_pdf(letter: str, loan: Loan, *, kind: str, language: str, on: date) -> HttpResponse:
    """The letter of that day as a file; `kind` is a key of TITLES."""
    with translation.override(language):
        title = f"{_(TITLES[kind])} {loan.number}"
    content = pdf_of(letter, language=language, title=title, author=creditor_names(loan, on, language))
    answer = HttpResponse(content, content_type=CONTENT_TYPE)
    answer.headers["Content-Disposition"] = f'attachment; filename="{kind}.pdf"'
    return answer


def language_for(asked: str, loan: Loan) -> str:
    """The language asked for, else the borrower's own."""
    return asked if asked in Borrower.Language.values else loan.borrower.language


class PdfRenderer(BaseRenderer):
    """Lets a machine ask for a letter as PDF; what goes wrong is told in JSON all the same."""

    media_type = CONTENT_TYPE
    format = "pdf"
    charset = None
    render_style = "binary"

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> bytes:
        if renderer_context:
            renderer_context["response"].headers["Content-Type"] = "application/json"
        return json.dumps(data, default=str).encode()
