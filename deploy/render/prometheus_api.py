"""Queries to a Prometheus over its HTTP interface, at an instant or over a range. Nothing here knows of dashboards."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Final, NamedTuple, TypedDict
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import urlopen

ANSWER_SECONDS_MAX: Final = 120


class JsonSeries(TypedDict):
    """A series in Prometheus' JSON: `value` at an instant, `values` over a range."""

    metric: dict[str, str]
    value: tuple[float, str]
    values: list[tuple[float, str]]


class NotAnswered(Exception):
    """Prometheus refused a query or does not answer; the text says why."""


class Series(NamedTuple):
    """One series of an answer: its labels, and (seconds since 1970, value) in time order."""

    labels: Mapping[str, str]
    points: tuple[tuple[float, float], ...]

    @property
    def last(self) -> float:
        """The value at the end."""
        return self.points[-1][1]


class Prometheus(NamedTuple):
    """A running server, by its address such as http://127.0.0.1:9090."""

    address: str

    def at(self, query: str, when: datetime) -> list[Series]:
        """The answer to a query at an instant. Raises NotAnswered."""
        answer = self._ask("query", {"query": query, "time": when.timestamp()})
        return [Series(series["metric"], (_point(series["value"]),)) for series in answer]

    def number(self, query: str, when: datetime) -> float | None:
        """The single value of a query's answer; None if it is empty. Raises NotAnswered if there are several."""
        series = self.at(query, when)
        if len(series) > 1:
            raise NotAnswered(f"{len(series)} series, not one: {query}")
        return series[0].last if series else None

    def between(self, query: str, start: datetime, end: datetime, step_seconds: float) -> list[Series]:
        """The answer to a query over a time, both ends included. Raises NotAnswered."""
        answer = self._ask(
            "query_range",
            {"query": query, "start": start.timestamp(), "end": end.timestamp(), "step": step_seconds},
        )
        return [
            Series(series["metric"], tuple(_point(point) for point in series["values"])) for series in answer
        ]

    def _ask(self, door: str, fields: Mapping[str, object]) -> list[JsonSeries]:
        address = f"{self.address}/api/v1/{door}"
        try:
            with urlopen(address, urlencode(fields).encode(), timeout=ANSWER_SECONDS_MAX) as answer:
                result: list[JsonSeries] = json.load(answer)["data"]["result"]
                return result
        except HTTPError as error:
            raise NotAnswered(f"{fields['query']}: {json.load(error)['error']}") from error
        except URLError as error:
            raise NotAnswered(f"{self.address}: {error.reason}") from error


def _point(pair: tuple[float, str]) -> tuple[float, float]:
    return float(pair[0]), float(pair[1])
