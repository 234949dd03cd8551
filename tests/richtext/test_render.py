"""Texts as visitors read them: references follow what they name, and tell of nothing hidden."""

import re
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection
from hypothesis import given, settings

from iomsite.organisation.models import Figure, HistoryEvent, Page
from iomsite.publishing import actions, preview
from iomsite.publishing.actions import Refused
from iomsite.publishing.compare import compare, describe
from iomsite.publishing.uses import users_of
from iomsite.richtext.conversion import paragraphs
from iomsite.richtext.render import Targets, as_html, as_words
from iomsite.richtext.sanitise import ALLOWED, reference, sanitise
from iomsite.richtext.words import as_text
from news.models import NewsRelease
from programmes.models import Programme
from tests.factories.accounts import OfficeFactory, UserFactory
from tests.factories.images import PhotoFactory
from tests.factories.news import NewsReleaseFactory
from tests.factories.organisation import FigureFactory, HistoryEventFactory, PageFactory
from tests.factories.programmes import ObjectiveFactory, ProgrammeFactory
from tests.submission import delete_of

from . import hostile
from .test_sanitise import NESTED, Reader

pytestmark = pytest.mark.django_db


def link(page, words="there"):
    return f'<p><a href="{reference(page._meta.label_lower, page.uid)}">{words}</a></p>'


def quoted(figure, words="9"):
    return (
        f'<p>With <data value="{figure._meta.label_lower}/{figure.uid}">{words}</data> states.</p>'
    )


def shown(photo, alt="Two nurses"):
    source = reference("images.photo", photo.uid)
    return f'<figure><img src="{source}" alt="{alt}"><figcaption>At work</figcaption></figure>'


# Links to our own pages


def test_link_follows_a_changed_address():
    page = ProgrammeFactory(published=True, slug="old-address")
    text = link(page)
    assert as_html(text) == f'<p><a href="{page.get_absolute_url()}">there</a></p>'
    Programme.objects.filter(pk=page.pk).update(slug="new-address")
    page.refresh_from_db()
    assert "new-address" in as_html(text)


@pytest.mark.parametrize(
    "state", ["draft", "scheduled", "expired", "withdrawn", "binned", "unknown"]
)
def test_link_to_what_is_not_public_is_nothing_but_its_words(state):
    page = ProgrammeFactory(**{} if state in ("draft", "unknown") else {state: True})
    text = link(page)
    if state == "unknown":
        page.delete()
    assert as_html(text) == "<p>there</p>"


def test_link_to_a_page_below_a_hidden_one_is_nothing_but_its_words():
    page = PageFactory(published=True, parent=PageFactory())
    assert as_html(link(page)) == "<p>there</p>"
    Page.objects.filter(pk=page.parent_id).update(state="published", published_at=page.published_at)
    assert page.get_absolute_url() in as_html(link(page))


def test_external_links_and_kinds_that_are_no_pages():
    assert as_html('<p><a href="https://who.int/?a&b">w</a></p>') == (
        '<p><a href="https://who.int/?a&amp;b" rel="noopener">w</a></p>'
    )
    for kind in ("accounts.user", "publishing.source", "no.such", "auth.group"):
        assert as_html(f'<p><a href="page:{kind}/{hostile.UID}">w</a></p>') == "<p>w</p>"


# Figures


def test_figure_shows_its_value_of_now_and_leads_to_its_source_once():
    figure = FigureFactory(
        published=True, value=175, label="member states", scope="all", as_of="2022"
    )
    text = quoted(figure)
    html = as_html(text + text)
    value = f'<p>With <a class="figure-value" href="#figure-{figure.uid}">175</a> states.</p>'
    assert html.startswith(value * 2)
    assert html.count(f'id="figure-{figure.uid}"') == 1
    assert all(word in html for word in ("175 member states", "2022"))
    Figure.objects.update(value=176)
    assert ">176</a>" in as_html(text)
    assert as_words(text) == "With 176 states."


def test_figure_that_is_not_public_keeps_the_words_of_then():
    figure = FigureFactory(value=175)
    assert as_html(quoted(figure)) == "<p>With 9 states.</p>"
    assert as_words(quoted(figure)) == "With 9 states."


# Photographs


def test_photograph_stands_with_alternative_text_caption_and_credit():
    photo = PhotoFactory(with_file=True, published=True, widths="320 400", width=400, height=300)
    html = as_html(shown(photo, "Nurses &amp; a child"))
    for part in (
        "<picture>",
        'alt="Nurses &amp; a child"',
        "At work",
        photo.credit_line,
        'loading="lazy"',
    ):
        assert part in html, html


