"""What the editor of texts is told: names that its writer may read, and nothing else."""

import json
import uuid
from decimal import Decimal

import pytest
from django.urls import reverse

from iomsite.publishing.models import PublishingSet
from iomsite.richtext.finding import MOST_FOUND, MOST_NAMED
from iomsite.richtext.sanitise import reference
from iomsite.richtext.widgets import RichTextWidget
from tests.factories.accounts import OfficeFactory, UserFactory
from tests.factories.images import PhotoFactory
from tests.factories.organisation import FigureFactory, PageFactory
from tests.factories.programmes import ObjectiveFactory, ProgrammeFactory
from tests.factories.publishing import SourceFactory

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

# Due pages, session, account with its rights; then one for each kind of page, or one for each kind that
# is mentioned.
BEFORE = 3
KINDS_OF_PAGE = 11


@pytest.fixture
def office():
    return OfficeFactory()


@pytest.fixture
def writer(client, office):
    """Somebody of one office, at work."""
    person = UserFactory(role="editor", role__office=office)
    client.force_login(person)
    return person


def find(client, kind, words=""):
    answer = client.get(reverse("admin:text_find"), {"kind": kind, "words": words})
    assert answer.status_code == 200
    return answer.json()["found"]


def named(client, *rows):
    keys = [key_of(row) if hasattr(row, "uid") else row for row in rows]
    answer = client.get(reverse("admin:text_name"), {"of": keys})
    assert answer.status_code == 200
    return [answer.json()["named"].get(key) for key in keys]


def key_of(row):
    return f"{row._meta.label_lower}/{row.uid}"


# Rights


def test_what_another_office_has_not_published_is_neither_found_nor_named(client, writer, office):
    elsewhere = OfficeFactory()
    own = ProgrammeFactory(title="Harbour own", responsible_office=office)
    public = ProgrammeFactory(title="Harbour public", responsible_office=elsewhere, published=True)
    hidden = [
        ProgrammeFactory(title="Harbour draft", responsible_office=elsewhere),
        ProgrammeFactory(title="Harbour review", responsible_office=elsewhere, in_review=True),
        ProgrammeFactory(title="Harbour ahead", responsible_office=elsewhere, scheduled=True),
        ProgrammeFactory(title="Harbour gone", responsible_office=elsewhere, withdrawn=True),
        ProgrammeFactory(title="Harbour binned", responsible_office=elsewhere, binned=True),
        FigureFactory(label="Harbour figure", responsible_office=elsewhere),
        PhotoFactory(title="Harbour photo", responsible_office=elsewhere),
    ]
    together = PublishingSet.objects.create(slug="set", title="Set")
    hidden += [
        ProgrammeFactory(
            title="Harbour in a set",
            responsible_office=elsewhere,
            published=True,
            publishing_set=together,
        )
    ]
    found = [
        row["name"] for kind in ("page", "figure", "photo") for row in find(client, kind, "harb")
    ]
    assert sorted(found) == ["Harbour own", "Harbour public"]
    everything = [row["name"] for kind in ("page", "figure", "photo") for row in find(client, kind)]
    assert not {name for name in everything if "Harbour" in name} - set(found)

    # As if it were not there: whoever guesses a number learns nothing.
    nothing = f"programmes.programme/{uuid.uuid4()}"
    assert named(client, *hidden, nothing) == [{"name": ""}] * (len(hidden) + 1)
    assert [row["name"] for row in named(client, own, public)] == ["Harbour own", "Harbour public"]


def test_an_edition_of_a_public_page_tells_nothing_before_it_is_published(client, writer):
    page = ProgrammeFactory(title="Old name", published=True, responsible_office=OfficeFactory())
    ProgrammeFactory(title="New name", edition_of=page, edition=2, responsible_office=None)
    assert find(client, "page", "new name") == []
    assert [row["name"] for row in find(client, "page", "old")] == ["Old name"]
    assert named(client, page)[0]["name"] == "Old name"


def test_only_staff_at_work_are_answered_and_only_when_they_read(client, writer):
    for name in ("find", "name"):
        assert client.post(reverse(f"admin:text_{name}")).status_code == 405
    client.force_login(UserFactory(), factor=True)
    for name in ("find", "name"):
        assert client.get(reverse(f"admin:text_{name}")).status_code == 302


# What is told


def test_each_says_what_its_writer_needs_to_choose(client, writer, office):
    programme = ProgrammeFactory(title="Night school", responsible_office=office)
    figure = FigureFactory(
        label="member states", value=Decimal(175), unit="", scope="the organisation", published=True
    )
    photo = PhotoFactory(
        title="A market", caption="The market.", description="Stalls.", published=True
    )
    assert find(client, "page", "night school") == [
        {
            "key": key_of(programme),
            "name": "Night school",
            "kind": "Programme",
            "status": "draft",
            "state": "Draft",
            "is_public": False,
        }
    ]
    (told,) = find(client, "figure", "member")
    assert (told["key"], told["value"]) == (key_of(figure), figure.display)
    assert "the organisation" in told["about"]
    (told,) = find(client, "photo", "market")
    assert (told["alt"], told["caption"], told["picture"]) == ("Stalls.", "The market.", "")
    assert told["about"] == photo.credit_line


