"""Many keys in an order, of which each is found without a look at all of them."""

from array import array
from bisect import bisect_left
from collections.abc import Callable

from pyroaring import BitMap64


class Keys:
    """The keys of rows (positive numbers, each once) in their order; a place counts from 0.

    8 bytes a key, and 2 to 4 more to find it. Where a key stands is known to a stretch of places;
    with each that comes or goes the others move by one at most, and so much further is looked.
    """

    STRETCH = 1_024

    def __init__(self, keys: "array[int]") -> None:
        """The array, of type `Q`, is kept and changed."""
        self._keys = keys
        starts = range(0, max(len(keys), 1), self.STRETCH)
        self._stretches = [BitMap64(keys[start : start + self.STRETCH]) for start in starts]
        # Grows until all is read anew, and with it only the way to a key: of 200,000 it takes 15 µs
        # at first, 35 after a month of 50 changes a day, 0.3 ms after 15,000.
        self._moves = 0

    def __len__(self) -> int:
        return len(self._keys)

    def __getitem__(self, place: int) -> int:
        return self._keys[place]

    def copy(self) -> "Keys":
        """One that changes without this one."""
        copied = object.__new__(Keys)
        copied._keys = self._keys[:]
        copied._stretches = self._stretches[:]
        copied._moves = self._moves
        return copied

    def place(self, key: int) -> int | None:
        number = self._stretch(key)
        if number is None:
            return None
        first = number * self.STRETCH
        last = first + self.STRETCH + self._moves
        return self._keys.index(key, max(first - self._moves, 0), last)

    def insert(self, place: int, key: int) -> None:
        self._keys.insert(place, key)
        number = min(place // self.STRETCH, len(self._stretches) - 1)
        self._stretches[number] = self._stretches[number] | BitMap64([key])
        self._moves += 1

    def pop(self, place: int) -> None:
        key = self._keys.pop(place)
        number = self._stretch(key)
        assert number is not None
        self._stretches[number] = self._stretches[number] - BitMap64([key])
        self._moves += 1

    def _stretch(self, key: int) -> int | None:
        return next((number for number, keys in enumerate(self._stretches) if key in keys), None)


def finder(keys: "array[int]") -> Callable[[int], int | None]:
    """Tells the places of very many keys, one after the other.

    12 bytes a key. A dict is no quicker by much and takes 100, some of which a process never gives
    back.
    """
    in_order = BitMap64(keys).to_array()
    places = array("I", bytes(4 * len(keys)))
    for place, key in enumerate(keys):
        places[bisect_left(in_order, key)] = place

    def find(key: int) -> int | None:
        number = bisect_left(in_order, key)
        return places[number] if number < len(in_order) and in_order[number] == key else None

    return find
