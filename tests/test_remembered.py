"""What was found is remembered for its generation, and for no longer."""

from iomsite import remembered


def ask(generation, key, found):
    token = remembered.current.set(generation)
    try:
        return remembered.remembered(key, lambda: found)
    finally:
        remembered.current.reset(token)


def test_a_generation_takes_with_it_what_was_remembered():
    remembered._known.clear()
    assert [ask(1, "a", 1), ask(1, "b", 2), ask(1, "a", 3)] == [1, 2, 1]
    assert ask(2, "a", 4) == 4
    assert list(remembered._known) == [(2, "a")]
    assert [ask(2, "a", 5), ask(None, "a", 6)] == [4, 6]
