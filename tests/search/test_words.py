"""Words and their stems, whoever else asks for some at the same time."""

import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import product

import pytest

from iomsite.search.words import fold, stem

ROOTS = ("organis", "migrat", "protect", "vaccin", "coordinat", "communit", "displac", "assist")
ENDINGS = (
    "ation",
    "ational",
    "ing",
    "ies",
    "ments",
    "ively",
    "iveness",
    "izer",
    "ousli",
    "fulness",
)
THREADS = 8


@pytest.fixture
def _impatient():
    """Threads that take turns at every few instructions."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("_impatient")
def test_threads_that_stem_at_once_do_not_mix_up_their_words():
    words = [root + ending for root, ending in product(ROOTS, ENDINGS)]
    alone = [stem(word) for word in words]
    with ThreadPoolExecutor(THREADS) as pool:
        turns = [pool.submit(lambda: [stem(one) for one in words]) for _ in range(16)]
    assert [turn.result() for turn in turns] == [alone] * len(turns)


def test_signs_that_come_apart_into_capitals_are_small_letters():
    assert fold("𝗜𝗢𝗠") == "iom"
    for number in range(0x20, 0x20000):
        cut = fold(chr(number))
        assert cut == cut.casefold() or not cut.isalnum(), hex(number)
