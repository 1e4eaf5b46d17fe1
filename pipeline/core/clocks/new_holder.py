"""The clocks of a case that another unit has now, whose limit is another: counted anew (`unit_limits`)."""

from pipeline.core.clocks import running_clocks
from pipeline.core.clocks.unit_limits import percent_of
from pipeline.core.rules.rules import Rules
from pipeline.core.worktime.policy import SCALED_KINDS
from schemas.journal.clock_events import ClockChange
from schemas.state.case import Case


def relimited(rules: Rules, before: Case | None, after: Case) -> tuple[ClockChange, ...]:
    """The handling and the whole case by the limit of whoever has it now, with all that moved them."""
    if before is None or percent_of(rules, before) == percent_of(rules, after):
        return ()
    changes = running_clocks.relimited(rules, after)
    return tuple(change for change in changes if change.clock.kind in SCALED_KINDS)
