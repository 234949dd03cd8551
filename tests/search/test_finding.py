"""The same questions have the same answers on every database."""

import pytest

from iomsite.search.context import excerpt, marked
from iomsite.search.finding import find, fitting, suggestions
from iomsite.search.index import rebuild
from iomsite.search.models import Entry
from iomsite.search.queries import parse
from iomsite.search.spelling import distance
from tests.factories.news import NewsReleaseFactory
from tests.factories.programmes import CountryFactory, PartnerFactory

pytestmark = pytest.mark.django_db

RELEASES = {
    "World Malaria Day": "<p>Nets against malaria in Mozambique.</p>",
    "Health posts at Dogharoun": "<p>Cholera kits reached Iran; malaria was rare.</p>",
    "Retour volontaire en Côte d’Ivoire": "<p>Des migrants rentrent chez eux.</p>",
    "Saúde e migração": "<p>Formação de técnicos de saúde em Moçambique.</p>",
    "صِحَّة المهاجرين": "<p>خدمات الصحة في المدرسة.</p>",
    "Talks of the SADC": "<p>Ministers met to end malaria for good.</p>",
}


@pytest.fixture
def world():
    partner = PartnerFactory(name="Southern African Development Community", acronym="SADC")
    for title, body in RELEASES.items():
        row = NewsReleaseFactory(published=True, title=title, lead="", body=body)
        if title.startswith("World"):
            row.partners.set([partner])
    # Its codes are words of other pages.
    CountryFactory(published=True, name="Saudi Arabia", aliases="Hejaz", iso2="AT", iso3="WAS")
    rebuild()


@pytest.mark.parametrize("line", ["    ", "-----", "....", "\N{NO-BREAK SPACE}" * 4])
def test_other_name_without_letters_asks_for_nothing(line):
    CountryFactory(published=True, name="Iran", aliases=f"Persia\r\n{line}\r\nFars")
    rebuild()
    for typed in ("Iran", "persia"):
        assert titles(find(typed)) == ["Iran"]
        assert len(fitting(typed)) == 1


def titles(found):
    entries = found.entries().in_bulk()
    return [entries[key].title for key in found.keys if key in entries]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("malaria", ["World Malaria Day", "Health posts at Dogharoun", "Talks of the SADC"]),
        ("MALARIA day", ["World Malaria Day"]),
        ("dogharoun", ["Health posts at Dogharoun"]),
        ("cholera in Iran", ["Health posts at Dogharoun"]),
        ("cote d'ivoire", ["Retour volontaire en Côte d’Ivoire"]),
        ("CÔTE D’IVOIRE", ["Retour volontaire en Côte d’Ivoire"]),
        ("saude mocambique", ["Saúde e migração"]),
        ("صحه", ["صِحَّة المهاجرين"]),
        ("مدرسه", []),  # the text has it with its article
        ("migrant", ["Retour volontaire en Côte d’Ivoire"]),
        ('"end malaria"', ["Talks of the SADC"]),
        ('"malaria end"', []),
        ("malaria -mozambique -iran", ["Talks of the SADC"]),
        ('malaria -"end malaria" -cholera', ["World Malaria Day"]),
        ("hejaz", ["Saudi Arabia"]),
        ("saudi arabia", ["Saudi Arabia"]),
        ("-malaria", []),
        ("  ", []),
        ('"" - * (', []),
    ],
)
def test_what_is_found(world, typed, expected):
    found = titles(find(typed, exact=True))
    assert found[:1] == expected[:1]
    assert sorted(found) == sorted(expected)


def test_acronym_and_full_name_find_the_same_best_first(world):
    named = titles(find("SADC"))
    assert named[0] == "Southern African Development Community (SADC)"
    assert sorted(named[1:]) == ["Talks of the SADC", "World Malaria Day"]
    for typed in (
        "Southern African Development Community",
        "southern african development communities",
    ):
        assert "World Malaria Day" in titles(find(typed))
    assert sorted(titles(find("Southern African Development Community"))) == sorted(named)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("malarai", "malaria"),
        ("Dogharon", "dogharoun"),
        ("mozambiqe nets", "mozambique nets"),
        ("colera iran", "cholera iran"),
        ('"wrold malaria"', '"world malaria"'),
    ],
)
def test_slip_of_the_finger_is_understood(world, typed, meant):
    found = find(typed)
    assert (found.is_corrected, found.query.typed) == (True, meant)
    assert titles(found)
    assert titles(find(typed, exact=True)) == []


