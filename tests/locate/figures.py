"""How well addresses are located: `python -m tests.locate.figures` prints right, asked and wrong.

    python -m tests.locate.figures [FILE …] [--wrong]

FILE has a line for each address: id, address, street (whose report it is; null where nobody says), and truth:
`number 路 23`, `junction 路 路`, `estate 名`, `landmark 名`, `spot 路 名`, perhaps with `+north 50`; `ask` where nobody can tell; `street CODE`
where it is in another street than is said. The true grid is found in rules/places/ by this module's own arithmetic. --wrong lists what was
not right.
"""

import argparse
import csv
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from math import cos, radians
from pathlib import Path
from typing import NamedTuple

from pipeline.core.locate.locating import Located, Unlocated
from pipeline.core.rules.rules import Rules
from pipeline.rulebook import RULES_DIR, load_rules

ADDRESSES = Path(__file__).parent / "addresses"
DEGREE_M = 111_320.0
WAYS = {"north": (0, 1), "south": (0, -1), "east": (1, 0), "west": (-1, 0)}
KINDS = {
    "n": "house numbers", "j": "junctions", "e": "estates", "l": "landmarks", "s": "spots of a road", "h": "heard wrongly",
    "p": "roads, stretches", "c": "contradictions", "w": "wrong street", "x": "nowhere", "o": "other streets",
}  # fmt: skip
Point = tuple[float, float]


class JudgedAddress(NamedTuple):
    """An address with what is right and what was found."""

    id: str
    address: str
    truth: str
    answer: str
    """A grid, `street CODE`, or `ask`."""
    said: Located | Unlocated

    @property
    def verdict(self) -> str:
        """right, asked or wrong; to ask where nobody can tell is right."""
        if self.answer == self.truth:
            return "right"
        return "asked" if self.answer.startswith(("ask", "street")) else "wrong"


class Truths:
    """Where the shipped places are, by this module's own reading of their files."""

    def __init__(self, folder: Path = RULES_DIR) -> None:
        self.rows = [
            row
            for path in sorted((folder / "places").glob("*.csv"))
            for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines())
        ]

    def point(self, truth: str) -> Point:
        """The point of a truth."""
        words, _, shift = truth.partition(" +")
        kind, name, *rest = words.split()
        lon, lat = self._number(name, int(rest[0])) if kind == "number" else self._one(kind, name, rest)
        if shift:
            way, metres = shift.split()
            east, north = WAYS[way]
            lon += east * int(metres) / DEGREE_M / cos(radians(lat))
            lat += north * int(metres) / DEGREE_M
        return lon, lat

    def _number(self, road: str, number: int) -> Point:
        side = "odd" if number % 2 else "even"
        row = next(row for row in self.rows if row["name"] == road and row["numbers"].startswith(side))
        first, last = map(int, row["numbers"].split()[1].split("-"))
        begin, end = _points(row)
        share = (number - first) / (last - first)
        return begin[0] + share * (end[0] - begin[0]), begin[1] + share * (end[1] - begin[1])

    def _one(self, kind: str, name: str, rest: list[str]) -> Point:
        if kind == "spot":
            name, rest = rest[0], [name]
        (found,) = (
            row
            for row in self.rows
            if row["kind"] == kind and {row["name"], row["road"]} - {""} == {name, *rest}
        )
        return _points(found)[0]


def judged(rules: Rules, path: Path) -> Iterator[JudgedAddress]:
    """Each address of a file, located."""
    truths = Truths()
    for row in map(json.loads, path.read_text(encoding="utf-8").splitlines()):
        said = rules.locator.locate(row["address"], row["street"])
        yield JudgedAddress(
            row["id"], row["address"], _right(rules, truths, row["truth"]), _answer(said, row), said
        )


def _right(rules: Rules, truths: Truths, truth: str) -> str:
    if truth == "ask" or truth.startswith("street"):
        return truth
    lon, lat = truths.point(truth)
    grids = (street.grids.grid_at(lon, lat) for street in rules.streets.values())
    return next(grid for grid in grids if grid)


def _answer(said: Located | Unlocated, row: Mapping[str, str | None]) -> str:
    if isinstance(said, Located):
        return str(said.place.grid)
    if said.candidates and row["street"] and said.candidates[0].street != row["street"]:
        return f"street {said.candidates[0].street}"
    return "ask"


def _points(row: Mapping[str, str]) -> list[Point]:
    pairs = (point.split() for point in row["line"].split(";"))
    return [(float(lon), float(lat)) for lon, lat in pairs]


def print_table(name: str, addresses: Iterable[JudgedAddress]) -> None:
    """A line for each kind of address, and one for all."""
    counts: dict[str, Counter[str]] = {}
    for one in addresses:
        for kind in (KINDS.get(one.id[0], one.id[0]), "all"):
            counts.setdefault(kind, Counter())[one.verdict] += 1
    print(f"{name:<18}{'addresses':>10}{'right':>8}{'asked':>8}{'wrong':>8}")
    for kind in sorted(counts, key=lambda kind: (kind == "all", kind)):
        own = counts[kind]
        total = own.total()
        shares = "".join(f"{own[verdict] / total:>8.1%}" for verdict in ("right", "asked", "wrong"))
        print(f"{kind:<18}{total:>10}{shares}")


def print_wrong(addresses: Iterable[JudgedAddress]) -> None:
    """Each address that was not right, with the two best places."""
    for one in addresses:
        if one.verdict != "right":
            print(f"  {one.verdict} {one.id} {one.address}: {one.truth}, not {one.answer}")
            places = (
                (one.said.place, *one.said.alternatives)
                if isinstance(one.said, Located)
                else one.said.candidates
            )
            for place in places[:2]:
                print(f"      {place.confidence} {place.name} {place.grid} {place.words}")


def main() -> None:
    """Prints the table of each file."""
    parser = argparse.ArgumentParser(description="How well addresses are located.")
    parser.add_argument("files", nargs="*", type=Path, default=sorted(ADDRESSES.glob("*.jsonl")))
    parser.add_argument("--wrong", action="store_true", help="list each address that was not right")
    options = parser.parse_args()
    rules = load_rules()
    for path in options.files:
        addresses = list(judged(rules, path))
        print_table(path.stem, addresses)
        if options.wrong:
            print_wrong(addresses)


if __name__ == "__main__":
    main()
