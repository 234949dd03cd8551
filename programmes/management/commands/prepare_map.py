"""Turns Natural Earth's country shapes into the small file that `programmes.map` draws.

Run once, when the shapes change; the result is kept in the repository. The input is the TopoJSON of
the npm package `world-atlas` (Natural Earth, public domain):

    manage.py prepare_map countries-50m.json countries-10m.json

The first file gives the shapes, any other the position of countries it is too coarse to hold.

Shapes are projected with Equal Earth (Savric, Patterson, Jenny, 2018), which keeps areas true, so
that no part of the world looks larger than it is. Arcs are simplified before countries are put
together from them, so that neighbours still share one line.
"""

from __future__ import annotations

import heapq
import json
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

Point = tuple[float, float]
Box = tuple[float, float, float, float]
Polygon = list[list[int]]
Shapes = dict[str, list[Polygon]]

DESTINATION = Path(__file__).resolve().parents[2] / "worldshapes.json"

# Whole units on a wide drawing are shorter to write than decimals on a narrow one.
WIDTH = 3000
# A map centred on 11° E is cut at 169° W, in the Bering Strait, where it cuts no mainland.
CENTRE = 11.0
NORTH, SOUTH = 83.7, -56.0
MARGIN = 12
ANTARCTICA = "010"
# The map's land that belongs to no entry of ISO 3166.
UNASSIGNED = ""

# The source draws who holds the ground. Where the United Nations has said whose it is, the map
# follows the United Nations: see docs/decisions/0003-map.md.
PARTS_WITHOUT_CODE = {"N. Cyprus": "196", "Somaliland": "706"}
PARTS_BY_POINT = [((34.3, 45.2), "643", "804")]

# In square units. A smaller bend or island is not worth its bytes; nor is the shape of a country
# whose largest island is smaller than the last, so it keeps only its position.
SMALLEST_BEND = 6.8
SMALLEST_ISLAND = 18.0
SMALLEST_COUNTRY = 1.5
POLAR_NORTH, POLAR_SOUTH = 60.0, -42.0
POLAR_WEIGHT = 0.12


def equal_earth(longitude: float, latitude: float) -> Point:
    """Metres on a sphere of radius 1; y grows southwards, as in SVG."""
    a1, a2, a3, a4 = 1.340264, -0.081106, 0.000893, 0.003796
    theta = math.asin(math.sqrt(3) / 2 * math.sin(math.radians(latitude)))
    squared = theta * theta
    sixth = squared**3
    slope = a1 + 3 * a2 * squared + sixth * (7 * a3 + 9 * a4 * squared)
    x = 2 * math.sqrt(3) / 3 * math.radians(longitude) * math.cos(theta) / slope
    return x, -theta * (a1 + a2 * squared + sixth * (a3 + a4 * squared))


SCALE = WIDTH / (2 * equal_earth(180, 0)[0])
TOP = equal_earth(0, NORTH)[1] * SCALE - MARGIN
HEIGHT = math.ceil(equal_earth(0, SOUTH)[1] * SCALE + MARGIN - TOP)


def place_on_map(point: Point) -> Point:
    x, y = equal_earth(point[0] - CENTRE, point[1])
    return x * SCALE + WIDTH / 2, y * SCALE - TOP


def unwrapped(points: Iterable[Point]) -> list[Point]:
    """Longitudes that run on past 180° instead of jumping to the other edge of the map."""
    result: list[Point] = []
    for longitude, latitude in points:
        if result:
            longitude += 360 * round((result[-1][0] - longitude) / 360)
        result.append((longitude, latitude))
    return result


def turned_into_view(ring: list[Point]) -> list[Point]:
    """The ring moved as a whole to the side of the cut where its middle lies: never torn apart."""
    ring = unwrapped(ring)
    longitudes = [longitude for longitude, _ in ring]
    middle = (min(longitudes) + max(longitudes)) / 2
    turn = 360 * round((CENTRE - middle) / 360)
    return [(longitude + turn, latitude) for longitude, latitude in ring]


def signed_area(ring: list[Point]) -> float:
    """Positive when the ring runs clockwise on the screen."""
    pairs = zip(ring, ring[1:] + ring[:1], strict=True)
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in pairs) / 2


