"""Django's own `i18n` tags, save that a constant `{% translate %}` is looked up once a language and then remembered.

A page says some hundred constants, and each look-up takes longer than the rest of its tag. Templates load this library where they
would load `i18n`, and read as ever.
"""

from django.template.base import FilterExpression, Node, Parser, Token
from django.template.context import Context
from django.template.library import Library
from django.templatetags import i18n
from django.utils.translation import get_language

register = Library()
register.tags.update(i18n.register.tags)
register.filters.update(i18n.register.filters)


@register.tag("translate")
@register.tag("trans")
def translate(parser: Parser, token: Token) -> Node:
    node = i18n.do_translate(parser, token)
    context = node.message_context
    is_constant = _is_constant(node.filter_expression) and (context is None or _is_constant(context))
    return KeptWords(node) if is_constant else node


def _is_constant(expression: FilterExpression) -> bool:
    """Whether it is a text between quotes, without a filter."""
    variable = expression.var
    return not expression.filters and (isinstance(variable, str) or isinstance(variable.literal, str))


class KeptWords(Node):
    """The words of a constant in each language that has asked for them."""

    child_nodelists = ()

    def __init__(self, node: i18n.TranslateNode) -> None:
        self.asvar, node.asvar = node.asvar, None
        self.node = node
        self.words: dict[str | None, str] = {}

    def render(self, context: Context) -> str:
        language = get_language()
        words = self.words.get(language)
        if words is None:
            words = self.words[language] = self.node.render(context)
        if self.asvar:
            context[self.asvar] = words
            return ""
        return words
