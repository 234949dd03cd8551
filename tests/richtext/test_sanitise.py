"""What may stand in rich text, and that nothing else does."""

import re
from html import escape
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iomsite.richtext.sanitise import ALLOWED, GLOBAL, MOST_CHARACTERS, MOST_LEVELS, sanitise
from iomsite.richtext.words import as_marked_text, as_text

from . import hostile

UID = hostile.UID
RICH = f"""<h2 lang="fr">Titre</h2><p dir="rtl">a <strong>b</strong> <em>c</em><br>d</p>
<ul><li>one</li><li>two</li></ul><ol><li>1</li></ol><blockquote><p>said</p></blockquote>
<table><caption>t</caption><thead><tr><th scope="col">h</th></tr></thead><tbody><tr><td>c</td></tr></tbody></table>
<p><a href="https://who.int/?a=1&amp;b=2">w</a> <a href="mailto:a@b.example">m</a> <a href="tel:+41">t</a> <a href="/news/">n</a>
<a href="page:programmes.programme/{UID}">p</a> <data value="organisation.figure/{UID}">175 member states</data></p>
<figure><img src="page:images.photo/{UID}" alt="Two nurses &amp; a child"><figcaption>At work</figcaption></figure>"""


class Reader(HTMLParser):
    """Tags and attributes as a browser would meet them."""

    def __init__(self, html):
        super().__init__()
        self.met = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.met.append((tag, attrs))

    def handle_comment(self, data):
        self.met.append(("!--", []))

    handle_decl = handle_pi = unknown_decl = handle_comment


def assert_inert(html):
    for tag, attributes in Reader(html).met:
        assert tag in ALLOWED, html
        for name, value in attributes:
            assert name in ALLOWED[tag] | GLOBAL, html
            if name in ("href", "src"):
                assert re.match(
                    r"(https?://|mailto:|tel:|page:[a-z_]+\.[a-z_]+/|/[^/\\]|/$|#)", value
                ), html
            elif name in ("dir", "lang", "scope", "value"):
                assert re.fullmatch(r"[\w.,/-]+", value), html


def test_what_the_toolbar_can_write_stays_as_it_is():
    assert sanitise(RICH) == RICH


@pytest.mark.parametrize("payload", [*hostile.SCRIPTS, "".join(hostile.PUBLISHED)])
def test_scripts_come_out_inert_in_text_and_in_attributes(payload):
    quoted = escape(payload)
    for html in (
        payload,
        f"<p>{payload}</p>",
        f"<table><tr><td>{payload}",
        f'<a href="{payload}">x</a><a href="{quoted}">x</a>',
        f'<img src="page:images.photo/{UID}" alt="{quoted}"><p lang="{quoted}" dir="{quoted}">x',
        f'<data value="{quoted}">x</data>',
        payload + RICH,
    ):
        clean = sanitise(html)
        assert_inert(clean)
        assert sanitise(clean) == clean


@pytest.mark.parametrize("words", hostile.WORDS)
def test_unusual_words_come_out_unharmed(words):
    clean = sanitise(f"<p>{escape(words, quote=False)}</p>")
    assert as_text(clean) == words.replace("\t", " ").strip(" ")
    assert as_text(sanitise(clean)) == as_text(clean)


@pytest.mark.parametrize("text", hostile.UNPRINTABLE)
def test_what_cannot_be_printed_is_left_out(text):
    clean = sanitise(f"<p>{text}</p>")
    clean.encode()
    assert not re.search("[\0-\x08\x0b\x1b\x7f-\x9f\ud800-\udfff\ufffe\uffff]", clean)


def test_a_link_that_leads_nowhere_good_keeps_its_words_only():
    assert sanitise("<p><a href='//evil.example'>x</a></p>") == "<p><a>x</a></p>"
    assert (
        sanitise("<p>a<img src=https://x.example/t.gif alt=x>b<data>7</data></p>") == "<p>ab7</p>"
    )


def test_levels_that_no_text_needs_leave_the_words():
    assert sanitise("<ul><li>" * (MOST_LEVELS + 1) + "one &amp; two") == "<p>one &amp; two</p>"


@pytest.mark.parametrize("text", [*hostile.FLOODS, *hostile.DEEP], ids=lambda text: text[:9])
def test_floods_stay_words_or_well_formed(text):
    for html in (text, f"<p>{text}", f'<p lang="{text}">{text}', RICH + text):
        clean = sanitise(html)
        assert sanitise(clean) == clean
        assert_inert(clean)
        assert as_text(clean).encode() is not None


