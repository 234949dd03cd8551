"""The world map and the small locator maps, drawn on the server from `worldshapes.json`.

That file is made by the `prepare_map` command; docs/decisions/0003-map.md says from what and why.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, chain
from pathlib import Path
from typing import Literal, NamedTuple

Emphasis = Literal["programme", "mention"]

SHAPES = Path(__file__).with_name("worldshapes.json")

# All lengths are units of the map, which is 3000 wide: one unit is about 11.5 km.
SMALL = 25  # a country shorter than this both ways also gets a dot
SMALL_IN_VIEW = 0.025  # the same on a locator, as a part of its width
NARROWEST_LOCATOR = 260
NARROWEST_FOR_SMALL = 480  # wide enough for an island in an ocean to show a coast
LOCATOR_ASPECT = 16 / 10
LOCATOR_MARGIN = 40


class Box(NamedTuple):
    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top

    def overlaps(self, other: Box) -> bool:
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )


@dataclass(frozen=True, slots=True)
class Ring:
    """One closed line of a country, and the box it lies in."""

    path: str
    box: Box


@dataclass(frozen=True, slots=True)
class Shape:
    """A country on the map. One too small for the map's scale has a position and no rings."""

    x: int
    y: int
    box: Box
    rings: tuple[Ring, ...]

    @property
    def path(self) -> str:
        return "".join(ring.path for ring in self.rings)

    @property
    def dot(self) -> str:
        """A line of almost no length: its round ends make a dot of the same size at every scale."""
        return f"M{self.x} {self.y}h.1"

    def is_shorter_than(self, length: float) -> bool:
        return max(self.box.width, self.box.height) < length


@dataclass(frozen=True, slots=True)
class World:
    width: int
    height: int
    unassigned: tuple[Ring, ...]
    countries: dict[str, Shape]


@dataclass(frozen=True, slots=True)
class MapPlace:
    """A country a page wants on the map, with the address its shape leads to."""

    m49: str
    name: str
    url: str
    emphasis: Emphasis


@dataclass(frozen=True, slots=True)
class DrawnPlace:
    name: str
    url: str
    emphasis: Emphasis
    path: str
    dot: str
    x: int
    y: int
    is_small: bool


@dataclass(frozen=True, slots=True)
class WorldMap:
    view_box: str
    land: str
    places: tuple[DrawnPlace, ...]

    @property
    def emphases(self) -> set[str]:
        """What the key of the map has to explain."""
        return {place.emphasis for place in self.places}


@dataclass(frozen=True, slots=True)
class Locator:
    """A part of the map around some countries. `dots` marks those too small to see."""

    view_box: str
    land: str
    countries: str
    dots: str


@cache
def world() -> World:
    data = json.loads(SHAPES.read_text(encoding="ascii"))
    return World(
        width=data["width"],
        height=data["height"],
        unassigned=_rings(data["unassigned"]),
        countries={m49: _shape(**entry) for m49, entry in data["countries"].items()},
    )


def _shape(at: tuple[int, int], box: Sequence[float] = (), path: str = "") -> Shape:
    x, y = at
    return Shape(x=x, y=y, box=Box(*(box or (x, y, x, y))), rings=_rings(path))


def _rings(path: str) -> tuple[Ring, ...]:
    return tuple(Ring(path=ring, box=_box(ring)) for ring in re.findall(r"M[^M]+", path))


def _box(ring: str) -> Box:
    """`prepare_map` writes a ring as one absolute point and then steps from point to point."""
    numbers = [int(number) for number in re.findall(r"-?\d+", ring)]
    xs, ys = list(accumulate(numbers[::2])), list(accumulate(numbers[1::2]))
    return Box(min(xs), min(ys), max(xs), max(ys))


def _known(m49: str) -> str | None:
    """The code as the map writes it, three digits, or None when the map has no such country."""
    code = str(m49).zfill(3)
    return code if code in world().countries else None


def world_map(places: Iterable[MapPlace]) -> WorldMap:
    """The map with these places on it; one whose code the map does not know is left out.

    Small countries come last, so that no neighbour covers their dot.
    """
    wanted = {code: place for place in places if (code := _known(place.m49))}
    drawn = [_drawn(place, world().countries[code]) for code, place in wanted.items()]
    rest = [shape.path for code, shape in world().countries.items() if code not in wanted]
    return WorldMap(
        view_box=f"0 0 {world().width} {world().height}",
        land="".join([*rest, *(ring.path for ring in world().unassigned)]),
        places=tuple(sorted(drawn, key=lambda place: place.is_small)),
    )


def _drawn(place: MapPlace, shape: Shape) -> DrawnPlace:
    return DrawnPlace(
        name=place.name,
        url=place.url,
        emphasis=place.emphasis,
        path=shape.path,
        dot=shape.dot,
        x=shape.x,
        y=shape.y,
        is_small=shape.is_shorter_than(SMALL),
    )


def locator(m49s: Sequence[str]) -> Locator | None:
    """The surroundings of these countries, or None when the map knows none of them."""
    wanted = {code: world().countries[code] for m49 in m49s if (code := _known(m49))}
    if not wanted:
        return None
    view = _view_around(wanted.values())
    land = [s.rings for code, s in world().countries.items() if code not in wanted]
    dotted = [s.dot for s in wanted.values() if s.is_shorter_than(view.width * SMALL_IN_VIEW)]
    return Locator(
        view_box=f"{view.left:.0f} {view.top:.0f} {view.width:.0f} {view.height:.0f}",
        land=_visible(chain(*land, world().unassigned), view),
        countries=_visible(chain.from_iterable(s.rings for s in wanted.values()), view),
        dots="".join(dotted),
    )


def _visible(rings: Iterable[Ring], view: Box) -> str:
    return "".join(ring.path for ring in rings if ring.box.overlaps(view))


def _view_around(shapes: Collection[Shape]) -> Box:
    """A view of fixed proportions with room around the countries, kept inside the map."""
    lefts, tops, rights, bottoms = zip(*(shape.box for shape in shapes), strict=True)
    box = Box(min(lefts), min(tops), max(rights), max(bottoms))
    margin = max(LOCATOR_MARGIN, 0.2 * max(box.width, box.height))
    only_small = all(shape.is_shorter_than(SMALL) for shape in shapes)
    narrowest = NARROWEST_FOR_SMALL if only_small else NARROWEST_LOCATOR
    width = max(narrowest, box.width + 2 * margin, (box.height + 2 * margin) * LOCATOR_ASPECT)
    width = min(width, world().width, world().height * LOCATOR_ASPECT)
    height = width / LOCATOR_ASPECT
    left = min(max((box.left + box.right - width) / 2, 0), world().width - width)
    top = min(max((box.top + box.bottom - height) / 2, 0), world().height - height)
    return Box(left, top, left + width, top + height)
