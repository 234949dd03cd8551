"""Whether the primary counts as away, where public pages are read from a replica."""

import time

import pytest

from iomsite.pagecache.pulse import AWAY, Pulse, Pulses


@pytest.fixture
def clock(monkeypatch):
    """Seconds that have gone by."""
    gone, began = [0.0], time.monotonic()
    monkeypatch.setattr("iomsite.pagecache.pulse.time.monotonic", lambda: began + gone[0])
    monkeypatch.setattr(Pulse, "start", lambda self: None)
    return gone


def test_primary_is_given_the_time_for_its_first_answer(clock):
    """Who comes first to a new process is not refused before anybody could have answered."""
    pulses = Pulses()
    pulses.start()
    assert not pulses.is_primary_away
    clock[0] = AWAY + 0.1
    assert pulses.is_primary_away
    pulses.primary.asked_at = time.monotonic()
    assert not pulses.is_primary_away
    clock[0] += AWAY + 0.1
    assert pulses.is_primary_away