def test_photograph_that_may_not_be_shown_leaves_its_caption():
    html = as_html(shown(PhotoFactory(with_file=True)))
    assert html == "<figure><figcaption>At work</figcaption></figure>"


# Who reads it


@pytest.fixture
def previewed():
    """A draft of one office that mentions drafts of its own, of another, and what is binned."""
    ours, theirs = OfficeFactory(), OfficeFactory()
    own = ProgrammeFactory(responsible_office=ours)
    below_theirs = PageFactory(
        responsible_office=ours, parent=PageFactory(slug="secret", responsible_office=theirs)
    )
    hidden = {
        "page": ProgrammeFactory(responsible_office=theirs),
        "binned": ProgrammeFactory(binned=True, responsible_office=ours),
        "below": below_theirs,
        "figure": FigureFactory(value=4321, responsible_office=theirs),
        "photo": PhotoFactory(with_file=True, responsible_office=theirs),
    }
    public = ProgrammeFactory(published=True, responsible_office=theirs)
    figure = FigureFactory(value=1234, responsible_office=ours)
    texts = [link(own), link(public), *map(link, (hidden["page"], hidden["binned"], below_theirs))]
    texts += [quoted(figure), quoted(hidden["figure"]), shown(hidden["photo"])]
    draft = NewsReleaseFactory(responsible_office=ours, body="".join(texts))
    return SimpleNamespace(draft=draft, office=ours, own=own, public=public, hidden=hidden)


def addresses_in(answer):
    prose = answer.content.decode()
    return set(re.findall(r'href="([^"]+)"', prose[prose.index('class="prose') :]))


SECRETS = ("4,321", "4321", "secret", "photo__credit")


def test_staff_preview_names_what_this_person_may_see(client, previewed):
    draft = previewed.draft
    client.force_login(UserFactory(role="editor", role__office=previewed.office))
    answer = client.get(f"{draft.get_absolute_url()}?edition={draft.pk}")
    page, addresses = answer.content.decode(), addresses_in(answer)
    assert f"{previewed.own.get_absolute_url()}?edition={previewed.own.pk}" in addresses
    assert previewed.public.get_absolute_url() in addresses
    assert ">1,234</a>" in page
    assert not any(word in page for word in SECRETS)
    for name in ("page", "binned", "below"):
        assert not any(f"/{previewed.hidden[name].slug}/" in one for one in addresses), name


def test_holder_of_a_link_and_visitors_see_what_is_public(client, previewed):
    draft = previewed.draft
    secret = preview.make_link(draft, by=UserFactory(is_superuser=True))
    by_link = client.get(f"{draft.get_absolute_url()}?preview={secret}")
    NewsRelease.objects.filter(pk=draft.pk).update(state="published", published_at="2020-01-01T00Z")
    client.force_login(UserFactory(role="editor", role__office=previewed.office), factor=False)
    for answer in (by_link, client.get(draft.get_absolute_url())):
        assert answer.status_code == 200
        page, addresses = answer.content.decode(), addresses_in(answer)
        assert previewed.public.get_absolute_url() in addresses
        assert not any(previewed.own.slug in address for address in addresses)
        assert not any(word in page for word in (*SECRETS, "1,234"))


def test_password_alone_names_nothing_hidden_at_any_address(client):
    client.force_login(UserFactory(is_superuser=True), factor=False)
    request = client.get("/?edition=1").wsgi_request
    assert request.user.is_superuser
    hidden = ProgrammeFactory()
    assert as_html(link(hidden), Targets(request)) == "<p>there</p>"
    client.force_login(request.user)
    request = client.get("/?edition=1").wsgi_request
    assert f"?edition={hidden.pk}" in as_html(link(hidden), Targets(request))


# One answer


@pytest.mark.parametrize("number", [1, 3])
def test_page_reads_all_references_with_one_statement_a_kind(
    client, django_assert_num_queries, number
):
    programme = ProgrammeFactory(published=True)
    client.get(programme.get_absolute_url())
    with django_assert_num_queries(PAGE_WITHOUT):
        client.get(programme.get_absolute_url())
    targets = [ProgrammeFactory(published=True) for _ in range(number)]
    figures = [FigureFactory(published=True, value=n, measure=f"m{n}") for n in range(number)]
    for place in range(1, number + 1):
        ObjectiveFactory(programme=programme, order=place, text="".join(map(link, targets)))
    Programme.objects.filter(pk=programme.pk).update(body="".join(map(quoted, figures)))
    # Programmes, figures, and the sources of figures.
    with django_assert_num_queries(PAGE_WITHOUT + 3):
        answer = client.get(programme.get_absolute_url()).content.decode()
    assert all(target.get_absolute_url() in answer for target in targets)


