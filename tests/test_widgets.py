"""What is drawn without a template is what the template would have drawn."""

import re

from django import forms
from django.forms.renderers import DjangoTemplates, TemplatesSetting
from django.utils.safestring import mark_safe
from hypothesis import given
from hypothesis import strategies as st

from iomsite.widgets import DRAWN, INPUTS, Renderer

WORDS = st.sampled_from(["", "a", "<b>&'\"", " two  words ", mark_safe("<i>"), "é", 0, 1.5, "\n"])
ATTRIBUTES = st.dictionaries(
    st.sampled_from(["id", "class", "required", "data-x", "maxlength"]),
    WORDS | st.booleans() | st.none(),
    max_size=3,
)
OPTION = st.fixed_dictionaries({"value": WORDS, "label": WORDS, "attrs": ATTRIBUTES}).map(
    lambda one: {**one, "template_name": "django/forms/widgets/select_option.html"}
)
OPTIONS = st.lists(OPTION, max_size=3)
GROUPS = st.lists(st.tuples(st.none() | WORDS, OPTIONS, st.just(0)), max_size=3)


def inputs(**fixed):
    return st.fixed_dictionaries(
        {
            "type": st.sampled_from(["text", "hidden"]),
            "name": WORDS,
            "value": st.none() | WORDS,
            "attrs": ATTRIBUTES,
            **{name: st.just(value) for name, value in fixed.items()},
        }
    )


HIDDEN = inputs(template_name="django/forms/widgets/hidden.html")
WIDGETS = {
    **dict.fromkeys(INPUTS, inputs()),
    "textarea": inputs(),
    "select": st.fixed_dictionaries({"name": WORDS, "attrs": ATTRIBUTES, "optgroups": GROUPS}),
    "multiple_hidden": st.fixed_dictionaries({"subwidgets": st.lists(HIDDEN, max_size=3)}),
}


def both(template, context):
    drawn, asked = Renderer().render(template, context), DjangoTemplates()
    assert drawn.__html__() == drawn
    return drawn, asked.render(template, context)


@given(data=st.data(), name=st.sampled_from(sorted(WIDGETS)))
def test_widgets_are_drawn_as_by_their_templates(data, name):
    drawn, asked = both(f"django/forms/widgets/{name}.html", {"widget": data.draw(WIDGETS[name])})
    assert drawn == asked


@given(st.lists(WORDS, max_size=3), WORDS, WORDS)
def test_errors_are_drawn_as_by_their_template(said, key, kind):
    errors = forms.utils.ErrorList(said, field_id=key)
    drawn, asked = both(
        "django/forms/errors/list/default.html", {"errors": errors, "error_class": kind}
    )
    assert drawn == asked


@given(WORDS, st.none() | ATTRIBUTES, st.booleans())
def test_labels_are_drawn_as_by_their_template(words, attrs, use_tag):
    context = {"label": words, "attrs": attrs, "use_tag": use_tag, "tag": "label"}
    drawn, asked = both("django/forms/label.html", context)
    assert drawn == asked


CONTEXT = {
    "rendered_widget": mark_safe("<select></select>"),
    "name": "one<",
    "url_params": "_to_field=id&_popup=1",
    "view_related_url_params": "_to_field=id",
    "model": "a & b",
    "model_name": "ab",
    "can_delete_related": False,
    "add_related_url": "/add/",
    "change_related_template_url": "/__fk__/change/",
}
SAID = ("is_hidden", "can_add_related", "can_change_related", "can_view_related")


@given(st.fixed_dictionaries(dict.fromkeys((*SAID, "model_has_limit_choices_to"), st.booleans())))
def test_links_beside_a_choice_are_drawn_as_by_their_template(said):
    name = "admin/widgets/related_widget_wrapper.html"
    drawn = [
        " ".join(re.sub(r"\s*([<>])\s*", r"\1", one.render(name, {**CONTEXT, **said})).split())
        for one in (Renderer(), TemplatesSetting())
    ]
    assert drawn[0] == drawn[1].replace('wrapper" >', 'wrapper">')


def test_what_is_not_known_has_its_template():
    name = "django/forms/widgets/radio.html"
    assert name not in DRAWN
    chosen = forms.RadioSelect(choices=[("a", "A")])
    assert 'type="radio"' in chosen.render("one", "a", renderer=Renderer())
