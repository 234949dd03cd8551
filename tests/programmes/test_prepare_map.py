import json
import re
from itertools import accumulate

import pytest
from django.core.management import call_command

from programmes.management.commands.prepare_map import (
    CENTRE,
    WIDTH,
    equal_earth,
    place_on_map,
    prepared,
    simplified,
    turned_into_view,
)


def topology(arcs, *countries):
    """A topology in whole degrees; a country is (code, name, rings), each ring its own polygon."""
    deltas = [
        [arc[0], *([b[0] - a[0], b[1] - a[1]] for a, b in zip(arc, arc[1:], strict=False))]
        for arc in arcs
    ]
    geometries = [
        {
            "type": "MultiPolygon",
            "arcs": [[ring] for ring in rings],
            "properties": {"name": name},
            **({"id": code} if code else {}),
        }
        for code, name, rings in countries
    ]
    return {
        "transform": {"scale": [1, 1], "translate": [0, 0]},
        "arcs": deltas,
        "objects": {"countries": {"geometries": geometries}},
    }


# Two squares side by side: the line between them, the west one's other sides, the east one's.
BETWEEN = [[30, 0], [30, 10]]
WEST = [[30, 10], [20, 10], [20, 0], [30, 0]]
EAST = [[30, 0], [40, 0], [40, 10], [30, 10]]


def corners(path):
    numbers = [int(number) for number in re.findall(r"-?\d+", path)]
    return set(zip(accumulate(numbers[::2]), accumulate(numbers[1::2]), strict=True))


def corner_on_map(longitude, latitude):
    x, y = place_on_map((longitude, latitude))
    return round(x), round(y)


def test_projection_is_equal_earth():
    # Extremes published with the projection, for a sphere of radius 1.
    assert equal_earth(180, 0)[0] == pytest.approx(2.7066, abs=0.0001)
    assert equal_earth(0, -90)[1] == pytest.approx(1.3173, abs=0.0001)


def test_projection_puts_the_centre_in_the_middle():
    assert place_on_map((CENTRE, 0))[0] == WIDTH / 2


def test_neighbours_keep_one_line():
    countries = prepared(
        topology([BETWEEN, WEST, EAST], ("001", "W", [[0, 1]]), ("002", "E", [[2, ~0]]))
    )

    west, east = corners(countries["001"]["path"]), corners(countries["002"]["path"])
    assert west & east == {corner_on_map(30, 0), corner_on_map(30, 10)}


def test_part_without_code_melts_into_its_country():
    countries = prepared(
        topology([BETWEEN, WEST, EAST], ("706", "Somalia", [[0, 1]]), ("", "Somaliland", [[2, ~0]]))
    )

    assert [*countries] == ["706"]
    path = countries["706"]["path"]
    assert path.count("M") == 1
    assert corners(path) == {corner_on_map(x, y) for x in (20, 30, 40) for y in (0, 10)}


def test_crimea_is_handed_over():
    peninsula = [[33, 44], [33, 46], [36, 46], [36, 44], [33, 44]]

    countries = prepared(topology([peninsula, WEST + [WEST[0]]], ("643", "Russia", [[0], [1]])))

    assert countries["804"]["path"].count("M") == 1
    assert countries["643"]["path"].count("M") == 1


def test_antarctica_is_dropped():
    square = [[0, -80], [0, -70], [10, -70], [10, -80], [0, -80]]

    assert prepared(topology([square], ("010", "Antarctica", [[0]]))) == {}


@pytest.mark.parametrize(
    ("ring", "turned"),
    [
        ([(179, 0), (-179, 0), (-179, 5)], [(179, 0), (181, 0), (181, 5)]),
        ([(-179, 0), (-170, 0), (-170, 5)], [(181, 0), (190, 0), (190, 5)]),
        ([(-160, 0), (-150, 0), (-150, 5)], [(-160, 0), (-150, 0), (-150, 5)]),
    ],
    ids=["across 180", "west of the cut", "east of the cut"],
)
def test_ring_is_moved_as_a_whole(ring, turned):
    assert turned_into_view(ring) == turned


def test_simplifying_keeps_ends_and_large_bends():
    arc = [(0, 0), (5, 0.01), (10, 0), (10, 10), (20, 10)]

    assert simplified(arc, 9) == [(0, 0), (10, 0), (10, 10), (20, 10)]


def test_simplifying_never_flattens_an_island():
    island = [(0, 0), (0.1, 0), (0.1, 0.1), (0, 0.1), (0, 0)]

    assert len(simplified(island, 1000)) == 4


def test_command_takes_only_positions_from_finer_files(tmp_path):
    coarse, finer, output = (tmp_path / name for name in ("50m.json", "10m.json", "world.json"))
    coarse.write_text(
        json.dumps(topology([BETWEEN, WEST], ("001", "W", [[0, 1]]))), encoding="utf-8"
    )
    finer.write_text(
        json.dumps(
            topology([BETWEEN, WEST, EAST], ("001", "W", [[0, 1]]), ("002", "E", [[2, ~0]]))
        ),
        encoding="utf-8",
    )

    call_command("prepare_map", coarse, finer, output=output, verbosity=0)

    countries = json.loads(output.read_text(encoding="utf-8"))["countries"]
    assert [*countries["001"]] == ["at", "box", "path"]
    assert [*countries["002"]] == ["at"]
