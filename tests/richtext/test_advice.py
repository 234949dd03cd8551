"""Advice in the form, while somebody types, when the page is submitted, and on the first page."""

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from iomsite.publishing import actions, advice
from iomsite.publishing.actions import Refused
from iomsite.publishing.inbox import lists_for
from iomsite.richtext.sanitise import reference
from tests.factories.accounts import OfficeFactory, UserFactory
from tests.factories.news import CampaignFactory, NewsReleaseFactory
from tests.factories.organisation import FigureFactory
from tests.factories.programmes import ObjectiveFactory, ProgrammeFactory
from tests.submission import change_of, errors_of, fields_of, submit, verb_of

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

UNKNOWN = "00000000-0000-4000-8000-000000000000"
NOTHING = f'<p><a href="{reference("programmes.programme", UNKNOWN)}">gone</a></p>'
UNDECIDED = f'<p><img src="{reference("images.photo", UNKNOWN)}"></p>'
POINTING = "Texts that point at something visitors cannot see"
FAULTY = '<h3>Results</h3><p><a href="https://who.int/">here</a></p>'


def link(page, words="there"):
    return f'<p><a href="{reference(page._meta.label_lower, page.uid)}">{words}</a></p>'


def sentences(user, page, **values):
    return [one.words for one in advice.on(advice.Typed(type(page), values, user))]


def pointing(user):
    lists = {str(one.title): one for one in lists_for(user, lambda model: True)}
    return sorted(item.title for item in lists[POINTING].items) if POINTING in lists else []


@pytest.fixture
def writer():
    return UserFactory(role="editor")


def test_advice_on_what_is_typed_names_the_field_and_the_remedy(client, writer):
    client.force_login(writer)
    release = NewsReleaseFactory(title="Malaria", body="<p>Well.</p>")
    page = client.get(change_of(release)).content.decode()
    assert 'data-advice="' + verb_of("advice", release) in page
    assert "data-beside" not in page
    typed = {"title": "Malaria & more", "lead": "Today, 5 March.", "body": FAULTY}
    html = client.post(
        verb_of("advice", release), {**typed, "released_on": "2024-03-04"}
    ).content.decode()
    assert html.count('data-beside="id_body"') == html.count('data-beside="id_lead"') == 1
    assert "“Results” is a heading of level 3: make it level 2." in html
    assert "The link “here” does not say where it leads." in html
    assert "“Today, 5 March” is not the date of this page." in html
    # How it would be found and shared, with what is typed.
    assert html.count("Malaria &amp; more") == 3
    assert release.get_absolute_url() in html


def test_advice_is_for_whoever_may_write_there(client, writer):
    """What a contributor of another office types is looked at in their own pages alone."""
    office, other = OfficeFactory.create_batch(2)
    release = NewsReleaseFactory(responsible_office=office)
    new = reverse("admin:news_newsrelease_advice_new")
    answers = {}
    for name, where in (("here", office), ("elsewhere", other)):
        client.force_login(UserFactory(role="editor", role__office=where))
        answers[name] = client.post(verb_of("advice", release), {}).status_code
        assert client.post(new, {"title": "A", "body": FAULTY}).status_code == 200
        assert client.get(new).status_code == 403
    assert answers == {"here": 200, "elsewhere": 404}
    client.force_login(writer)
    published = NewsReleaseFactory(published=True)
    assert client.post(verb_of("advice", published), {}).status_code == 403


def test_advice_has_a_bound(client, writer):
    client.force_login(writer)
    release = NewsReleaseFactory()
    most = advice.MOST - len(FAULTY)  # of all texts; each has a bound of its own
    for number, is_too_long in ((most, False), (most + 1, True)):
        answer = client.post(verb_of("advice", release), {"body": FAULTY, "lead": "a" * number})
        assert ("too long" in answer.content.decode()) == is_too_long
        assert ("make it level 2" in answer.content.decode()) != is_too_long


@pytest.mark.parametrize("number", [1, 40])
def test_advice_costs_the_same_for_any_text(number, client, writer, django_assert_num_queries):
    """Session, person, rights, page, and who wrote it; pages mentioned: the public ones, then the
    others; acronyms."""
    client.force_login(writer)
    targets = ProgrammeFactory.create_batch(number)
    release = NewsReleaseFactory(body="".join(map(link, targets)))
    parts = {f"contacts-{place}-name": "A" for place in range(number)}
    typed = {"title": "A", "lead": "ABX and ABY", "body": release.body, **parts}
    client.post(verb_of("advice", release), typed)
    with django_assert_num_queries(7):
        client.post(verb_of("advice", release), typed)


def test_rows_of_a_form_are_looked_at_as_they_stand(client, writer):
    client.force_login(writer)
    programme = ProgrammeFactory()
    typed = {
        "objective_set-0-text": FAULTY,
        "objective_set-1-text": FAULTY,
        "objective_set-1-DELETE": "on",
        "objective_set-__prefix__-text": FAULTY,
    }
    html = client.post(verb_of("advice", programme), typed).content.decode()
    assert html.count("data-beside") == 1
    assert 'data-beside="id_objective_set-0-text"' in html
    assert "Objective 1" in html


def test_what_points_at_hidden_pages_is_named_to_whoever_may_know(writer):
    office = OfficeFactory()
    hidden = ProgrammeFactory(title="Secret plan", responsible_office=OfficeFactory())
    shown = ProgrammeFactory(title="Known", published=True)
    figure = FigureFactory()
    quoted = f'<p><data value="organisation.figure/{figure.uid}">9</data></p>'
    body = link(hidden, "a plan") + link(shown) + quoted + link(shown, "again")
    release = NewsReleaseFactory(responsible_office=office, body=body)
    named, figures = sentences(writer, release, body=body)
    assert "“a plan” leads to “Secret plan”, which visitors cannot see" in named
    assert "“9” (“" in figures
    nameless, _figures = sentences(
        UserFactory(role="editor", role__office=office), release, body=body
    )
    assert nameless.startswith("The link “a plan” leads to a page that visitors cannot see")
    assert "Secret" not in nameless


