"""What is asked of the portfolio."""

from datetime import date
from typing import Any

from django import forms
from django.db.models import F
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from lending.forms import day_input
from lending.imports.fields import DAY_FIRST
from lending.models import Funder, Product
from risk.figures import Asked


class PortfolioForm(forms.Form):
    """A day up to the business date, a funder, a product: all of them optional."""

    on = forms.DateField(label=_("As of"), required=False, widget=day_input())
    funder = forms.ChoiceField(label=_("Funder"), required=False)
    product = forms.ChoiceField(label=_("Product"), required=False)

    def __init__(self, *args: Any, today: date, **options: Any) -> None:
        super().__init__(*args, **options)
        self.today = today
        self.funders = {funder.code: str(funder) for funder in Funder.objects.order_by("code")}
        self.fields["funder"].choices = [("", _("All funders")), *self.funders.items()]  # type: ignore[attr-defined]
        self.fields["product"].choices = [("", _("All products")), *_products().items()]  # type: ignore[attr-defined]

    def clean_on(self) -> date:
        on: date | None = self.cleaned_data["on"]
        if on and not DAY_FIRST <= on <= self.today:
            raise forms.ValidationError(_("The portfolio is known up to the business date."))
        return on or self.today

    def asked(self) -> Asked:
        """What makes no sense is passed over; the form says so."""
        self.is_valid()
        given = self.cleaned_data
        return Asked(given.get("on") or self.today, given.get("funder") or "", given.get("product") or "")


def _products() -> dict[str, str]:
    """Codes and names, the newest version's."""
    language = get_language() or "en"
    rows = Product.objects.order_by("code", F("valid_from"))
    return {product.code: product.name_in(language) for product in rows}
