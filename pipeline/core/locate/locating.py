"""Where an address in words is: the place that its names, numbers and turns of speech fit best, how sure that is, and what else it may be.

even text ─► names (gazetteer) ─► candidates (number, junction, stretch, estate, landmark, spot, road) ─► told around them (beside, 50 m
north) ─► weighed against the other names, the street, the community ─► best first
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final, NamedTuple

from pipeline.core.locate.address_text import even_address
from pipeline.core.locate.gazetteer import FoundName, Gazetteer, PlaceKind
from pipeline.core.locate.place_namings import Naming, namings
from pipeline.core.rules.grid import GridPlan, LonLat, distance_m

CONFIDENCE_MAX: Final = 99


class Candidate(NamedTuple):
    """A place where an address may be: its grid and point (WGS84), by how many metres it may be off, how sure it is (0 to 99).

    `words`: what it rests on, such as ("number", "锦绣街23号"); the last ones speak against it.
    """

    street: str
    grid: str | None
    lonlat: LonLat
    radius_m: int
    confidence: int
    name: str
    words: tuple[tuple[str, str], ...]


class Located(NamedTuple):
    """The address is at this place; what else it might have been, best first."""

    place: Candidate
    alternatives: tuple[Candidate, ...]


@dataclass(frozen=True, eq=False)
class Unlocated:
    """Nobody can tell where the address is."""

    weigh: Callable[[], tuple[Candidate, ...]]

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """What fits, best first, perhaps in other streets, perhaps nothing; worked out when it is asked for."""
        return self.weigh()


class _Understood(NamedTuple):
    """The names in an address, and all ways to understand them."""

    found: Sequence[FoundName]
    told: Sequence[Naming]

    def of(self, street: str | None) -> Sequence[Naming]:
        """Those ways that lie in the street, if any does."""
        return [naming for naming in self.told if naming.street == street] or self.told


@dataclass(frozen=True, eq=False)
class Locator:
    """Finds addresses in the streets of the rules. Below `confidence_min` a place is not taken."""

    gazetteer: Gazetteer
    plans: Mapping[str, GridPlan]
    confidence_min: int

    def locate(self, address: str, street: str | None) -> Located | Unlocated:
        """Where the address is. With `street`, the code of the one that it is said to be in, only a place there is taken."""
        text = even_address(address)
        found = self.gazetteer.find(text)
        if street and not any(place.street == street for one in found for place in one.places):
            return Unlocated(partial(self.candidates, address, street))
        understood = self._understood(text, found)
        weigh = partial(self._ranked, understood, street)
        if not self._may_be_sure(understood, street):
            return Unlocated(weigh)
        candidates = weigh()
        best = candidates[0]
        is_elsewhere = street is not None and best.street != street
        if best.confidence < self.confidence_min or best.grid is None or is_elsewhere:
            return Unlocated(weigh)
        return Located(best, candidates[1:])

    def candidates(self, address: str, street: str | None) -> tuple[Candidate, ...]:
        """The places that fit, best first, at most `CANDIDATES_MAX`."""
        text = even_address(address)
        return self._ranked(self._understood(text, self.gazetteer.find(text)), street)

    def _understood(self, text: str, found: Sequence[FoundName]) -> _Understood:
        return _Understood(found, list(namings(self.gazetteer, text, found)))

    def _may_be_sure(self, understood: _Understood, street: str | None) -> bool:
        """Whether a place of the street can be sure enough, whatever is said besides; without asking where its grid is."""
        most = self.confidence_min - 2 * CONFIRMED - AGREES * len(understood.told)
        return any(naming.confidence >= most for naming in understood.told if street in (None, naming.street))

    def _ranked(self, understood: _Understood, street: str | None) -> tuple[Candidate, ...]:
        told, scope = understood.told, _scope(understood.found)
        weighed = [self._weighed(naming, told, scope) for naming in understood.of(street)]
        if len(weighed) < 2:
            return tuple(weighed)
        ranked = sorted(
            _distinct(weighed), key=lambda one: (-one.confidence, one.street, one.name, one.lonlat)
        )
        return tuple(_unsure_between(ranked)[:CANDIDATES_MAX])

    def _weighed(self, naming: Naming, told: Sequence[Naming], scope: "_Scope") -> Candidate:
        plan = self.plans.get(naming.street)
        grid = plan.grid_at(*naming.lonlat) if plan else None
        confidence, words = naming.confidence, [*naming.words]
        others = _by_others(naming, told) if len(told) > 1 else ()
        for change, word in (*_by_scope(naming, grid, scope), *others):
            confidence += change
            words.append(word)
        if plan and grid:
            over = plan.over_edge_m(grid, *naming.lonlat, naming.radius_m)
            confidence -= min(EDGE_MOST, int(over) // EDGE_STEP_M)
        else:
            confidence = min(confidence, OUTSIDE)
        sure = max(0, min(CONFIDENCE_MAX, confidence))
        return Candidate(
            naming.street, grid, _rounded(naming.lonlat), naming.radius_m, sure, naming.name, tuple(words)
        )


class _Scope(NamedTuple):
    """The streets and communities that an address names besides its place: by code, and by street and three digits."""

    streets: Mapping[str, str]
    communities: Mapping[tuple[str, str], str]


def _scope(found: Sequence[FoundName]) -> _Scope:
    streets = {p.street: one.said for one in found for p in one.places if p.kind is PlaceKind.STREET}
    communities = {
        (p.street, p.road): one.said for one in found for p in one.places if p.kind is PlaceKind.COMMUNITY
    }
    return _Scope(streets, communities)


def _by_scope(naming: Naming, grid: str | None, scope: _Scope) -> Iterator[tuple[int, tuple[str, str]]]:
    """What a named street and community say for the place, or against it."""
    if scope.streets:
        said = scope.streets.get(naming.street)
        if said is None:
            yield OTHER_STREET, ("other_street", next(iter(scope.streets.values())))
        else:
            yield CONFIRMED, ("street", said)
    if scope.communities and grid:
        said = scope.communities.get((naming.street, grid[9:12]))
        if said is None:
            yield OTHER_COMMUNITY, ("other_community", next(iter(scope.communities.values())))
        else:
            yield CONFIRMED, ("community", said)


def _by_others(naming: Naming, told: Sequence[Naming]) -> Iterator[tuple[int, tuple[str, str]]]:
    """What the other names of the address say: near it they confirm, far from it they contradict."""
    for place in sorted({other.mention for other in told if other.mention != naming.mention}):
        others = [other for other in told if other.mention == place and other.is_exact]
        if not others or naming.covers(place):
            continue
        apart = (
            min(distance_m(naming.lonlat, other.lonlat) - other.radius_m for other in others)
            - naming.radius_m
        )
        if apart <= NEAR_M:
            yield AGREES, ("agrees", others[0].name)
        elif apart > FAR_M:
            yield CONTRADICTS, ("contradicts", others[0].name)


def _distinct(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Without those that are the place of a surer one."""
    kept: list[Candidate] = []
    for one in sorted(candidates, key=lambda candidate: -candidate.confidence):
        if not any(
            one.street == other.street and distance_m(one.lonlat, other.lonlat) <= SAME_M for other in kept
        ):
            kept.append(one)
    return kept


def _unsure_between(ranked: Sequence[Candidate]) -> list[Candidate]:
    """Two places that fit alike are no place: neither is sure."""
    if len(ranked) < 2 or ranked[0].confidence - ranked[1].confidence > LEAD:
        return list(ranked)
    first, second = ranked[:2]
    if distance_m(first.lonlat, second.lonlat) <= first.radius_m and first.grid == second.grid:
        return list(ranked)
    return [one._replace(confidence=min(one.confidence, AMBIGUOUS)) for one in ranked]


def _rounded(lonlat: LonLat) -> LonLat:
    return round(lonlat[0], 6), round(lonlat[1], 6)


CANDIDATES_MAX: Final = 5
CONFIRMED, AGREES = 3, 4
OTHER_STREET, OTHER_COMMUNITY, CONTRADICTS = -45, -30, -40
"""What is said besides and does not fit."""
AMBIGUOUS: Final = 45
LEAD: Final = 8
"""The second best must be so much less sure, or neither is taken."""
OUTSIDE: Final = 30
NEAR_M, FAR_M = 150, 300
SAME_M: Final = 60
EDGE_STEP_M, EDGE_MOST = 10, 30
"""For each ten metres that a place may reach into the next grid it is a hundredth less sure which grid it is."""
