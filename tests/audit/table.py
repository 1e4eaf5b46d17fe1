"""The table of planted faults in docs/audit.md: `python -m tests.audit.table` writes it, a test says when it is stale."""

from pathlib import Path
from typing import Any, Final

import tests.audit.faults.faults_of_callers
import tests.audit.faults.faults_of_cases
import tests.audit.faults.faults_of_continuity
import tests.audit.faults.faults_of_forgetting
import tests.audit.faults.faults_of_hotline_deadlines
import tests.audit.faults.faults_of_letters
import tests.audit.faults.faults_of_moves
import tests.audit.faults.faults_of_orders
import tests.audit.faults.faults_of_past_cases
import tests.audit.faults.faults_of_penalties
import tests.audit.faults.faults_of_set_backs
import tests.audit.faults.faults_of_the_district
import tests.audit.faults.faults_of_units
import tests.audit.faults.faults_of_updates
import tests.audit.faults.of_people.faults_of_duty
import tests.audit.faults.of_people.faults_of_people
import tests.audit.faults_of_outputs
import tests.audit.faults_of_the_log  # noqa: F401  they fill the table
from pipeline.audit.findings import Invariant
from tests.audit.good_story.good import good_log
from tests.audit.logs import audited
from tests.audit.mutant import MUTANTS, Mutant

DOCUMENT: Final = Path(__file__).parents[2] / "docs" / "audit.md"
BEGIN: Final = "<!-- written by python -m tests.audit.table: do not edit -->"
END: Final = "<!-- end of what is written -->"
_ORDER: Final = list(Invariant)


def row(mutant: Mutant, codes: list[str]) -> str:
    """A fault, the invariant that caught it, and by which codes."""
    return f"| {mutant.invariant} | {mutant.what} | {', '.join(f'`{code}`' for code in codes)} |"


def codes_of(mutant: Mutant) -> list[str]:
    """The codes by which the invariant catches the fault."""
    log = good_log()
    asked: Any = mutant.plant(log) or {}
    caught = [one for one in audited(log, **asked).kept if one.invariant == mutant.invariant]
    return sorted({one.code for one in caught})


def table() -> str:
    """All of it, in the order of the invariants."""
    ordered = sorted(MUTANTS, key=lambda one: _ORDER.index(Invariant(one.invariant)))
    rows = [row(mutant, codes_of(mutant)) for mutant in ordered]
    return "\n".join(
        [
            f"{len(rows)} faults, each planted alone into a good log:",
            "",
            "| by | planted | caught as |",
            "|---|---|---|",
            *rows,
        ]
    )


def written(document: str) -> str:
    """What the document holds between the marks."""
    return document.split(BEGIN)[1].split(END)[0].strip()


def main() -> None:
    """Write the table anew."""
    text = DOCUMENT.read_text(encoding="utf-8")
    head, rest = text.split(BEGIN)
    _, tail = rest.split(END)
    DOCUMENT.write_text(f"{head}{BEGIN}\n\n{table()}\n\n{END}{tail}", encoding="utf-8")


if __name__ == "__main__":
    main()
