"""Keys in an order are found where a plain list finds them, whatever has come and gone."""

import random
from array import array

import pytest

from iomsite.places import Keys


@pytest.mark.parametrize(
    ("length", "coming"), [(0, 0.6), (1, 0.6), (7, 0.6), (8, 0.6), (50, 0.6), (200, 0)]
)
def test_keys_are_found_where_a_list_has_them(monkeypatch, length, coming):
    monkeypatch.setattr(Keys, "STRETCH", 8)
    chance = random.Random(length)
    expected = chance.sample(range(1, 10_000), length)
    keys, unused = Keys(array("Q", expected)), iter(range(10_000, 20_000))
    for _step in range(200):
        before, as_before = keys.copy(), list(expected)
        if chance.random() < coming:
            place, key = chance.randrange(len(expected) + 1), next(unused)
            keys.insert(place, key)
            expected.insert(place, key)
        elif expected:
            place = chance.randrange(len(expected))
            keys.pop(place)
            expected.pop(place)
        assert [*keys] == expected
        assert [keys.place(key) for key in expected] == list(range(len(expected)))
        assert [before.place(key) for key in as_before] == list(range(len(as_before)))
        assert {keys.place(key) for key in {20_001, *as_before} - {*expected}} == {None}


def test_key_that_came_back_is_found_where_it_is_now(monkeypatch):
    monkeypatch.setattr(Keys, "STRETCH", 2)
    keys = Keys(array("Q", [5, 4, 3, 2, 1]))
    keys.pop(0)
    keys.insert(4, 5)
    assert [*keys] == [4, 3, 2, 1, 5]
    assert keys.place(5) == 4
    assert keys.place(2**40) is None
