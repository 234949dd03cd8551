"""The card that a page is shared with."""

import datetime
import io
import random
import re
import zlib
from html import unescape

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone
from PIL import Image, ImageChops

from iomsite.images import cards, library
from iomsite.images.models import Photo
from iomsite.organisation.models import HOME
from iomsite.partialdate import PartialDate
from iomsite.publishing import actions
from programmes.models import Country
from tests.factories.accounts import UserFactory
from tests.factories.images import PhotoFactory
from tests.factories.news import NewsReleaseFactory
from tests.factories.organisation import PageFactory
from tests.factories.programmes import (
    CountryFactory,
    EngagementFactory,
    ProgrammeFactory,
    TopicFactory,
)
from tests.submission import change_of, submit, verb_of

pytestmark = pytest.mark.django_db
WORDS = cards.Words("News release", "A headline", "Maputo, 25 April 2016")


def drawn(words):
    return Image.open(io.BytesIO(cards.draw(words)))


@pytest.fixture(autouse=True)
def own_store(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def test_card_says_title_place_and_date():
    release = NewsReleaseFactory.build(title="A headline", dateline="Maputo")
    assert cards.words_of(release) == WORDS
    iran = CountryFactory(name="Iran", published=True)
    programme = ProgrammeFactory.build(
        title="Health", kind="country-programme", country=iran, period=PartialDate.parse("2014/..")
    )
    assert cards.words_of(programme) == ("Country programme, Iran", "Health", "since 2014")
    programme.country = CountryFactory(name="Hidden")
    assert cards.words_of(programme).kicker == "Country programme"
    release = NewsReleaseFactory(title="A headline", dateline="Maputo")
    release.countries.add(iran, programme.country)
    assert cards.words_of(release) == WORDS._replace(kicker="News release, Iran")
    release.countries.add(CountryFactory(published=True))
    assert cards.words_of(release) == WORDS, "about several, none is the one"
    autumn = PartialDate.parse("2018-10")
    engagement = EngagementFactory.build(title="Workshop", city="Nairobi", date=autumn)
    assert cards.words_of(engagement)[1:] == ("Workshop", "October 2018")
    assert "Nairobi" in cards.words_of(engagement).kicker
    assert cards.words_of(PageFactory.build(title="History")) == ("", "History", "")


@pytest.mark.parametrize(
    "title", ["", "A", "Word " * 100, "W" * 300, "Côte d’Ivoire: “Türkiye” & <b>", "مرحبا"]
)
def test_any_title_has_room(title):
    card = drawn(WORDS._replace(title=title))
    assert (card.size, card.format) == ((1200, 630), "PNG")
    edge = card.convert("RGB").crop((1140, 0, 1200, 630))
    assert max(edge.getchannel("R").get_flattened_data()) < 100  # no letter, only lines


@pytest.mark.parametrize(
    ("text", "ends"),
    [("reliable data, " * 20, "data…"), ("x" * 900, "x…"), ("a word " + "y" * 900, "a word…")],
)
def test_what_has_no_room_ends_after_a_word(text, ends):
    assert cards._cut(text, cards._font("Bold", 40)).endswith(ends)
    assert cards._cut("It has room.", cards._font("Bold", 40)) == "It has room."


def test_pieces_of_a_card_are_one_whole():
    """Browsers check what Pillow does not: the sum over all rows, at the end of the pixels."""
    for words in (WORDS, WORDS._replace(kicker="Statement"), WORDS._replace(title="Other")):
        data = cards.draw(words)
        start = data.index(b"IDAT") + 4
        size = int.from_bytes(data[start - 8 : start - 4])
        assert len(zlib.decompress(data[start : start + size])) == 630 * (1200 + 1)


def test_no_line_is_cut_off_where_pieces_meet():
    def rows(**said):
        """From which row to which the card is another for these words."""
        found = [drawn(WORDS._replace(**words)) for words in (said, dict.fromkeys(said, ""))]
        box = ImageChops.difference(*(card.convert("RGB") for card in found)).getbbox()
        return box[1], box[3]

    high_and_deep = "ÁÇĘ gjpqy " * 20
    first, last = rows(kicker=high_and_deep)
    assert cards.KICKER.start < first < last < cards.KICKER.stop
    first, last = rows(title=high_and_deep)
    assert cards.KICKER.stop < first
    assert rows(date=high_and_deep)[1] < cards.FOOT


def test_other_words_make_another_card():
    others = [WORDS._replace(**{name: "Other"}) for name in WORDS._fields]
    assert len({cards.name_of(words) for words in [WORDS, *others]}) == 4
    assert cards.name_of(WORDS) == cards.name_of(cards.Words(*WORDS))
    assert len({cards.draw(words) for words in [WORDS, *others]}) == 4


def address_of(words):
    return f"http://testserver{cards.url_of(words)}"


def test_page_names_its_card_with_whole_addresses(client):
    release = NewsReleaseFactory(title="A <headline>", published=True)
    html = client.get(release.get_absolute_url()).content.decode()
    assert f'<meta property="og:image" content="{address_of(cards.words_of(release))}">' in html
    assert '<meta property="og:title" content="A &lt;headline&gt;">' in html
    assert f'content="http://testserver{release.get_absolute_url()}"' in html


def test_home_page_has_a_card_of_its_own_and_lists_have_that_of_the_site(client):
    home = PageFactory(title="Home", slug=HOME, published=True)
    html = client.get("/").content.decode()
    assert f'content="{address_of(cards.words_of(home))}"' in html
    assert 'property="og:url" content="http://testserver/"' in html
    html = client.get("/news/").content.decode()
    assert f'content="{address_of(cards.words_of_site())}"' in html
    assert "og:title" not in html


def test_previews_and_what_is_withdrawn_are_not_shared(admin_client):
    draft, public = NewsReleaseFactory(), NewsReleaseFactory(published=True)
    noticed = NewsReleaseFactory(withdrawn=True, withdrawal="notice")
    previews = [f"{one.get_absolute_url()}?edition={one.pk}" for one in (draft, public)]
    for address in (*previews, noticed.get_absolute_url()):
        response = admin_client.get(address)
        assert response.status_code == 200
        assert 'property="og:' not in response.content.decode()


def test_card_is_drawn_when_the_page_is_approved(django_capture_on_commit_callbacks):
    release = NewsReleaseFactory(in_review=True)
    later = NewsReleaseFactory(in_review=True, title="Next month")
    moment = timezone.now() + datetime.timedelta(days=30)
    with django_capture_on_commit_callbacks(execute=True):
        actions.publish(release, by=UserFactory())
        actions.publish(later, by=UserFactory(), at=moment)
        assert not files()
    assert files() == {cards.name_of(cards.words_of(one)) for one in (release, later)}

    copy = actions.edit(release, by=UserFactory())
    type(copy).objects.filter(pk=copy.pk).update(title="Another headline")
    actions.submit(copy, by=UserFactory())
    with django_capture_on_commit_callbacks(execute=True):
        page = actions.publish(copy, by=UserFactory())
    assert page.title == "Another headline"
    assert cards.name_of(cards.words_of(page)) in files()


@pytest.mark.any_database
def test_name_of_a_country_is_on_a_card_whenever_a_page_may_print_it(
    client, django_capture_on_commit_callbacks
):
    """Pages name what follows from their words now: the country comes, is renamed and goes."""
    country = CountryFactory(in_review=True, name="Iran")
    programme = ProgrammeFactory(
        in_review=True, title="Health", kind="country-programme", country=country
    )
    release = NewsReleaseFactory(in_review=True)
    release.countries.add(country)

    def named():
        for page in (programme, release):
            html = client.get(page.get_absolute_url()).content.decode()
            name = re.search(r'og:image" content="http://testserver/(.*?)"', html)[1]
            assert name in files(), page
            yield name

    seen = []
    for act in (
        lambda: [actions.publish(page, by=UserFactory()) for page in (programme, release)],
        lambda: actions.publish(country, by=UserFactory()),
        lambda: rename(country, "Islamic Republic of Iran"),
        lambda: actions.withdraw(country, by=UserFactory(), kind="gone", note="Error"),
    ):
        with django_capture_on_commit_callbacks(execute=True):
            act()
        country.refresh_from_db()
        seen.append(tuple(named()))
    assert seen[0] == seen[3]
    assert len(set(seen)) == 3


def test_publication_draws_the_card_of_now_and_the_night_those_of_later(
    client, django_capture_on_commit_callbacks
):
    release = NewsReleaseFactory(in_review=True)
    gone, stays = (CountryFactory(published=True, name=name) for name in ("Iran", "Mozambique"))
    release.countries.add(gone, stays)
    cards.make(cards.words_of_site())
    before = files()
    with django_capture_on_commit_callbacks(execute=True):
        actions.publish(release, by=UserFactory())
    assert files() - before == {cards.name_of(cards.words_of(release))}

    call_command("make_cards", stdout=io.StringIO())
    actions.withdraw(gone, by=UserFactory(), kind="gone", note="Error")
    html = client.get(release.get_absolute_url()).content.decode()
    assert re.search(r'og:image" content="http://testserver/(.*?)"', html)[1] in files()


SOON = datetime.timedelta(hours=1)


def _comes_back(country, release):
    rename(country, country.name)
    country.refresh_from_db()
    actions.withdraw(country, by=UserFactory(), kind="gone", note="Error")
    actions.publish(release, by=UserFactory())
    country.refresh_from_db()
    rename(country, country.name)


def _comes_by_time(country, release):
    actions.publish(country, by=UserFactory(), at=timezone.now() + SOON)
    actions.publish(release, by=UserFactory())


def _come_at_one_moment(country, release):
    actions.publish(country, by=UserFactory(), at=timezone.now() + SOON)
    actions.publish(release, by=UserFactory(), at=timezone.now() + SOON)


def _goes_by_time(country, release):
    Country.objects.filter(pk=country.pk).update(expires_at=timezone.now() + SOON)
    actions.publish(release, by=UserFactory())


def _is_the_second(country, release):
    release.countries.add(CountryFactory(published=True, name="Mozambique"))
    actions.publish(release, by=UserFactory())
    actions.publish(country, by=UserFactory())


@pytest.mark.parametrize(
    ("state", "happens"),
    [
        ("published", _comes_back),
        ("in_review", _comes_by_time),
        ("in_review", _come_at_one_moment),
        ("published", _goes_by_time),
        ("in_review", _is_the_second),
    ],
)
@pytest.mark.django_db(transaction=True)
def test_country_that_comes_or_goes_by_itself_finds_the_card_of_a_page(client, state, happens):
    country = CountryFactory(**{state: True}, name="Iran")
    release = NewsReleaseFactory(in_review=True)
    release.countries.add(country)
    happens(country, release)
    with time_machine.travel(timezone.now() + 2 * SOON, tick=False):
        html = client.get(release.get_absolute_url()).content.decode()
    assert re.search(r'og:image" content="http://testserver/(.*?)"', html)[1] in files()


def rename(page, name):
    copy = actions.edit(page, by=UserFactory())
    type(copy).objects.filter(pk=copy.pk).update(name=name)
    copy.refresh_from_db()
    actions.submit(copy, by=UserFactory())
    actions.publish(copy, by=UserFactory())


def test_publishing_a_country_draws_no_more_than_somebody_can_wait_for(
    django_capture_on_commit_callbacks, monkeypatch
):
    """A new name is drawn for the newest pages, the command does the rest; other words for none."""
    monkeypatch.setattr(cards, "AT_ONCE", 1)
    country = CountryFactory(published=True, name="Iran")
    old, new = (
        NewsReleaseFactory(published=True, published_at=timezone.now() - datetime.timedelta(days=d))
        for d in (2, 1)
    )
    for release in (old, new):
        release.countries.add(country)

    def drawn_by(name):
        before = files()
        with django_capture_on_commit_callbacks(execute=True):
            rename(country, name)
        country.refresh_from_db()
        return files() - before - {cards.name_of(words) for words in cards.ever_words_of(country)}

    assert drawn_by("Persia") == {cards.name_of(cards.words_of(new))}
    assert drawn_by("Persia") == set()
    library.default_storage.delete(cards.name_of(cards.words_of(new)))
    assert drawn_by("Persia") == set(), "its name is on no other card than before"
    call_command("make_cards", stdout=io.StringIO())
    assert {cards.name_of(cards.words_of(one)) for one in (old, new)} <= files()


def test_card_of_what_pages_share_is_drawn_when_it_is_saved(
    admin_client, django_capture_on_commit_callbacks
):
    topic = TopicFactory(name="Health")
    with django_capture_on_commit_callbacks(execute=True):
        assert submit(admin_client, topic, name="Migration and health").status_code == 302
    topic.refresh_from_db()
    assert cards.words_of(topic) == (topic.get_kind_display(), "Migration and health", "")
    assert files() == {cards.name_of(cards.words_of(topic))}
    cards.make(cards.words_of_site())
    call_command("make_cards", stdout=io.StringIO())
    assert cards.name_of(cards.words_of(topic)) in library.used()


def test_sizes_whose_making_was_cut_short_are_made_at_publication(
    django_capture_on_commit_callbacks,
):
    photo = PhotoFactory(with_file=True, widths="", in_review=True)
    with django_capture_on_commit_callbacks(execute=True):
        actions.publish(photo, by=UserFactory())
    assert Photo.objects.get().picture.widths == [320, 400]


def test_failing_to_draw_stops_no_publication(django_capture_on_commit_callbacks, monkeypatch):
    monkeypatch.setattr(cards, "draw", lambda words: 1 / 0)
    release = NewsReleaseFactory(in_review=True)
    with django_capture_on_commit_callbacks(execute=True):
        actions.publish(release, by=UserFactory())
    release.refresh_from_db()
    assert release.is_public()


def test_address_of_a_card_is_never_empty(client):
    """A country has another name now, and its older pages have no card with it yet."""
    release = NewsReleaseFactory(published=True, title="Before")
    html = client.get(release.get_absolute_url()).content.decode()
    address = re.search(r'og:image" content="http://testserver(.*?)"', html)[1]

    def answer():
        response = client.get(address)
        assert (response.status_code, response["Content-Type"]) == (200, "image/png")
        assert response["Cross-Origin-Resource-Policy"] == "cross-origin", "others show it"
        return b"".join(response.streaming_content), response["Cache-Control"]

    general = cards.draw(cards.words_of_site()), "public, max-age=300"
    assert [answer(), answer()] == [general, general]
    assert files() == {cards.name_of(cards.words_of_site())}, "no visitor has others drawn"
    cards.make_for(release)
    assert answer() == (cards.draw(cards.words_of(release)), "public, max-age=31536000")
    assert client.get("/cards/secret.png").status_code == 404
    assert client.post(address).status_code == 405


def test_form_shows_the_card_that_the_page_will_have(client):
    iran, hidden = CountryFactory(name="Iran", published=True), CountryFactory(name="Secret")
    release = NewsReleaseFactory(title="A <headline>", dateline="Maputo")
    release.countries.add(iran, hidden)
    client.force_login(UserFactory(role="editor"))

    def shown(html):
        return unescape(re.search(r'share-preview__image" src="(.*?)"', html)[1])

    def expected(page):
        return cards.draw(cards.words_of(page))

    address = shown(client.get(change_of(release)).content.decode())
    assert client.get(address).content == expected(release)
    sent = {"title": "B", "dateline": "Beira", "released_on": "2016-05-02"}
    said = {**sent, "countries": [iran.pk, hidden.pk]}
    address = shown(client.post(verb_of("advice", release), said).content.decode())
    NewsReleaseFactory._meta.model.objects.filter(pk=release.pk).update(**sent)
    release.refresh_from_db()
    assert client.get(address).content == expected(release)
    assert "Secret" not in address
    broken = {"title": "B", "released_on": "soon", "countries": ["x", iran.pk]}
    assert "Iran" in shown(client.post(verb_of("advice", release), broken).content.decode())
    assert not files()

    engagement = EngagementFactory(title="W", acronym="X", city="Nairobi", country=iran)
    html = client.get(change_of(engagement)).content.decode()
    assert client.get(shown(html)).content == expected(engagement)
    client.logout()
    assert client.get(address).status_code == 302, "for staff alone"


def files():
    return set(library.below(cards.FOLDER))


def test_command_draws_what_is_missing_and_old_cards_may_go():
    public = NewsReleaseFactory(title="Public", published=True)
    NewsReleaseFactory(title="Draft")
    cards.make(WORDS)  # a page said this before
    out = io.StringIO()
    call_command("make_cards", stdout=out)
    call_command("make_cards", stdout=out)
    assert out.getvalue().split("\n")[:2] == ["2 cards drawn.", "0 cards drawn."]
    kept = {cards.name_of(words) for words in (cards.words_of(public), cards.words_of_site())}
    assert files() == kept | {cards.name_of(WORDS)}
    assert files() & library.used() == kept


def test_pieces_of_a_card_have_the_check_of_the_whole():
    """Put together from those of each, as whoever unpacks it finds."""
    chance = random.Random(7)
    texts = [chance.randbytes(length) for length in (0, 1, 70_000, 5, 400_000)]
    check = 1
    for number, text in enumerate(texts, 1):
        piece = cards.Rows(b"", zlib.adler32(text), len(text))
        check = cards._check_of_both(check, piece)
        assert check == zlib.adler32(b"".join(texts[:number]))
