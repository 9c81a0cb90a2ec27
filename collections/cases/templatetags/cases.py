"""`{% panel drawn %}`: a panel of the case page, in its own names."""

from django import template
from django.template.loader import get_template
from django.utils.safestring import SafeString

from cases.desk import Drawn
from cases.words import delay_reason

register = template.Library()


@register.simple_tag(takes_context=True)
def panel(context: template.Context, drawn: Drawn) -> SafeString:
    """The panel inside the page's own context, so that it asks nothing twice."""
    with context.push(**drawn.values):
        return get_template(drawn.template).template.render(context)  # type: ignore[attr-defined, no-any-return]


@register.filter
def delay_words(code: str) -> str:
    return delay_reason(code)
