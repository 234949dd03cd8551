import gzip
import re
from html.parser import HTMLParser
from itertools import accumulate, pairwise

import pytest
from django.template.loader import render_to_string

from programmes.management.commands.prepare_map import contains, place_on_map
from programmes.map import SHAPES, MapPlace, locator, world, world_map

# Every country the source documents name.
NAMED = {
    "Afghanistan": "004",
    "Canada": "124",
    "Comoros": "174",
    "Ecuador": "218",
    "Eswatini": "748",
    "France": "250",
    "Germany": "276",
    "Iran": "364",
    "Ireland": "372",
    "Kazakhstan": "398",
    "Kenya": "404",
    "Madagascar": "450",
    "Mozambique": "508",
    "Namibia": "516",
    "Nauru": "520",
    "Nepal": "524",
    "Nicaragua": "558",
    "Nigeria": "566",
    "North Macedonia": "807",
    "Oman": "512",
    "Pakistan": "586",
    "Papua New Guinea": "598",
    "Peru": "604",
    "Russia": "643",
    "Saudi Arabia": "682",
    "Senegal": "686",
    "Serbia": "688",
    "Slovakia": "703",
    "South Africa": "710",
    "Thailand": "764",
    "Turkey": "792",
    "Ukraine": "804",
}


def place(m49, name="Somewhere", emphasis="mention"):
    return MapPlace(m49=m49, name=name, url=f"/where-we-work/countries/{m49}/", emphasis=emphasis)


def all_named():
    return [place(m49, name) for name, m49 in NAMED.items()]


def points_of(ring):
    numbers = [int(number) for number in re.findall(r"-?\d+", ring.path)]
    return list(zip(accumulate(numbers[::2]), accumulate(numbers[1::2]), strict=True))


class Elements(HTMLParser):
    """Every start tag of a piece of HTML, as (name, attributes)."""

    def __init__(self, html):
        super().__init__()
        self.found = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def named(self, tag):
        return [attributes for name, attributes in self.found if name == tag]


@pytest.mark.parametrize("m49", NAMED.values(), ids=NAMED.keys())
def test_named_country_is_drawn_or_dotted(m49):
    (drawn,) = world_map([place(m49)]).places

    assert drawn.path or drawn.is_small
    assert 0 < drawn.x < world().width
    assert 0 < drawn.y < world().height


@pytest.mark.parametrize(
    ("m49", "longitude", "latitude"),
    [
        ("508", 35.2, -13.3),  # Lichinga
        ("364", 51.4, 35.7),  # Tehran
        ("643", 37.6, 55.8),  # Moscow
        ("643", -174.0, 66.5),  # Chukotka, beyond the 180th meridian
        ("840", -150.0, 65.0),  # Alaska
        ("804", 34.3, 45.2),  # Crimea
        ("706", 45.0, 9.3),  # Somalia's north-west
        ("242", 178.0, -17.8),  # Viti Levu
    ],
)
def test_place_on_the_ground_lies_in_its_country(m49, longitude, latitude):
    # The map runs from 169° W eastwards, once round.
    longitude += 360 if longitude < -169 else 0

    point = place_on_map((longitude, latitude))

    holders = [
        code
        for code, shape in world().countries.items()
        for ring in shape.rings
        if contains(points_of(ring), point)
    ]
    assert holders == [m49]


def test_no_line_runs_across_the_map():
    steps, widths = [], []
    for shape in world().countries.values():
        for ring in shape.rings:
            steps += [abs(b[0] - a[0]) for a, b in pairwise(points_of(ring))]
            widths.append(ring.box.width)

    # The longest straight border is the 49th parallel; the widest mainland is Russia's.
    assert max(steps) < 200
    assert max(widths) < 1000


def test_every_shape_lies_on_the_map():
    for shape in world().countries.values():
        for ring in shape.rings:
            assert ring.box.left >= 0
            assert ring.box.top >= 0
            assert ring.box.right <= world().width
            assert ring.box.bottom <= world().height


def test_antarctica_is_left_out():
    assert "010" not in world().countries


def test_unknown_code_is_left_out():
    drawn = world_map([place("999"), place(""), place("nonsense\x00"), place("508")]).places

    assert [each.url for each in drawn] == ["/where-we-work/countries/508/"]


def test_code_without_leading_zeros_is_understood():
    (drawn,) = world_map([place("4")]).places

    assert drawn.path == world().countries["004"].path


def test_a_country_is_drawn_once():
    mozambique = world().countries["508"].path

    drawn = world_map([place("508"), place("508")])

    assert [each.path for each in drawn.places] == [mozambique]
    assert mozambique not in drawn.land
    assert world().countries["364"].path in drawn.land