def test_names_that_begin_with_the_words_come_first(client, writer):
    for title in ("The harbour", "Harbour", "A harbour of old", "Harbour wall", "Something else"):
        ProgrammeFactory(title=title, published=True)
    names = [row["name"] for row in find(client, "page", "harbour")]
    assert names == ["Harbour", "Harbour wall", "A harbour of old", "The harbour"]
    assert [row["name"] for row in find(client, "page", "old harbour")] == ["A harbour of old"]


def test_whatever_is_asked_is_answered(client, writer):
    for words in ("%", "_", "' OR 1=1", "a " * 200, "x" * 5000, "😀", "\\"):
        assert find(client, "page", words) == []
    assert find(client, "nothing of the kind") == []
    assert (
        named(client, "no reference", "auth.user/1", "x.y/" + str(uuid.uuid4()))
        == [{"name": ""}] * 3
    )


# What it costs


def test_answers_are_bounded_and_cost_the_same_for_any_number_of_rows(
    client, writer, django_assert_num_queries
):
    pages = [ProgrammeFactory(title=f"Harbour {number}", published=True) for number in range(3)]
    find(client, "page", "harbour")
    with django_assert_num_queries(BEFORE + KINDS_OF_PAGE):
        assert len(find(client, "page", "harbour")) == 3
    pages += [
        PageFactory(title=f"Harbour {number}", published=True) for number in range(2 * MOST_FOUND)
    ]
    with django_assert_num_queries(BEFORE + KINDS_OF_PAGE):
        assert len(find(client, "page", "harbour")) == MOST_FOUND
    with django_assert_num_queries(BEFORE + 2):
        assert all(row["name"] for row in named(client, *pages))
    many = [f"programmes.programme/{uuid.uuid4()}" for _ in range(MOST_NAMED)]
    assert named(client, *many, pages[0])[-1] is None


# The form


def test_form_has_an_area_with_the_text_as_html_and_loads_the_editor_once(admin_client, settings):
    """Whoever has no script writes there; other forms, and pages of visitors, load nothing."""
    page = ProgrammeFactory(body="<p>Old <em>words</em></p>")
    form = admin_client.get(reverse("admin:programmes_programme_change", args=[page.pk]))
    html = form.content.decode()
    assert "&lt;p&gt;Old &lt;em&gt;words&lt;/em&gt;&lt;/p&gt;</textarea>" in html
    assert html.count('id="richtext"') == 1
    assert 'aria-describedby="id_body_helptext"' in html
    # Nothing of it needs an exception of the policy.
    policy = form.headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "style-src 'self';" in policy

    source = SourceFactory()
    for address in (
        reverse("admin:publishing_source_change", args=[source.pk]),
        reverse("admin:index"),
        reverse("home"),
    ):
        said = admin_client.get(address).content.decode()
        assert "js/richtext/" not in said
        assert "editor.css" not in said


def test_every_module_that_the_form_names_is_there():
    from django.contrib.staticfiles import finders

    html = str(RichTextWidget().media)
    named_files = [word.partition('"')[0] for word in html.split('="/static/')[1:]]
    assert len(named_files) == 11
    assert [name for name in named_files if not finders.find(name)] == []


def test_who_may_only_read_reads_the_text_and_no_html(client, office):
    figure = FigureFactory(label="member states", value=Decimal(175), published=True)
    quoted = f'<p>With <data value="{key_of(figure)}">9</data> &lt;states&gt;.</p><h2>So</h2>'
    page = ProgrammeFactory(body=quoted, published=True, responsible_office=office)
    ObjectiveFactory(programme=page, text="<p>First <em>of all</em></p>")
    client.force_login(UserFactory(role="editor", role__office=office))
    html = client.get(reverse("admin:programmes_programme_change", args=[page.pk])).content.decode()
    assert f">{figure.display}</a> &lt;states&gt;.</p><h2>So</h2>" in html
    assert "<p>First <em>of all</em></p>" in html
    assert "&lt;p&gt;" not in html
    assert "<textarea" not in html


def test_a_text_that_comes_back_as_it_was_is_no_change(admin_client):
    from programmes.models import Programme
    from tests.submission import fields_of

    link = reference("programmes.programme", ProgrammeFactory(published=True).uid)
    body = f'<p lang="fr" dir="ltr">Un <a href="{link}">lien</a>&nbsp;&amp;</p><ul><li>a</li></ul>'
    page = ProgrammeFactory(body=body)
    address = reverse("admin:programmes_programme_change", args=[page.pk])
    fields = fields_of(admin_client.get(address))
    answer = admin_client.post(address, {**fields, "_save": "1"})
    assert answer.status_code == 302
    assert Programme.objects.get(pk=page.pk).body == body
    assert json.dumps(fields["body"]) == json.dumps(body)
