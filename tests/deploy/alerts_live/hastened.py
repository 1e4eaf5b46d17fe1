"""The shipped rules of Prometheus with time run faster: every duration in them is divided by `FACTOR`, and nothing else differs.

An hour of a rule is two minutes here: of a window in an expression, of `for` and `keep_firing_for`, of the interval of a group. Thresholds stay
as they are, in seconds too. A window holds three scrapes at least, else a single one that is late would empty it.
"""

import re
from pathlib import Path
from typing import Any, Final

import yaml

from tests.deploy.tools import ROOT

FACTOR: Final = 30
SCRAPE_S: Final = 3
_WINDOW_MIN_MS: Final = 3 * SCRAPE_S * 1_000 + 1_000
SHIPPED: Final = ROOT / "deploy" / "prometheus"
_UNIT_MS: Final = {"s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
_DURATION: Final = r"(\d+)([smhd])"
_WINDOW: Final = re.compile(rf"\[{_DURATION}\]")


def shipped_alerts() -> list[dict[str, Any]]:
    """Every alert rule as it is committed, in the order of the file."""
    return [rule for group in _groups("alerts.yaml") for rule in group["rules"]]


def write_hastened(folder: Path) -> list[str]:
    """The paths of both files of rules, hastened, in `folder`."""
    paths = []
    for name in ("recording.yaml", "alerts.yaml"):
        path = folder / name
        path.write_text(yaml.safe_dump({"groups": [_hastened(group) for group in _groups(name)]}), "utf-8")
        paths.append(str(path))
    return paths


def shorter(duration: str) -> str:
    """A duration of Prometheus, divided: 5m is 10000ms."""
    return f"{_shorter_ms(duration)}ms"


def hastened_expression(expression: str) -> str:
    """With every window divided."""
    return _WINDOW.sub(lambda found: f"[{max(_shorter_ms(found[0][1:-1]), _WINDOW_MIN_MS)}ms]", expression)


def _shorter_ms(duration: str) -> int:
    found = re.fullmatch(_DURATION, duration)
    assert found, duration
    return int(found[1]) * _UNIT_MS[found[2]] // FACTOR


def _groups(name: str) -> list[dict[str, Any]]:
    groups: list[dict[str, Any]] = yaml.safe_load((SHIPPED / name).read_text("utf-8"))["groups"]
    return groups


def _hastened(group: dict[str, Any]) -> dict[str, Any]:
    rules = [
        rule
        | {"expr": hastened_expression(rule["expr"])}
        | {field: shorter(rule[field]) for field in ("for", "keep_firing_for") if field in rule}
        for rule in group["rules"]
    ]
    interval = {"interval": shorter(group["interval"])} if "interval" in group else {}
    return group | interval | {"rules": rules}
