"""A board as Grafana's own code draws it on a real Prometheus's answers, and what is read on it."""

from copy import deepcopy
from typing import Any, NamedTuple

from deploy.generate import ROOT
from deploy.grafana.grafana_files import FOLDER
from deploy.render.answers import answers_to
from deploy.render.dashboard import Dashboard, Span
from deploy.render.grafana_code import Shot
from deploy.render.prometheus_api import Prometheus


class Drawn(NamedTuple):
    """A board as it was drawn: what Prometheus answered, and what is read of each panel by its number."""

    shot: Shot
    read: dict[int, dict[str, Any]]

    @property
    def panels(self):
        """Each panel that asks something, with what is read on it."""
        return [(panel, self.read[panel.number]) for panel in self.shot.board.panels if panel.targets]

    def panel(self, title):
        """One panel and what is read on it."""
        return next((panel, read) for panel, read in self.panels if panel.title == title)


def board_of(name, **chosen):
    """As it is committed."""
    return Dashboard.read(ROOT / FOLDER / "dashboards" / f"{name}.json", chosen)


def shot_of(name: str, prometheus: Prometheus, span: Span) -> Shot:
    """A board with its answers."""
    board = board_of(name)
    return Shot(name, board, span, answers_to(board, span, prometheus))


def planted(board):
    """The board as it was: letters fitted to the longest word, the unit `short` for all, columns as wide as Grafana likes."""
    model = deepcopy(dict(board.model))
    for panel in model["panels"]:
        panel.get("options", {}).pop("text", None)
        settings = panel.get("fieldConfig", {"defaults": {}, "overrides": []})
        for override in settings["overrides"]:
            override["properties"] = [
                {"id": "unit", "value": "short"} if one == {"id": "unit", "value": "string"} else one
                for one in override["properties"]
                if one["id"] not in ("custom.minWidth", "decimals")
            ]
            for one in override["properties"]:
                one["value"] = "short" if one["value"] == "none" else one["value"]
        if settings["defaults"].get("unit") == "none":
            settings["defaults"] |= {"unit": "short", "decimals": None}
    return model


def texts_of(read, *parts):
    """The texts of these parts of a panel; of all of it without any."""
    return [text for text in read["texts"] if not parts or text["part"] in parts]


def overlap(one, other):
    """Whether two boxes share more than an edge; lines of text touch by up to 4 pixels."""
    left, top, right, bottom = one
    return min(right, other[2]) - max(left, other[0]) > 1 and min(bottom, other[3]) - max(top, other[1]) > 4
