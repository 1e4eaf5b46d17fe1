"""The table of planted faults: filled by the modules that plant them, read by the test and by the document."""

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from tests.audit.logs import MemoryLog

Plant = Callable[[MemoryLog], Mapping[str, object] | None]


class Mutant(NamedTuple):
    """A fault, and the invariant that must catch it. `plant` may answer with what the audit is asked besides."""

    name: str
    invariant: str
    what: str
    plant: Plant


MUTANTS: Final[list[Mutant]] = []


def planted(invariant: str, what: str) -> Callable[[Plant], Plant]:
    """The function plants this fault."""

    def note(plant: Plant) -> Plant:
        MUTANTS.append(Mutant(plant.__name__, invariant, what, plant))
        return plant

    return note
