"""Which variables of the environment bear this project's prefix without being known: a name with a slip of the pen sets nothing.

Knows names only, so that a command that needs no settings does not load them.
"""

import os
import re
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

PREFIX: Final = "ENFORCEMENT_"
FEW: Final = frozenset(
    f"{PREFIX}{name}" for name in ("BROKERS", "TOPIC_PREFIX", "RULES_DIR", "HOME", "CACHE", "MAVEN")
)
"""What a command finds in most environments: where there is nothing else, all names need not be loaded."""
_ALIKE: Final = 0.6
_OF_KUBERNETES: Final = re.compile(
    r"ENFORCEMENT_(?:\w+_)?(?:SERVICE_HOST|SERVICE_PORT(?:_\w+)?|PORT(?:_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?)?)"
)
_OF_A_LINK: Final = re.compile(r"ENFORCEMENT_\w*PORT")
_LINK: Final = re.compile(r"(?:tcp|udp|sctp)://")


class UnknownSetting(NamedTuple):
    """A variable that nothing reads, and the names that it may have been meant to be."""

    name: str
    nearest: tuple[str, ...]


def unknown_settings(environment: Mapping[str, str] = os.environ) -> list[UnknownSetting]:
    """Those of the environment, in order. What Kubernetes sets by itself for a service of this name is passed over."""
    ours = sorted(name for name in environment if name.startswith(PREFIX) and name not in FEW)
    if not ours:
        return []
    known = _known()
    return [
        UnknownSetting(name, _nearest(name, known))
        for name in ours
        if name not in known and not _is_of_kubernetes(name, environment[name])
    ]


def _known() -> frozenset[str]:
    from pipeline.other_variables import OTHER_VARIABLES  # slow to load, and seldom needed here
    from pipeline.settings import Settings

    fields = (f"{PREFIX}{name.upper()}" for name in Settings.model_fields)
    return frozenset((*fields, *(name for variable in OTHER_VARIABLES for name in variable.name.split(", "))))


def _nearest(name: str, known: Iterable[str]) -> tuple[str, ...]:
    from difflib import get_close_matches  # only where a name is wrong

    without = [one.removeprefix(PREFIX) for one in sorted(known) if one.startswith(PREFIX)]
    alike = get_close_matches(name.removeprefix(PREFIX), without, n=2, cutoff=_ALIKE)
    return tuple(f"{PREFIX}{one}" for one in alike)


def _is_of_kubernetes(name: str, value: str) -> bool:
    """A service named `enforcement…` puts its address into every pod; a plain …PORT is one only where its value is a link."""
    if not _OF_KUBERNETES.fullmatch(name):
        return False
    return _OF_A_LINK.fullmatch(name) is None or "SERVICE" in name or _LINK.match(value) is not None