def centroid(ring: list[Point]) -> Point:
    area = signed_area(ring)
    if not area:
        return ring[0]
    x = y = 0.0
    for a, b in zip(ring, ring[1:] + ring[:1], strict=True):
        cross = a[0] * b[1] - b[0] * a[1]
        x += (a[0] + b[0]) * cross
        y += (a[1] + b[1]) * cross
    return x / (6 * area), y / (6 * area)


def box_of(points: Iterable[Point]) -> Box:
    xs, ys = zip(*points, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def bend_at(index: int, before: list[int], after: list[int], arc: list[Point]) -> float:
    """The area lost with this point, counted less where coasts are all fjords and ice."""
    triangle = [arc[before[index]], arc[index], arc[after[index]]]
    area = abs(signed_area([place_on_map(point) for point in triangle]))
    return area * POLAR_WEIGHT if not POLAR_SOUTH < arc[index][1] < POLAR_NORTH else area


def simplified(arc: list[Point], smallest: float) -> list[Point]:
    """Visvalingam's algorithm: the point of the smallest bend goes first. Both ends always stay."""
    arc = unwrapped(arc)
    before, after = list(range(-1, len(arc) - 1)), list(range(1, len(arc) + 1))
    sizes = {index: bend_at(index, before, after, arc) for index in range(1, len(arc) - 1)}
    queue = [(size, index) for index, size in sizes.items()]
    heapq.heapify(queue)
    fewest_inside = 2 if arc[0] == arc[-1] else 0
    while queue and queue[0][0] < smallest and len(sizes) > fewest_inside:
        size, index = heapq.heappop(queue)
        if sizes.get(index) != size:
            continue
        del sizes[index]
        left, right = before[index], after[index]
        after[left], before[right] = right, left
        for neighbour in {left, right} & sizes.keys():
            # Never smaller than what has just gone, or a cape would be eaten from its tip.
            sizes[neighbour] = max(size, bend_at(neighbour, before, after, arc))
            heapq.heappush(queue, (sizes[neighbour], neighbour))
    return [point for i, point in enumerate(arc) if i in sizes or i in (0, len(arc) - 1)]


def decoded_arcs(topology: dict[str, Any]) -> list[list[Point]]:
    (scale_x, scale_y), (shift_x, shift_y) = (
        topology["transform"]["scale"],
        topology["transform"]["translate"],
    )
    arcs = []
    for deltas in topology["arcs"]:
        x = y = 0
        arc = []
        for step_x, step_y in deltas:
            x, y = x + step_x, y + step_y
            arc.append((x * scale_x + shift_x, y * scale_y + shift_y))
        arcs.append(arc)
    return arcs


def ring_points(ring: list[int], arcs: list[list[Point]]) -> list[Point]:
    """An open ring of degrees: a negative number means the arc `~number`, walked backwards."""
    points: list[Point] = []
    for number in ring:
        points += arcs[number][:-1] if number >= 0 else arcs[~number][:0:-1]
    return points


def country_polygons(topology: dict[str, Any]) -> Shapes:
    shapes: Shapes = defaultdict(list)
    for geometry in topology["objects"]["countries"]["geometries"]:
        code = geometry.get("id") or PARTS_WITHOUT_CODE.get(
            geometry["properties"]["name"], UNASSIGNED
        )
        if code != ANTARCTICA:
            polygons = geometry["arcs"]
            shapes[code] += [polygons] if geometry["type"] == "Polygon" else polygons
    return dict(shapes)


def contains(ring: list[Point], point: Point) -> bool:
    x, y = point
    inside = False
    for (ax, ay), (bx, by) in zip(ring, ring[1:] + ring[:1], strict=True):
        if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
            inside = not inside
    return inside


def hand_over_parts(shapes: Shapes, arcs: list[list[Point]]) -> None:
    for point, giver, taker in PARTS_BY_POINT:
        for polygon in list(shapes.get(giver, ())):
            if contains(ring_points(polygon[0], arcs), point):
                shapes[giver].remove(polygon)
                shapes.setdefault(taker, []).append(polygon)


def rings_without_inner_lines(polygons: list[Polygon], arcs: list[list[Point]]) -> list[list[int]]:
    """A line between parts of one country is an arc walked both ways; the rest is joined anew."""
    rings = [ring for polygon in polygons for ring in polygon]
    walked = Counter(number for ring in rings for number in ring)
    outer = walked - Counter({~number: times for number, times in walked.items()})
    return rings if outer == walked else list(joined(sorted(outer.elements()), arcs))


def joined(numbers: Iterable[int], arcs: list[list[Point]]) -> Iterator[list[int]]:
    leaving: dict[Point, list[tuple[int, Point]]] = defaultdict(list)
    for number in numbers:
        arc = arcs[number] if number >= 0 else arcs[~number][::-1]
        leaving[arc[0]].append((number, arc[-1]))
    for start in list(leaving):
        while leaving[start]:
            ring: list[int] = []
            here = start
            while not ring or here != start:
                number, here = leaving[here].pop()
                ring.append(number)
            yield ring


def on_map(ring: list[int], arcs: list[list[Point]]) -> list[Point]:
    return [place_on_map(point) for point in turned_into_view(ring_points(ring, arcs))]


def rounded(ring: list[Point]) -> list[tuple[int, int]]:
    whole = [(round(x), round(y)) for x, y in ring]
    return [point for i, point in enumerate(whole) if point != whole[i - 1]]


def path_data(rings: list[list[Point]]) -> str:
    """Relative whole numbers, as short as SVG allows: a minus sign needs no space before it."""
    data = ""
    for ring in map(rounded, rings):
        data += f"M{ring[0][0]} {ring[0][1]}l"
        steps = [
            b - a for p, q in zip(ring, ring[1:], strict=False) for a, b in zip(p, q, strict=True)
        ]
        data += " ".join(map(str, steps)).replace(" -", "-") + "z"
    return data


def main_part(rings: list[list[Point]]) -> Box:
    """The box of the largest ring and whatever lies near it: France without its lands overseas."""
    boxes = [box_of(ring) for ring in rings]
    near = boxes.pop(0)
    reach = max(12.0, 0.2 * math.hypot(near[2] - near[0], near[3] - near[1]))
    for box in boxes:
        if (
            near[0] - reach < box[2]
            and box[0] < near[2] + reach
            and near[1] - reach < box[3]
            and box[1] < near[3] + reach
        ):
            near = (
                min(near[0], box[0]),
                min(near[1], box[1]),
                max(near[2], box[2]),
                max(near[3], box[3]),
            )
    return near


def drawn(rings: list[list[Point]]) -> dict[str, Any]:
    rings = sorted(rings, key=lambda ring: -abs(signed_area(ring)))
    x, y = centroid(rings[0])
    entry: dict[str, Any] = {"at": [round(x), round(y)]}
    kept = rings[:1] + [ring for ring in rings[1:] if abs(signed_area(ring)) >= SMALLEST_ISLAND]
    kept = [
        ring
        for ring in kept
        if abs(signed_area(ring)) >= SMALLEST_COUNTRY and len(rounded(ring)) > 2
    ]
    if kept:
        entry["box"] = [round(side) for side in main_part(kept)]
        entry["path"] = path_data(kept)
    return entry


def prepared(
    topology: dict[str, Any], smallest_bend: float = SMALLEST_BEND
) -> dict[str, dict[str, Any]]:
    arcs = decoded_arcs(topology)
    shapes = country_polygons(topology)
    hand_over_parts(shapes, arcs)
    arcs = [simplified(arc, smallest_bend) for arc in arcs]
    return {
        code: drawn([on_map(ring, arcs) for ring in rings_without_inner_lines(polygons, arcs)])
        for code, polygons in sorted(shapes.items())
    }


class Command(BaseCommand):
    help = (
        "Prepares the shapes of the world map from TopoJSON files of the npm package world-atlas."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "shapes", type=Path, help="The file to draw, for example countries-50m.json."
        )
        parser.add_argument(
            "finer", type=Path, nargs="*", help="Positions of countries the first file lacks."
        )
        parser.add_argument("--output", type=Path, default=DESTINATION)

    def handle(self, *args: object, **options: Any) -> None:
        countries = prepared(json.loads(options["shapes"].read_text(encoding="utf-8")))
        for path in options["finer"]:
            for code, entry in prepared(json.loads(path.read_text(encoding="utf-8"))).items():
                countries.setdefault(code, {"at": entry["at"]})
        unassigned = countries.pop(UNASSIGNED, {}).get("path", "")
        world = {"width": WIDTH, "height": HEIGHT, "unassigned": unassigned, "countries": countries}
        text = json.dumps(world, separators=(",", ":"), sort_keys=True).replace("},", "},\n") + "\n"
        options["output"].write_text(text, encoding="ascii")
        self.stdout.write(f"{len(countries)} countries, {len(text)} bytes in {options['output']}")
