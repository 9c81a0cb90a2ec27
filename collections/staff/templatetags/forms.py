"""`{% one_time_key %}`: the hidden field that makes a form act once."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from staff.once import FIELD, new_key

register = template.Library()


@register.simple_tag
def one_time_key() -> SafeString:
    return format_html('<input type="hidden" name="{}" value="{}">', FIELD, new_key())