PAGE_WITHOUT = 11


def test_text_typed_without_markup_has_paragraphs():
    assert as_html("One & two.\n\nThree\nfour.") == "<p>One &amp; two.</p><p>Three<br>four.</p>"
    assert as_html("") == ""


@pytest.mark.any_database
def test_what_reached_the_database_by_another_way_is_inert_too(client):
    """What a browser would find in the text of a page is nothing but what texts may hold."""
    release = NewsReleaseFactory(published=True)
    for text in hostile.SCRIPTS:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE news_newsrelease SET body = %s", [text.replace("\0", "")])
        page = client.get(release.get_absolute_url()).content.decode()
        page = page.replace(FRAME, "").replace("</table></div>", "</table>")
        prose = page[page.index('class="prose') :]
        assert_inert(prose[prose.index(">") + 1 : prose.index("</div>")], text)


FRAME = '<div class="table-frame" role="group" tabindex="0">'


def assert_inert(html, payload):
    for tag, attributes in Reader(html).met:
        assert tag in ALLOWED, (tag, payload)
        for name, value in attributes:
            assert name in {"href", "rel", "dir", "lang", "scope", "class"}, (name, payload)
            assert name != "href" or re.match(r"https?://|mailto:|tel:|/[^/\\]|#", value), payload


# The column


def test_every_way_into_the_database_passes_the_sanitiser():
    dirty, clean = "<p onclick=x>a<script>b</script></p>", "<p>a</p>"
    release = NewsReleaseFactory(body=dirty)
    assert release.body == clean
    NewsRelease.objects.update(body=dirty)
    assert NewsRelease.objects.get().body == clean
    release.body = dirty
    NewsRelease.objects.bulk_update([release], ["body"])
    assert NewsRelease.objects.get().body == clean
    NewsRelease.objects.bulk_create([NewsRelease(slug="b", title="b", body=dirty + "\0\ud800")])
    assert NewsRelease.objects.get(slug="b").body == clean
    assert NewsRelease.objects.filter(body__contains="<p>").count() == 2


def test_conversion_goes_there_and_back():
    plain = "Cost & benefit: 3 < 4.\n\nSecond\nline «a»."
    rich = "<p>Cost &amp; benefit: 3 &lt; 4.</p><p>Second<br>line «a».</p>"
    assert (paragraphs(plain), as_text(rich)) == (rich, plain)
    HistoryEventFactory()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE organisation_historyevent SET body = %s", [plain])
    steps = import_module("iomsite.organisation.migrations.0011_make_texts_rich")
    step = steps.Migration.operations[-1]
    editor = SimpleNamespace(connection=connection)
    step.code(apps, editor)
    assert HistoryEvent.objects.get().body == rich
    step.reverse_code(apps, editor)
    # The field of today takes the plain text for markup; the one of then does not.
    assert HistoryEvent.objects.get().body == sanitise(plain)


# Who mentions what


def test_what_a_text_mentions_is_not_deleted_or_binned():
    figure, photo = FigureFactory(value=175), PhotoFactory()
    page = ProgrammeFactory()
    user = ProgrammeFactory(title="Reader")
    ObjectiveFactory(programme=user, text=quoted(figure) + link(page))
    release = NewsReleaseFactory(body=shown(photo) + link(page))
    assert [one for _row, one in users_of([figure])] == [user]
    assert [one for _row, one in users_of([photo])] == [release]
    assert {one for _row, one in users_of([page])} == {user, release}
    with pytest.raises(Refused, match="Reader"):
        actions.bin_(page, by=UserFactory(is_superuser=True))


def test_a_page_may_mention_itself():
    page = ProgrammeFactory()
    Programme.objects.update(body=link(page))
    assert users_of([page]) == []


def test_comparison_shows_words_and_what_is_no_word():
    figure = FigureFactory(value=175)
    page = ProgrammeFactory(body="<p>One</p>")
    before = describe(page)
    page.body = f"<h2>One</h2>{quoted(figure)}"
    (change,) = compare(before, describe(page))
    assert (change.before, change.after) == (
        "One",
        f"## One\n\nWith [figure {str(figure.uid)[:8]}] 9 states.",
    )


def test_wide_table_moves_in_a_frame_that_the_keyboard_reaches():
    table = "<table><tbody><tr><td>one</td><td>two</td></tr></tbody></table>"
    html = as_html(f"<p>Before.</p>{table}<p>After.</p>")
    assert html == f"<p>Before.</p>{FRAME}{table}</div><p>After.</p>"


