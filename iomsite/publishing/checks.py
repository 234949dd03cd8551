"""System checks for rules that no type checker and no database sees."""

from django.apps import apps
from django.core import checks

from .models import Publishable


@checks.register(checks.Tags.models)
def check_inherited_constraints(app_configs, **kwargs):
    """A model whose `Meta` does not extend `Publishable.Meta` loses its constraints in silence."""
    expected = len(Publishable._meta.constraints)
    return [
        checks.Error(
            f"{model.__name__} does not inherit the constraints of Publishable.",
            hint="Write `class Meta(Publishable.Meta)` and extend `Publishable.Meta.constraints`.",
            obj=model,
            id="publishing.E001",
        )
        for model in apps.get_models()
        if issubclass(model, Publishable)
        and sum(
            any(
                constraint.name.endswith(base.name.removeprefix("%(app_label)s_%(class)s"))
                for base in Publishable._meta.constraints
            )
            for constraint in model._meta.constraints
        )
        < expected
    ]


@checks.register(checks.Tags.models)
def check_no_field_is_redefined(app_configs, **kwargs):
    """A field of the same name would take the place of one that says which edition a row is."""
    return [
        checks.Error(
            f"{model.__name__} defines “{field.name}” anew, which Publishable has.",
            hint="Give the field of the model another name.",
            obj=model,
            id="publishing.E002",
        )
        for model in apps.get_models()
        if issubclass(model, Publishable)
        for field in Publishable._meta.fields
        if getattr(model._meta.get_field(field.name), "creation_counter", None)
        != field.creation_counter
    ]
