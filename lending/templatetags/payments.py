"""The rows of a table of payments, written at one go, as those of a schedule are."""

from collections.abc import Iterable

from django import template
from django.urls import reverse
from django.utils.html import conditional_escape as escaped
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from lending.loan_view import PaymentLine
from lending.models import Loan
from lending.templatetags.money import money
from lending.templatetags.parts import settles
from staff.templatetags.ui import badge, iso

register = template.Library()

_ROW = (
    '<tr><th scope="row">{}</th><td class="nowrap">{}</td><td class="nowrap">{}</td><td>{}</td><td class="num">{}</td>'
    "<td>{}</td>{}</tr>"
)
_PART = '<span class="nowrap">{} <b class="num">{}</b></span>'
_AMOUNT = '<span class="nowrap muted">{} <b class="num">{}</b></span>'
_LINK = '<a class="button button-small button-quiet drawer-link no-print" href="{}">{}<span class="vh"> {}</span></a>'
_DECIDE = '<a class="button button-small button-quiet drawer-link no-print" href="{}">{}</a>'


@register.simple_tag
def payment_rows(
    lines: Iterable[PaymentLine], loan: Loan, is_whole: bool, may_post: bool, may_refund: bool
) -> SafeString:
    """The rows; `is_whole` tells what each settled, the last two give the links to reverse and to refund."""
    rows = []
    for line in lines:
        paid = line.payment
        told = " ".join(filter(None, _told(line, loan, is_whole=bool(is_whole), may_refund=bool(may_refund))))
        action = f'<td class="no-print">{_reversal(line, loan)}</td>' if may_post else ""
        cells = escaped(paid.reference), iso(paid.value_on), iso(paid.posted_at), escaped(paid.get_channel_display())
        rows.append(_ROW.format(*cells, money(paid.amount, loan.currency), told, action))
    return SafeString("\n".join(rows))


def _told(line: PaymentLine, loan: Loan, *, is_whole: bool, may_refund: bool) -> Iterable[str]:
    """What became of the money."""
    if line.is_reversed:
        yield badge("off", _("reversed"))
    if is_whole:
        yield " · ".join(format_html(_PART, settles(part), money(part.amount, loan.currency)) for part in line.parts)
    if line.held:
        yield format_html(_AMOUNT, _("held"), money(line.held, loan.currency))
        if may_refund and not line.waiting:
            address = reverse("refund_ask", args=[loan.number, line.payment.pk])
            yield format_html(_LINK, address, _("Refund"), line.payment.reference)
    if line.refunded:
        yield format_html(_AMOUNT, _("refunded"), money(line.refunded, loan.currency))
    if line.waiting:
        yield badge("wait", _("refund waits"))
        yield format_html('<span class="num">{}</span>', money(line.waiting.amount, loan.currency))
        if may_refund:
            yield format_html(_DECIDE, reverse("refund_decide", args=[line.waiting.pk]), _("Look and decide"))
    if line.payment.note:
        yield format_html('<div class="muted small">{}</div>', line.payment.note)


def _reversal(line: PaymentLine, loan: Loan) -> str:
    if line.is_reversed or line.refunded:
        return ""
    address = reverse("payment_reverse", args=[loan.number, line.payment.pk])
    return format_html(_LINK, address, _("Reverse"), line.payment.reference)
