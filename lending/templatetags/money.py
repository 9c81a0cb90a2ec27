"""Money and rates as people read them; Django's own formats know no separators in Simplified Chinese."""

from django import template
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from lending.money import format_amount

register = template.Library()

YUAN_CURRENCY = "CNY"


@register.filter
def money(amount: int | None, currency: str) -> str:
    """Minor units as 1,234.56, without the currency: a column names it once. Nothing is a dash."""
    if amount is None:
        return "–"
    return format_amount(amount, currency).replace("-", "−")


@register.filter
def in_currency(amount: int | None, currency: str) -> str:
    """An amount inside a sentence: CNY 1,234.56, or 1,234.56 元 where people read Chinese."""
    if amount is None:
        return "–"
    if currency == YUAN_CURRENCY and (get_language() or "").startswith("zh"):
        return f"{money(amount, currency)} 元"
    return f"{currency} {money(amount, currency)}"


@register.filter
def change(amount: int | None, currency: str) -> str:
    """A difference with its sign: +120.00, −35.50, ±0."""
    if not amount:
        return "±0" if amount == 0 else "–"
    return f"+{money(amount, currency)}" if amount > 0 else money(amount, currency)


@register.filter
def percent(rate_ppm: int | None) -> str:
    """Parts per million as percent, without idle noughts: 240000 is 24%, 155000 is 15.5%."""
    if rate_ppm is None:
        return "–"
    whole, rest = divmod(abs(rate_ppm), 10_000)
    sign = "−" if rate_ppm < 0 else ""
    return f"{sign}{whole}.{rest:04d}".rstrip("0").rstrip(".") + "%"


@register.filter
def percent_a_year(rate_ppm: int | None) -> str:
    """A yearly rate in a sentence: 24% a year."""
    return _("%(rate)s a year") % {"rate": percent(rate_ppm)}
