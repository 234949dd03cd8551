"""Rules for texts: each says what to do where something is amiss, and nothing where all is well."""

import datetime

import pytest

from iomsite.richtext import acronyms, checks, dates

DAY = (datetime.date(2024, 3, 4), datetime.date(2024, 3, 4))


@pytest.mark.parametrize(
    ("html", "said"),
    [
        ("<h2>A</h2><h3>B</h3><h4>C</h4><h2>D</h2><h3>E</h3>", []),
        ("<h3>Results</h3>", ["“Results” is a heading of level 3: make it level 2."]),
        ("<h2>A</h2><h4>B</h4><h4>C</h4>", ["“B” is a heading of level 4: make it level 3."]),
        ("<h2> </h2>", ["A heading is empty. Write it, or remove it."]),
    ],
)
def test_headings_leave_no_level_out(html, said):
    assert list(checks.headings(html)) == said


@pytest.mark.parametrize(
    "words",
    [
        "here",
        "Click here",
        "<em>Read</em> more…",
        "Clique aqui",
        "lire la suite »",
        "Leer más",
        "link",
    ],
)
def test_link_texts_that_say_nothing_are_named(words):
    [said] = checks.link_texts(f'<p>More <a href="https://who.int/">{words}</a>.</p>')
    assert said.endswith("does not say where it leads. Link the words that name it.")


def test_links_without_words_and_bare_addresses_are_named():
    bare = '<a href="https://who.int/a">https://who.int/a</a>'
    assert list(checks.link_texts(f'{bare}<a href="https://who.int/"> </a>')) == [
        "The link “https://who.int/a” is a bare address. Link the name of what is there.",
        "A link has no words. Write where it leads, or remove it.",
    ]
    # A picture speaks for the link, and these words say where they lead.
    good = (
        '<img src="page:a.b/c" alt="World map">',
        "Read more about malaria",
        "www is a web",
        "IOM",
    )
    for words in good:
        assert list(checks.link_texts(f'<a href="https://who.int/">{words}</a>')) == []


def test_photographs_need_a_word_or_to_be_decorative():
    source = 'src="page:images.photo/00000000-0000-0000-0000-000000000000"'
    assert len(list(checks.harm_in(f"<p><img {source}></p>"))) == 1
    assert list(checks.harm_in(f'<img {source} alt=""><img {source} alt="A nurse">')) == []
    assert len(list(checks.file_names(f'<img {source} alt="IMG_1234.JPG">'))) == 1
    assert list(checks.file_names(f'<img {source} alt="A nurse in Maputo.">')) == []


def test_only_long_sentences_are_named():
    fifty = "One " + "word " * 48 + "more"
    assert list(checks.sentences_too_long(f"{fifty}.\n{fifty}. {fifty}")) == []
    # Neither an abbreviation nor a small letter ends a sentence.
    for stop in ("by Dr. Smith", "e.g. in Iran", "of 3.5 million"):
        [said] = checks.sentences_too_long(f"{fifty} {stop}.")
        assert said.startswith("The sentence “One word word")
        assert " has 5" in said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("The Joint Malaria Plan (JMP) grew. The JMP stays.", []),
        ("JMP (Joint Malaria Plan) grew.", []),
        ("The JMP, the Joint Malaria Plan, grew.", []),
        ("The Joint Malaria Plan, JMP, grew.", []),
        ("WHO and IOM met in the UK; Phase II and XIV ended. SEE THE REPORT.", []),
        ("Write to JMP@iom.int or www.JMP.org.", []),
        ("Known (KNOWN here) as PARTNER.", []),
        ("The JMP grew. JMPs are many.", [("JMP", False)]),
        ("The JMP grew. The Joint Malaria Plan (JMP) stays.", [("JMP", True)]),
    ],
)
def test_acronyms_are_explained_where_they_come_first(text, said):
    found = acronyms.unexplained("", [text], lambda: {"PARTNER", "KNOWN"})
    assert [(acronym, is_later) for _number, acronym, is_later in found] == said


def test_title_explains_and_the_lead_explains_for_the_text():
    nobody = set
    title = "Migration Governance Indicators"
    assert list(acronyms.unexplained(title, ["The MGI grew."], nobody)) == []
    assert list(acronyms.unexplained("MIDAS", ["MIDAS grew."], nobody)) == []
    texts = ["The Joint Malaria Plan (JMP) grew.", "The JMP and the ABX stay."]
    assert list(acronyms.unexplained("", texts, nobody)) == [(1, "ABX", False)]


def test_months_and_days_in_capitals_are_no_acronyms():
    text = "It opens on FRIDAY 2 FEBRUARY and, em MARÇO, on a SABADO."
    found = acronyms.unexplained("", [text], set)
    assert [word for _number, word, _is_later in found] == ["SABADO"]


def test_site_is_asked_for_acronyms_only_where_one_is_left():
    def refuse():
        raise AssertionError

    assert list(acronyms.unexplained("", ["IOM, and the Joint Plan (JP) of the JP."], refuse)) == []


@pytest.mark.parametrize(
    "text",
    [
        "Today, 4 March 2024, in Maputo.",
        "On Monday, 4 March 2024, and yesterday (3 March), hoje, 4 de março de 2024.",
        "Tomorrow, March 5th; aujourd’hui, lundi 4 mars 2024; yesterday, Sunday, 3 March.",
        "On 7 May 2021 they met; 25 April is World Malaria Day. Today, on 2 continents.",
        "They may 45 times, in March 2024, on 29 February, from 31 to 32 March.",
    ],
)
def test_dates_that_may_be_right_are_left_alone(text):
    assert list(dates.contradictions(text, DAY)) == []


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("Today, 4 March 2023, in Maputo.", "own"),
        ("today (5 March)", "own"),
        ("Yesterday, 4 March 2024", "own"),
        ("hier, 4 mars", "own"),
        ("mañana, 4 de marzo de 2024", "own"),
        ("On Tuesday, 4 March 2024", "weekday"),
        ("segunda-feira, 5 de março de 2024", "weekday"),
        ("until 31 February 2024", "no such day"),
        ("February 29, 2023", "no such day"),
    ],
)
def test_dates_that_cannot_be_right_are_named(text, wrong):
    assert [one.wrong for one in dates.contradictions(text, DAY)] == [wrong]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("YESTERDAY, 4 MARCH 2024", "YESTERDAY, 4 MARCH 2024"),
        ("In İzmir, on Tuesday, 4 March 2024.", "Tuesday, 4 March 2024"),
        ("AMANHÃ, 4 DE MARÇO", "AMANHÃ, 4 DE MARÇO"),
    ],
)
def test_dates_are_named_as_they_are_written(text, words):
    assert [one.words for one in dates.contradictions(text, DAY)] == [words]


def test_a_page_without_a_date_contradicts_no_day():
    assert list(dates.contradictions("Today, 4 March 2023.", None)) == []
    turn = (datetime.date(2025, 1, 1), datetime.date(2025, 1, 1))
    assert list(dates.contradictions("Yesterday, 31 December.", turn)) == []
