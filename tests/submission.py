"""What a browser would send from the form of a page; a test changes only what it is about."""

from html.parser import HTMLParser

from django.urls import reverse


class _FormParser(HTMLParser):
    def __init__(self):
        super().__init__()
        self.fields = {}
        self.buttons = set()
        self._inside = False
        self._text_of = None
        self._select = None

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "form":
            self._inside = attributes.get("id", "").endswith("_form")
        name = attributes.get("name")
        if tag == "option" and self._select and "selected" in attributes:
            self.fields.setdefault(self._select, []).append(attributes.get("value", ""))
        if not self._inside or not name:
            return
        if tag == "select":
            self._select = name
        elif tag == "textarea":
            self._text_of, self.fields[name] = name, ""
        elif attributes.get("type") == "submit":
            self.buttons.add(name)
        elif attributes.get("type") == "hidden" and name.startswith("initial-"):
            # One for each of many, under one name.
            self.fields.setdefault(name, []).append(attributes.get("value", ""))
        elif attributes.get("type") != "checkbox":
            self.fields[name] = attributes.get("value", "")
        elif "checked" in attributes:
            self.fields[name] = "on"

    def handle_endtag(self, tag):
        if tag == "form":
            self._inside = False
        elif tag == "select":
            self._select = None
        elif tag == "textarea":
            self._text_of = None

    def handle_data(self, data):
        if self._text_of:
            # A browser drops the line break that Django writes after the opening tag.
            self.fields[self._text_of] += data if self.fields[self._text_of] else data.lstrip("\n")


def _parsed(response):
    parser = _FormParser()
    parser.feed(response.content.decode())
    return parser


def fields_of(response):
    """Names and values of the change form, without its buttons and without empty files."""
    fields = _parsed(response).fields
    return {name: value for name, value in fields.items() if name not in ("file",)}


def buttons_of(response):
    return _parsed(response).buttons


def errors_of(response):
    """Messages of a refused form by field, those of its inline rows included."""
    context = response.context
    found = {name: list(errors) for name, errors in context["adminform"].form.errors.items()}
    for formset in context["inline_admin_formsets"]:
        for form in formset.formset.forms:
            found |= {f"{form.prefix}-{name}": list(e) for name, e in form.errors.items()}
        if formset.formset.non_form_errors():
            found[formset.formset.prefix] = list(formset.formset.non_form_errors())
    return found


def change_of(page):
    options = page._meta
    return reverse(f"admin:{options.app_label}_{options.model_name}_change", args=[page.pk])


def delete_of(page):
    return change_of(page).replace("/change/", "/delete/")


def verb_of(name, page):
    """The address of a page of the desk: a verb, `compare`, `preview-link` …"""
    return change_of(page).replace("/change/", f"/{name}/")


def say(client, name, edition, **fields):
    """Open the page of a verb, fill in these fields and press its button."""
    asked = client.get(verb_of(name, edition))
    form = getattr(asked, "context_data", {}).get("form", ())
    shown = {field.html_name: field.value() for field in form if field.is_hidden}
    return client.post(verb_of(name, edition), {**shown, **fields})


def many(client, action, *pages, **fields):
    """Choose these pages in their list, read the page that asks, and press its button."""
    asked = ask_many(client, action, *pages)
    return client.post(list_of(pages[0]), {**confirmation(asked), **fields}, follow=True)


def ask_many(client, action, *pages, **more):
    data = {"action": action, "_selected_action": [page.pk for page in pages], **more}
    return client.post(list_of(pages[0]), data)


def confirmation(asked):
    """What the button of the page that asks about many sends."""
    context = asked.context_data
    return {
        "action": context["bulk"].name,
        "_selected_action": [one.page_key for one in context["chosen"]],
        "seen": context["seen"],
        "confirmed": "1",
    }


def list_of(page):
    options = page._meta
    return reverse(f"admin:{options.app_label}_{options.model_name}_changelist")


def submit(client, page, **changes):
    """Open the form of the page, change these fields and send it."""
    form = client.get(change_of(page))
    return client.post(change_of(page), {**fields_of(form), **changes})