def test_where_nothing_fits_fewer_words_are_offered(world):
    found = find("cholera in xyzzyqq")
    assert (found.keys, found.fewer) == ([], [("cholera", "xyzzyqq", 1)])
    assert find("xyzzyqq").fewer == []


def test_slips_are_counted(world):
    pairs = [
        ("malaria", "malaria"),
        ("malaria", "malarai"),
        ("cholera", "colera"),
        ("iran", "peru"),
    ]
    assert [distance(*pair, 2) for pair in pairs] == [0, 1, 1, 3]


def test_suggestions_complete_the_last_word_and_name_pages(world):
    words, pages = suggestions("health in mal")
    assert words == ["health in malaria"]
    words, pages = suggestions("mal")
    assert (words, pages[0].title) == (["malaria"], "World Malaria Day")
    assert suggestions("m") == suggestions("") == suggestions("zzz") == ([], [])


def test_words_stand_in_context_and_nothing_in_it_is_markup():
    text = "<b>Before.</b> " + "Long. " * 60 + "At last <i>cholera</i> came & went. " + "On. " * 80
    pieces = excerpt(["", text], parse("choleras").phrases)
    assert [piece.text for piece in pieces if piece.is_found] == ["cholera"]
    assert sum(len(piece.text) for piece in pieces) < 240
    assert excerpt([], {}) == excerpt([""], {("x",): 0}) == []


def test_of_stretches_that_answer_as_much_the_first_is_shown():
    between = "Nothing of that is said in here. " * 9
    first, other = f"Cholera came. {between}Cholera went.", "Cholera elsewhere."
    pieces = excerpt(["", first, other], parse("cholera").phrases)
    assert pieces[0].text == "Cholera"
    assert pieces[1].text.startswith(" came.")
    assert "went" not in "".join(piece.text for piece in pieces)


def test_words_of_a_phrase_are_marked_where_they_stand_side_by_side():
    text = "Health for all, and care. " + "Long. " * 60 + "Now Health-care, care for health came."
    pieces = excerpt([text], parse('"health care"').phrases)
    assert [piece.text for piece in pieces if piece.is_found] == ["Health-care"]
    assert pieces[0].text.startswith("… ")
    pieces = marked("Care: health care and health", parse('"health care" health').phrases)
    assert [piece.text for piece in pieces if piece.is_found] == ["health care", "health"]


def test_a_page_shows_the_name_it_was_found_by(world):
    for typed in ("SADC", "Southern African Development Community"):
        phrases = find(typed).query.phrases
        pieces = marked("Of SADC, the Southern African Development Community", phrases)
        found = [piece.text for piece in pieces if piece.is_found]
        assert found == ["SADC", "Southern African Development Community"]
    text = "Talks were long. " * 30 + "SADC met."
    assert [one.text for one in excerpt([text], phrases) if one.is_found] == ["SADC"]


def test_question_is_bounded():
    assert len(parse("word " * 5_000).wanted) <= 12
    assert parse("x" * 10_000).wanted[0].stems == ("x" * 60,)
    assert len(parse(" ".join(f"w{n}" for n in range(50))).wanted) == 12
    assert [one.stems for one in parse("the cholera").wanted] == [("cholera",)]
    assert [one.stems for one in parse("the").wanted] == [("the",)]


def test_entries_tell_nothing_of_what_is_not_public(world):
    NewsReleaseFactory(draft=True, title="Unheard of")
    rebuild()
    assert Entry.objects.filter(title="Unheard of").count() == 0
    assert find("unheard").keys == []
    assert suggestions("unhe") == ([], [])


@pytest.mark.parametrize("typed", ["south -africa", "-africa south", 'south -"africa"'])
def test_what_is_left_out_names_nobody(typed):
    CountryFactory(published=True, name="South Africa")
    NewsReleaseFactory(published=True, title="Into the south", lead="", body="<p>Rain.</p>")
    rebuild()
    assert titles(find(typed)) == ["Into the south"]