def test_small_countries_come_last_in_the_order_given():
    drawn = world_map(
        [place("520", "Nauru"), place("748", "Eswatini"), place("710", "South Africa")]
    )

    assert [(each.name, each.is_small) for each in drawn.places] == [
        ("South Africa", False),
        ("Nauru", True),
        ("Eswatini", True),
    ]


def test_no_places_is_a_map_of_land_only():
    drawn = world_map([])

    assert drawn.places == ()
    assert drawn.emphases == set()
    assert drawn.land.startswith("M")


def test_drawing_is_the_same_every_time():
    first = world_map(all_named()), locator(["508", "710"])
    world.cache_clear()

    assert (world_map(all_named()), locator(["508", "710"])) == first


def test_shapes_are_small():
    assert SHAPES.stat().st_size <= 45_000


def test_map_of_every_named_country_is_small_on_the_wire():
    html = render_to_string("programmes/includes/map.html", {"map": world_map(all_named())})

    assert len(gzip.compress(html.encode(), 6)) < 15_000


def test_locator_of_unknown_codes_is_nothing():
    assert locator([]) is None
    assert locator(["999", "", "nonsense"]) is None


def test_locator_passes_over_unknown_codes():
    assert locator(["999", "508"]) == locator(["508"])


@pytest.mark.parametrize("m49", NAMED.values(), ids=NAMED.keys())
def test_locator_shows_the_whole_country_inside_the_map(m49):
    left, top, width, height = map(int, locator([m49]).view_box.split())
    box = world().countries[m49].box

    assert width / height == pytest.approx(1.6, abs=0.02)
    assert 0 <= left <= box.left
    assert 0 <= top <= box.top
    assert box.right <= left + width <= world().width + 1
    assert box.bottom <= top + height <= world().height + 1


def test_locator_of_france_leaves_out_its_lands_overseas():
    drawn = locator(["250"])
    _, _, width, _ = map(int, drawn.view_box.split())

    assert width < 300
    assert drawn.countries != world().countries["250"].path


def test_locator_shows_neighbours_as_land_and_not_the_rest():
    drawn = locator(["508"])

    assert drawn.countries == world().countries["508"].path
    assert world().countries["716"].path in drawn.land  # Zimbabwe
    assert world().countries["604"].path not in drawn.land  # Peru


def test_locator_marks_a_small_country_with_a_dot():
    assert locator(["520"]).dots == world().countries["520"].dot
    assert locator(["643"]).dots == ""


def test_map_template_has_a_link_for_each_place():
    places = [place("508", "Mozambique", "programme"), place("520", "Nauru")]

    html = render_to_string("programmes/includes/map.html", {"map": world_map(places)})

    assert [(link["href"], link["aria-label"]) for link in Elements(html).named("a")] == [
        ("/where-we-work/countries/508/", "Mozambique: Country programme"),
        ("/where-we-work/countries/520/", "Nauru: Country named in our work or news"),
    ]
    assert "<title>Mozambique: Country programme</title>" in html


def test_map_template_is_a_labelled_group_without_inline_style_or_script():
    html = render_to_string("programmes/includes/map.html", {"map": world_map(all_named())})
    elements = Elements(html)

    drawing = elements.named("svg")[0]
    assert drawing["role"] == "group"
    assert drawing["aria-label"] == "World map. The same countries follow as a list."
    assert "imply no official endorsement or acceptance" in html
    for tag, attributes in elements.found:
        assert tag not in {"style", "script"}
        assert not {
            name for name in attributes if name in {"style", "tabindex"} or name[:2] == "on"
        }


def test_map_template_explains_only_the_colours_it_uses():
    html = render_to_string(
        "programmes/includes/map.html",
        {"map": world_map([place("508", emphasis="programme")]), "programme_label": "We work here"},
    )

    assert [svg["class"] for svg in Elements(html).named("svg")] == [
        "map__drawing",
        "map__swatch map__place--programme",
    ]
    assert "Somewhere: We work here" in html


def test_map_template_escapes_names():
    html = render_to_string(
        "programmes/includes/map.html", {"map": world_map([place("508", '"><script>')])}
    )

    assert "<script>" not in html


def test_map_template_writes_plain_numbers_in_any_locale(settings):
    plain = render_to_string("programmes/includes/map.html", {"map": world_map(all_named())})
    settings.USE_THOUSAND_SEPARATOR = True

    html = render_to_string("programmes/includes/map.html", {"map": world_map(all_named())})

    assert html == plain


def test_locator_template_is_decoration():
    html = render_to_string("programmes/includes/locator.html", {"locator": locator(["174"])})
    elements = Elements(html)

    assert elements.named("svg")[0]["aria-hidden"] == "true"
    assert elements.named("a") == []
    assert [path["class"] for path in elements.named("path") if "class" in path] == [
        "map__land",
        "map__halo",
        "map__dot",
    ]
