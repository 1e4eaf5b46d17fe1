"""Asking a Prometheus over its HTTP interface: an instant, a range. Nothing here knows of dashboards."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Final, NamedTuple, TypedDict
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import urlopen

ANSWER_SECONDS_MAX: Final = 120


class JsonSeries(TypedDict):
    """A series as Prometheus writes it: `value` of an instant, `values` of a range."""

    metric: dict[str, str]
    value: tuple[float, str]
    values: list[tuple[float, str]]


class NotAnswered(Exception):
    """Prometheus refused a query, or is not there; it says why."""


class Series(NamedTuple):
    """One series of an answer: its labels, and (seconds since 1970, value) in order of time."""

    labels: Mapping[str, str]
    points: tuple[tuple[float, float], ...]

    @property
    def last(self) -> float:
        """The value at the end."""
        return self.points[-1][1]


class Prometheus(NamedTuple):
    """A server that runs, by its address such as http://127.0.0.1:9090."""

    address: str

    def at(self, query: str, when: datetime) -> list[Series]:
        """What a query answers at an instant. Raises NotAnswered."""
        found = self._ask("query", {"query": query, "time": when.timestamp()})
        return [Series(one["metric"], (_point(one["value"]),)) for one in found]

    def number(self, query: str, when: datetime) -> float | None:
        """The one value that a query answers, or None where it answers none. Raises NotAnswered if there are several."""
        found = self.at(query, when)
        if len(found) > 1:
            raise NotAnswered(f"{len(found)} series, not one: {query}")
        return found[0].last if found else None

    def between(self, query: str, start: datetime, end: datetime, step_seconds: float) -> list[Series]:
        """What a query answers over a time, both ends included. Raises NotAnswered."""
        found = self._ask(
            "query_range",
            {"query": query, "start": start.timestamp(), "end": end.timestamp(), "step": step_seconds},
        )
        return [Series(one["metric"], tuple(_point(point) for point in one["values"])) for one in found]

    def _ask(self, door: str, said: Mapping[str, object]) -> list[JsonSeries]:
        address = f"{self.address}/api/v1/{door}"
        try:
            with urlopen(address, urlencode(said).encode(), timeout=ANSWER_SECONDS_MAX) as answer:
                found: list[JsonSeries] = json.load(answer)["data"]["result"]
                return found
        except HTTPError as error:
            raise NotAnswered(f"{said['query']}: {json.load(error)['error']}") from error
        except URLError as error:
            raise NotAnswered(f"{self.address}: {error.reason}") from error


def _point(pair: tuple[float, str]) -> tuple[float, float]:
    return float(pair[0]), float(pair[1])