@pytest.mark.parametrize(
    ("html", "said"),
    [(NOTHING, "“gone” leads to a page that is not there"), (UNDECIDED, "no altern")],
)
def test_what_would_harm_a_reader_is_not_published(html, said, client, writer):
    """In the form beside its text, of the page and of its parts; and whoever publishes it."""
    client.force_login(writer)
    programme = ProgrammeFactory(kind="fund", lead="Lead.", body=html)
    ObjectiveFactory(programme=programme, text=html)
    draft = submit(client, programme, _save="1")
    assert draft.status_code == 302  # a draft may wait
    form = client.get(change_of(programme)).content.decode()
    assert form.count("Before it is published:") >= 2
    refused = errors_of(submit(client, programme, _submit="1"))
    assert said in " ".join(refused["body"])
    assert said in " ".join(refused["objective_set-0-text"])
    with pytest.raises(Refused) as refusal:
        actions.submit(programme, by=writer)
    assert said in " ".join(refusal.value.errors["body"])
    type(programme).objects.update(body="")
    programme.refresh_from_db()
    with pytest.raises(Refused) as refusal:
        actions.submit(programme, by=writer)
    assert said in " ".join(refusal.value.errors[""])
    # Decided, and of a page that is only hidden, it is advice.
    other = ProgrammeFactory()
    programme.objective_set.update(text=link(other))
    actions.submit(programme, by=writer)


def test_submission_says_once_more_what_was_advised(client, writer):
    client.force_login(writer)
    programme = ProgrammeFactory(kind="fund", lead="Lead.", body=FAULTY * 6)
    answer = submit(client, programme, _submit="1")
    said = [str(message) for message in get_messages(answer.wsgi_request)]
    assert len(said) == 2
    assert said[1].startswith("Advice for whoever goes on with it: Context: “Results” is a heading")
    assert "The link “here” does not say where it leads" in said[1]
    fine = ProgrammeFactory(kind="fund", lead="Lead.", body="<h2>Results</h2>")
    answer = submit(client, fine, _submit="1")
    assert len(list(get_messages(answer.wsgi_request))) == 1


def test_form_shows_advice_without_a_script(client, writer):
    client.force_login(writer)
    release = NewsReleaseFactory(body=FAULTY)
    page = client.get(change_of(release))
    assert 'data-beside="id_body"' in page.content.decode()
    # As it was typed, where the form comes back; nothing where one only reads.
    typed = {**fields_of(page), "body": "<h2>A</h2>", "slug": "not a slug"}
    assert "data-beside" not in client.post(change_of(release), typed).content.decode()
    public = NewsReleaseFactory(published=True, body=FAULTY)
    assert "data-beside" not in client.get(change_of(public)).content.decode()


def test_first_page_lists_public_texts_that_point_at_something_hidden(writer):
    office = OfficeFactory()
    hidden, shown = ProgrammeFactory(), ProgrammeFactory(published=True)
    NewsReleaseFactory(title="Well", published=True, body=link(shown))
    NewsReleaseFactory(title="Draft", body=link(hidden))
    assert pointing(writer) == []
    NewsReleaseFactory(title="Link", published=True, body=link(hidden), responsible_office=office)
    NewsReleaseFactory(title="Nothing", published=True, body=NOTHING)
    programme = ProgrammeFactory(title="Part", published=True)
    ObjectiveFactory(programme=programme, text=link(hidden))
    assert pointing(writer) == ["Link", "Nothing", "Part"]
    assert pointing(UserFactory(role="editor", role__office=office)) == ["Link"]
    hidden.state, hidden.published_at = shown.state, shown.published_at
    hidden.save()
    assert pointing(writer) == ["Nothing"]


def test_texts_are_read_once_a_generation_and_the_list_follows_at_once(client, settings):
    settings.PAGE_CACHE_MB = 1
    reviewer = UserFactory(role="publisher")
    client.force_login(reviewer)
    target = CampaignFactory(in_review=True)
    release = NewsReleaseFactory(title="Pointing out", body=link(target), in_review=True)
    read = {"when nothing is public": first_page(client)}
    actions.publish(release, by=reviewer)
    read |= {"when the release is": first_page(client), "again": first_page(client)}
    actions.publish(target, by=reviewer)
    read |= {"when both are": first_page(client), "once more": first_page(client)}
    actions.withdraw(target, by=reviewer, kind="gone", note="Wrong.")
    read |= {"when one is withdrawn": first_page(client)}
    # Whether it is named, and how often texts were read for it.
    assert read == {
        "when nothing is public": (False, 1),
        "when the release is": (True, 1),
        "again": (True, 0),
        "when both are": (False, 1),
        "once more": (False, 0),
        "when one is withdrawn": (True, 1),
    }


def first_page(client):
    with CaptureQueriesContext(connection) as queries:
        page = client.get(reverse("admin:index"))
    texts = [one for one in queries if "<data " in one["sql"]]
    named = [one for one in page.context["lists"] if one.name == "pointing"]
    return bool(named), len(texts)


def test_list_of_pages_shows_the_rest_of_what_points_at_something_hidden(client, writer):
    client.force_login(writer)
    NewsReleaseFactory(title="Well-off", published=True)
    NewsReleaseFactory(title="Pointing out", published=True, body=NOTHING)
    page = client.get(reverse("admin:news_newsrelease_changelist") + "?waiting=pointing")
    assert "Pointing out" in page.content.decode()
    assert "Well-off" not in page.content.decode()