# What a reference may not do


def test_figure_is_explained_at_its_first_mention_in_an_answer():
    """Two texts of one page share what they refer to; another page begins anew."""
    figure = FigureFactory(published=True, value=175)
    note = f'id="figure-{figure.uid}"'
    targets = Targets()
    both = [as_html(quoted(figure), targets) for _text in range(2)]
    assert [html.count(note) for html in both] == [1, 0]
    assert as_html(quoted(figure)).count(note) == 1


def test_reference_in_another_spelling_or_of_another_kind_is_nothing_but_its_words():
    page = ProgrammeFactory(published=True)
    figure = FigureFactory(published=True, value=175)
    photo = PhotoFactory(with_file=True, published=True, widths="320", width=400, height=300)
    uid = str(page.uid)
    wrong = (uid.upper(), uid[:-1], f"{uid}0", uid.replace("-", ""), f"{uid} ", f"{{{uid}}}", "")
    for one in wrong:
        text = f'<p><a href="page:programmes.programme/{one}">there</a></p>'
        assert as_html(text) == "<p>there</p>", one
    capitals = f"ABCDEF12{hostile.UID[8:]}"
    for key in (capitals, capitals.lower()):
        clean = sanitise(f'<a href="page:programmes.programme/{key}">there</a>')
        assert ("href" in clean) == (key != capitals)
    for row in (figure, photo):
        other = f'<p><a href="page:programmes.programme/{row.uid}">there</a></p>'
        assert as_html(other) == "<p>there</p>"
    for row in (page, photo):
        kind = row._meta.label_lower
        for key in (f"{kind}/{row.uid}", f"organisation.figure/{row.uid}"):
            assert as_html(f'<p>a <data value="{key}">9</data></p>') == "<p>a 9</p>", key
    for row in (page, figure):
        text = f'<p>a<img src="{reference(row._meta.label_lower, row.uid)}" alt="b"></p>'
        assert as_html(text) == "<p>a</p>"


@given(text=NESTED)
@settings(max_examples=100)
def test_reading_a_text_raises_nothing_and_stays_within_the_list(text):
    """With references to what is there and to what is not."""
    html = as_html(text, THERE)
    as_words(text, THERE).encode()
    for tag, attributes in Reader(html.replace(FRAME, "").replace("</table></div>", "")).met:
        assert tag in {*ALLOWED, "aside"}, html
        assert {name for name, _value in attributes} <= {
            *("href", "rel", "dir", "lang", "scope", "class", "id"),
        }, html


class There(Targets):
    """A page, a figure and nothing else, without a database."""

    def read(self, texts):
        pass

    def get(self, value):
        if value.endswith(f"programmes.programme/{hostile.UID}"):
            return SimpleNamespace(text_address=lambda: "/there/?a&b")
        if value.endswith(f"organisation.figure/{hostile.UID}"):
            return SimpleNamespace(
                uid=hostile.UID, value_in_text=lambda: "<1>", note_in_text=lambda: ""
            )
        return None


THERE = There()


def test_link_shown_to_somebody_without_account_names_nothing_hidden_to_staff_either(client):
    """Whoever may see more and opens that link reads it as whoever it was made for."""
    ours = OfficeFactory()
    own = ProgrammeFactory(responsible_office=ours)
    draft = NewsReleaseFactory(responsible_office=ours, body=link(own))
    secret = preview.make_link(draft, by=UserFactory(is_superuser=True))
    client.force_login(UserFactory(role="editor", role__office=ours))
    address = draft.get_absolute_url()
    assert own.slug in client.get(f"{address}?edition={draft.pk}").content.decode()
    answer = client.get(f"{address}?preview={secret}")
    assert answer.status_code == 200
    assert own.slug not in answer.content.decode()


def test_refusal_counts_the_texts_of_other_offices_and_names_ones_own(client):
    ours, theirs = OfficeFactory(), OfficeFactory()
    page = ProgrammeFactory(title="Wanted", responsible_office=ours)
    for office, title in ((ours, "Ours"), (theirs, "Secret one"), (theirs, "Secret two")):
        NewsReleaseFactory(title=title, body=link(page), responsible_office=office)
    editor = UserFactory(role="publisher", role__office=ours)
    with pytest.raises(Refused) as refusal:
        actions.bin_(page, by=editor)
    said = f"{refusal.value} {refusal.value.errors}"
    assert "Ours" in said
    assert "2 pages of other offices need this." in said
    assert "Secret" not in said
    client.force_login(editor)
    asked = client.get(delete_of(page)).content.decode()
    assert "Secret" not in asked
