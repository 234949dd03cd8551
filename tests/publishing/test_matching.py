"""What two texts have in common, also where they repeat themselves without end."""

from difflib import SequenceMatcher

from hypothesis import given
from hypothesis import strategies as st

from iomsite.publishing.compare import compare
from iomsite.publishing.matching import Matching

WORDS = st.lists(st.sampled_from("abc"), max_size=12)


@given(old=WORDS, new=WORDS, most=st.integers(0, 300))
def test_whatever_there_is_to_spend_nothing_is_lost_or_called_the_same(old, new, most):
    before, after = [], []
    for tag, a1, a2, b1, b2 in Matching(most).opcodes(old, new):
        before += old[a1:a2]
        after += new[b1:b2]
        assert (tag == "equal") == (old[a1:a2] == new[b1:b2])
    assert (before, after) == (old, new)


def test_what_can_be_afforded_is_matched_as_ever():
    old, new = ["the", "cat", "sat", "on", "the", "mat"], ["a", "cat", "sat", "near", "the", "mat"]
    expected = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    assert Matching().opcodes(old, new) == expected


def test_what_cannot_is_told_apart_at_both_ends():
    old, new = list("ssabababee"), list("ssbababaee")
    assert Matching(most=10).opcodes(old, new) == [
        ("equal", 0, 2, 0, 2),
        ("replace", 2, 8, 2, 8),
        ("equal", 8, 10, 8, 10),
    ]
    # Between the ends, six words with three of each: 18 pairs, six times.
    between = [tag for tag, *_places in Matching(most=18 * 6).opcodes(old, new)]
    assert between == ["equal", "insert", "equal", "delete", "equal"]


def test_work_is_spent_once():
    matching = Matching(most=30)  # the whole costs 24, what lies between the ends 4
    tags = [
        [tag for tag, *_places in matching.opcodes(list("xabx"), list("xbax"))]
        for _time in range(3)
    ]
    matched = ["equal", "insert", "equal", "delete", "equal"]
    assert tags == [matched, matched, ["equal", "replace", "equal"]]


def test_a_text_that_repeats_itself_is_compared():
    """Without a bound this takes an hour."""
    (change,) = compare({"Lead": ["a < " * 4000]}, {"Lead": ["< b " * 4000]})
    assert (change.before, change.after) == ("a < " * 4000, "< b " * 4000)
    assert {piece.kind for piece in change.lines[0]} == {"removed", "added", "same"}