def test_what_is_too_long_to_be_parsed_keeps_its_words():
    """Also where it becomes too long by what the parser writes."""
    long = "<em>one</em> &amp; &lt;b&gt; &#1; two " * (MOST_CHARACTERS // 36)
    assert (
        sanitise(long + "<p>three")
        == f"<p>{'one &amp; &lt;b&gt; two ' * (MOST_CHARACTERS // 36)}three</p>"
    )
    for text in (
        "<" * MOST_CHARACTERS,
        "&lt;b&gt;" * MOST_CHARACTERS,
        "<ul>" * 200 + "<" * 1_000_000,
    ):
        clean = sanitise(text)
        assert sanitise(clean) == clean
        assert "<" not in clean[3:-4]


# Not only rubbish: markup that is nearly right, nested, with references to what is there or not.
UIDS = st.sampled_from([UID, UID.upper(), UID[:-1], f"{UID}0", UID.replace("-", ""), "1", ""])
KINDS = st.sampled_from(
    ["programmes.programme", "organisation.figure", "images.photo", "auth.group", "no.such", "X.y"]
)
KEYS = st.builds("{}/{}".format, KINDS, UIDS)
VALUES = st.one_of(
    KEYS, KEYS.map("page:{}".format), st.text(max_size=8), st.sampled_from(hostile.SCRIPTS),
    st.sampled_from(["https://who.int/?a&b", "//x", "javascript:alert(1)", "col", "rtl", "en-GB"]),
)  # fmt: skip
NAMES = st.sampled_from(
    ["href", "src", "value", "alt", "lang", "dir", "scope", "style", "onload", "id"]
)
TAGS = st.sampled_from([*ALLOWED, "div", "svg", "script", "form", "b"])
ATTRIBUTES = st.lists(
    st.builds(lambda name, value: f' {name}="{escape(value)}"', NAMES, VALUES), max_size=3
).map("".join)
NESTED = st.recursive(
    st.text(max_size=8).map(escape),
    lambda inner: st.builds(
        lambda tag, attributes, parts: f"<{tag}{attributes}>{''.join(parts)}</{tag}>",
        TAGS, ATTRIBUTES, st.lists(inner, max_size=3),
    ),
    max_leaves=12,
)  # fmt: skip


@given(text=NESTED)
@settings(max_examples=200)
def test_twice_is_once_of_markup_that_is_nearly_right(text):
    clean = sanitise(text)
    assert sanitise(clean) == clean
    assert_inert(clean)


MARKUP = st.sampled_from(
    [f"<{slash}{tag}{rest}>" for tag in [*ALLOWED, "div", "svg", "math", "style", "b", "pre", "select", "form", "b", "template", "noscript", "plaintext", "body"]
     for slash in ("", "/") for rest in ("", " href='page:a.b/1' lang=fr", " src=x /")]
    + ["<", ">", "&", "&lt;", "&#0;", "&#xD800;", "<!--", "-->", "<![CDATA[", "]]>", "\n", " ", "'", '"', "\0", "\r"]
)  # fmt: skip
RUBBISH = st.lists(
    st.one_of(
        MARKUP, st.text(max_size=6), st.characters(codec=None), st.sampled_from(hostile.SCRIPTS)
    ),
    max_size=25,
).map("".join)


@given(text=RUBBISH)
@settings(max_examples=400)
def test_twice_is_once_and_nothing_raises(text):
    clean = sanitise(text)
    assert sanitise(clean) == clean
    assert_inert(clean)
    as_text(clean).encode()
    as_marked_text(clean).encode()
    as_text(text)


# Words


def test_words_of_a_rich_text():
    assert as_text(RICH).split("\n\n") == [
        "Titre", "a b c\nd", "one\ntwo", "1", "said", "t", "h", "c", "w m t n\np 175 member states", "At work",
    ]  # fmt: skip


CHANGES = [
    ("<p>a</p>", "<h2>a</h2>"),
    ("<h2>a</h2>", "<h3>a</h3>"),
    ("<p>a</p>", "<blockquote><p>a</p></blockquote>"),
    ("<ul><li>a</li></ul>", "<ol><li>a</li></ol>"),
    ("<p>a</p>", "<p><strong>a</strong></p>"),
    ("<p><strong>a</strong></p>", "<p><em>a</em></p>"),
    ('<p><a href="https://a.example">a</a></p>', '<p><a href="https://b.example">a</a></p>'),
    ("<p>a</p>", '<p dir="rtl">a</p>'),
    ('<p lang="fr">a</p>', '<p lang="en">a</p>'),
    (f'<p><data value="a.b/{UID}">7</data></p>', "<p>7</p>"),
    (f'<img src="page:a.b/{UID}" alt="a">', f'<img src="page:a.b/{UID}" alt="b">'),
    ("<table><tbody><tr><td>a</td></tr></tbody></table>", "<p>a</p>"),
]


@pytest.mark.parametrize(("before", "after"), CHANGES)
def test_no_change_of_structure_is_invisible(before, after):
    assert sanitise(before) == before
    assert sanitise(after) == after
    assert as_marked_text(before) != as_marked_text(after)


def test_plain_text_has_the_same_words():
    assert as_text("One & two.\n\nThree < four.") == "One & two.\n\nThree < four."
