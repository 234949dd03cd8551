"""What is drawn once and stands on many pages. These tags are template builtins (settings).

`{% remembered "masthead" section %}…{% endremembered %}` holds until something is published (see
`iomsite.remembered`). What is inside may read the context, but may depend on nothing besides what
is public, the language, and the arguments. `{% lasting … %}…{% endlasting %}` is the same for what
shows no news, and holds until something else is published.

`{% drawn "includes/entry.html" with title=page.title %}` is an `include … only` that holds for
good: an include shows nothing but its arguments, so the same ones give the same words. Arguments
are words, numbers and dates; of a row, its name; and tuples of what never changes.

`{% drawn_for navigation path %}…{% until_here %}` does the same with what is inside of it.
Without `end` in its name, nothing inside has to be indented, which would be more to send.
"""

import datetime
from functools import lru_cache

from django import template
from django.db.models import Model
from django.template.base import token_kwargs
from django.template.loader import get_template
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import get_language

from iomsite.partialdate import PartialDate
from iomsite.remembered import lasting, remembered

register = template.Library()
MOST_DRAWN, MOST_OF_A_PIECE = 1_000, 200
PLAIN = (str, int, bool, type(None), datetime.date, PartialDate)


class RememberedNode(template.Node):
    def __init__(self, recall, nodelist, arguments):
        self.recall = recall
        self.nodelist = nodelist
        self.arguments = arguments

    def render(self, context):
        if "request" not in context:  # as for 503: without a menu, which others are not to lose
            return self.nodelist.render(context)
        key = [argument.resolve(context) for argument in self.arguments]
        return self.recall(("part", get_language(), *key), lambda: self.nodelist.render(context))


@register.tag("remembered")
def do_remembered(parser, token):
    return _recalling(remembered, parser, token)


@register.tag("lasting")
def do_lasting(parser, token):
    return _recalling(lasting, parser, token)


def _recalling(recall, parser, token):
    name, *words = token.split_contents()
    arguments = [parser.compile_filter(word) for word in words]
    nodelist = parser.parse((f"end{name}",))
    parser.delete_first_token()
    return RememberedNode(recall, nodelist, arguments)


class DrawnNode(template.Node):
    def __init__(self, name, arguments):
        self.name = name
        self.arguments = arguments

    def render(self, context):
        values = [_plain(value.resolve(context)) for value in self.arguments.values()]
        return _drawn(self.name, get_language(), tuple(zip(self.arguments, values, strict=True)))


@register.tag
def drawn(parser, token):
    _tag, name, _with, *words = token.split_contents()
    arguments = token_kwargs(words, parser)
    if words:
        raise template.TemplateSyntaxError(f"“drawn” does not understand {words[0]!r}.")
    return DrawnNode(parser.compile_filter(name).resolve({}), arguments)


class DrawnForNode(template.Node):
    def __init__(self, nodelist, arguments):
        self.nodelist = nodelist
        self.arguments = arguments
        self.drawn = {}

    def render(self, context):
        values = (_plain(argument.resolve(context)) for argument in self.arguments)
        key = (get_language(), *values)
        if (found := self.drawn.get(key)) is None:
            found = self.nodelist.render(context)
            if len(self.drawn) >= MOST_OF_A_PIECE:
                self.drawn.clear()
            self.drawn[key] = found
        return found


@register.tag
def drawn_for(parser, token):
    arguments = [parser.compile_filter(word) for word in token.split_contents()[1:]]
    nodelist = parser.parse(("until_here",))
    parser.delete_first_token()
    return DrawnForNode(nodelist, arguments)


def _plain(value):
    """What is made when somebody reads it is made by now, so that nobody keeps what makes it."""
    if isinstance(value, tuple):
        return tuple(value)
    is_late_word = type(value) is SimpleLazyObject and isinstance(value, str)
    if isinstance(value, Model | Promise) or is_late_word:
        return str(value)
    if isinstance(value, PLAIN):
        return value
    raise template.TemplateSyntaxError(f"“drawn” takes no {type(value).__name__}.")


@lru_cache(MOST_DRAWN)
def _drawn(name, language, arguments):
    return get_template(name).template.render(template.Context(dict(arguments)))
