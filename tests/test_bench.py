"""Sizes are compared by pages that show as much."""

import pytest

from bench.alike import Choice, chosen


def choice(name, number, length):
    return Choice({"topic": name}, number, length)


def test_as_many_entries_matter_before_their_length():
    small = [choice("few", 20, 900), choice("some", 30, 5_000)]
    large = [
        choice("many", 300, 5_000),
        choice("one more", 31, 5_000),
        choice("longer", 30, 9_000),
        choice("alike", 30, 5_100),
    ]
    picked = chosen([small, large, large[:3]])
    assert [one.values["topic"] for one in picked] == ["some", "alike", "longer"]


def test_database_that_has_too_little_is_told():
    with pytest.raises(SystemExit, match="too little"):
        chosen([[choice("some", 20, 900)], []])
