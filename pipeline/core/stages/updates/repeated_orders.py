"""重复件: an order whose sender says that it repeats an earlier one joins the case of that, or is offered as likely one with it.

the earlier one's case is open, and nothing speaks against it ─► it joins, wherever and whenever that was
another matter, or plainly another place                      ─► a case of its own, and somebody of the centre says whether both are one
the earlier one's case is over                                ─► a case of its own, linked to it (`relapse_of`)
nobody knows the earlier one                                  ─► a case like any; the number is kept and shown
"""

from pipeline.core.case.case_book import FoundCase, Match
from pipeline.core.rules.rules import Rules, Street
from pipeline.core.stages.discovery import Examined
from pipeline.core.stages.updates.told_anew import is_elsewhere
from schemas.inputs.report import Report
from schemas.state.case import Case
from schemas.values.place import Place
from schemas.values.text import UNDETERMINED


def found_by_number(
    rules: Rules,
    street: Street,
    host: Case,
    report: Report,
    examined: Examined,
    otherwise: FoundCase,
    *,
    may_be_suspected: bool,
) -> FoundCase:
    """The open case `host` of the order that the report says it repeats; `otherwise` is what its place and words say."""
    number = report.order.repeat_of if report.order else None
    named = Match(host.case_id, f"its sender says that it repeats {report.source.value}/{number}")
    if not _contradicts(rules, street, host, examined):
        return FoundCase(named)
    is_asked = may_be_suspected and otherwise.same is None
    return FoundCase(suspect=named) if is_asked else otherwise


def _contradicts(rules: Rules, street: Street, host: Case, examined: Examined) -> bool:
    matters = {examined.matter.code, host.facts.matter} - {UNDETERMINED}
    is_other = len(matters) > 1 and examined.matter.code not in rules.duplicates.related_to(
        (host.facts.matter,)
    )
    return is_other or (examined.place != Place() and is_elsewhere(rules, street, host.facts, examined.place))
