"""The drawn pattern of pages without a photograph: ways that part and meet."""

from typing import NamedTuple

from django import template

register = template.Library()

MEETING = (330, 235)


class Bundle(NamedTuple):
    """`ways` lines that run together at a height and spread to both sides, on 800 by 450."""

    ways: int
    meet_x: int
    meet_y: int
    tightness: int
    start_y: int
    start_spread: int
    end_y: int
    end_spread: int

    def paths(self) -> list[str]:
        return [self._path(step / (self.ways - 1) - 0.5) for step in range(self.ways)]

    def _path(self, offset: float) -> str:
        start = round(self.start_y + offset * self.start_spread)
        meet = round(self.meet_y + offset * self.tightness)
        end = round(self.end_y + offset * self.end_spread)
        return (
            f"M-250 {start}C50 {start} {self.meet_x - 190} {meet} {self.meet_x} {meet}"
            f"S720 {end} 1050 {end}"
        )


NEAR = Bundle(9, *MEETING, 46, 60, 620, 150, 300).paths()
FAR = Bundle(6, 520, 200, 30, 330, 260, 390, 560).paths()


@register.filter
def drawing(seed):
    """What `includes/pattern.html` draws for a number: the same for the same page, always."""
    number = seed if isinstance(seed, int) else sum(map(ord, str(seed)))
    turn, tilt = number % 10, number // 10 % 10
    flip = "scale(-1 1) translate(-800 0) " if number % 2 else ""
    return {
        "near": NEAR,
        "far": FAR,
        "way": NEAR[2],
        "meeting": (MEETING[0], MEETING[1] - 11),
        "near_place": f"{flip}rotate({4 * turn - 18} 400 225) translate({20 * turn - 90} 0)",
        "far_place": (
            f"{flip}rotate({22 - 5 * tilt - 2 * turn} 400 225) "
            f"translate({12 * tilt - 60} {40 - 8 * turn})"
        ),
    }
