"""The guards of the penalty procedure: one function per guard, with the article that it implements.

A function returns what the step lacks, or None. Amounts are parameters, and which guard stands before which step is a line
of `rules/procedure.yaml`; a guard can only stand before the steps that it can judge (`GuardCheck.steps`). The guards of
amounts and of the simple procedure are in `fine_guards`, of the ways out without a penalty in `no_penalty_guards`, those of hearings in `hearing_guards`, of what follows on a fine that is
not paid in `coercion_guards`, of buildings in `demolition_guards`, of the measures in `measure_guards`, of who approves in `approval_guards`, of
what comes again in `repeat_guards`.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from pipeline.core.case.decision_context import DecisionContext
from pipeline.core.case.evidence_checks import examine_evidence
from pipeline.core.penalty import (
    approval_guards,
    coercion_guards,
    demolition_guards,
    fine_guards,
    hearing_guards,
    measure_guards,
    no_penalty_guards,
    repeat_guards,
)
from pipeline.core.penalty.allowed_facts import refuse_facts
from pipeline.core.penalty.guard_context import GuardCheck, GuardContext, Missing
from pipeline.core.rules.identity import person, persons
from pipeline.core.rules.law import Power
from pipeline.core.rules.penalty_records import (
    NO_FACTS,
    decision_of,
    is_outdated_in_public,
    is_overturned,
    kinds_of,
)
from pipeline.core.rules.refusals import Refusal, all_of
from pipeline.core.rules.rules import Rules
from pipeline.core.worktime.clock_arithmetic import months_after
from pipeline.core.worktime.office_hours import day_of
from schemas.inputs.action import Penalise, TakeMeasure
from schemas.state.case import Case
from schemas.values.penalty_terms import Harm, MeasureStep
from schemas.values.terms import EvidenceKind
from schemas.values.terms import PenaltyStep as Step


def refuse_step(context: DecisionContext, action: Penalise | TakeMeasure) -> Refusal | None:
    """The objections to a step, in their order: facts that are not its own, guards, evidence."""
    rules, _, _, case, at, _ = context
    return all_of(
        (
            refuse_facts(action.step, action.facts),
            refuse(rules, case, action, at),
            examine_evidence(context, action.evidence),
        )
    )


def refuse(rules: Rules, case: Case, action: Penalise | TakeMeasure, at: datetime) -> Refusal | None:
    """The refusal by the guards before this step that find it lacking something; None if the step may be taken."""
    context = GuardContext(rules, case, action, at)
    today = day_of(at)
    return all_of(
        Refusal(guard.code, missing.field, missing.required)
        for guard in rules.procedure.guards
        if action.step in guard.steps and guard.effective <= today
        if (missing := CHECKS[guard.id].missing(context))
    )


# who


def _single_officer(context: GuardContext) -> Missing | None:
    # 行政处罚法 42
    if context.is_by_court:
        return None
    officers, officers_min = len(persons(context.facts.officers)), context.parameters.officers_min
    if officers >= officers_min:
        return None
    return Missing("facts.officers", f"{officers_min} or more certificate numbers, not {officers}")


def _identity(context: GuardContext) -> Missing | None:
    # 行政处罚法 55, on the spot 52; before forcing 行政强制法 18
    if context.facts.identity_shown or context.is_by_court:
        return None
    return Missing("facts.identity_shown", "true: certificates are shown first")


def _recused(context: GuardContext) -> Missing | None:
    # 行政处罚法 43
    recused = persons(officer for facts in context.all_facts for officer in facts.recused)
    facts = context.facts
    acting = (*facts.officers, *(one for one in (facts.host, facts.reviewer) if one), context.action.actor.id)
    found = persons(acting) & recused
    if not found:
        return None
    field = next((name for name in ("host", "reviewer") if getattr(facts, name)), "officers")
    return Missing(f"facts.{field}", f"others than {', '.join(sorted(found))}: recused")


def _power(context: GuardContext) -> Missing | None:
    # 行政处罚法 24; for a measure 行政强制法 17
    matter = context.matter
    listed = context.rules.procedure.powers.get(context.case.street, frozenset())
    has_power = matter.street_power is Power.DEVOLVED or (
        matter.street_power is Power.NEEDS_LIST and matter.code in listed
    )
    if not has_power:
        return Missing("step", f"refer it (transferred): {matter.penalty_organ}")
    if context.facts.fine_yuan and not matter.may_fine:
        return Missing("facts.fine_yuan", f"no fine: the law foresees none for {matter.code}")
    return None


# before a decision


def _decided_after_notice(context: GuardContext) -> Missing | None:
    # 行政处罚法 62
    if context.step is Step.SIMPLE_DECIDED:
        rights_told = context.facts.rights_told
        return None if rights_told else Missing("facts.rights_told", "true: told before deciding")
    noticed = context.record(Step.NOTICED)
    if noticed is None:
        return Missing("step", "noticed first")
    if any(facts.defence_done for facts in context.facts_that_hold):
        return None
    last_day = context.last_day(noticed.at, context.parameters.defence_window)
    if day_of(context.at) > last_day:
        return None
    return Missing("facts.defence_done", f"true, or decide after {last_day}")


def _review_first_told(context: GuardContext) -> Missing | None:
    # 行政复议法 23
    told = context.facts.review_first_told
    return None if told else Missing("facts.review_first_told", "true: a reconsideration comes before a suit")


def _not_heavier(context: GuardContext) -> Missing | None:
    # 行政处罚法 45
    noticed, decided = context.facts_of(Step.NOTICED), context.facts
    heavier = kinds_of(decided) - kinds_of(noticed) - context.parameters.lighter
    if (decided.fine_yuan or 0) > (noticed.fine_yuan or 0):
        return Missing(
            "facts.fine_yuan", f"at most {noticed.fine_yuan or 0} yuan, as noticed; or noticed anew"
        )
    if (decided.confiscated_yuan or 0) > (noticed.confiscated_yuan or 0):
        most = noticed.confiscated_yuan or 0
        return Missing("facts.confiscated_yuan", f"worth at most {most} yuan, as noticed; or noticed anew")
    if heavier:
        return Missing("facts.kinds", f"as noticed, not {', '.join(sorted(heavier))}; or noticed anew")
    return _other_facts(context)


def _other_facts(context: GuardContext) -> Missing | None:
    """What the party was told of the breach: with the decision it does not become worse."""
    # 行政处罚法 44
    told = [(record.facts or NO_FACTS) for record in context.history]
    harm = next((facts.harm for facts in reversed(told) if facts.harm is not None), None)
    if harm is not None and context.facts.harm is not None and _HARMS[context.facts.harm] > _HARMS[harm]:
        return Missing("facts.harm", f"{harm}, as noticed; or noticed anew")
    return None


def _legal_review(context: GuardContext) -> Missing | None:
    # 行政处罚法 58
    if context.step is Step.REVIEWED:
        if context.facts.reviewer is None or person(context.facts.reviewer) in context.investigators():
            return Missing("facts.reviewer", "who reviewed it, and did not investigate")
        passed = context.facts.review_passed
        return (
            None
            if passed
            else Missing("facts.review_passed", "true; where more is to be found out, sent_back")
        )
    fine = context.facts.fine_yuan
    to_review = (
        fine is None
        or fine >= context.parameters.review_fine
        or context.parameters.hearing.reached_by(context.facts, context.party())
        or context.latest(lambda facts: facts.complex)
        or context.record(Step.HEARD) is not None
    )
    return Missing("step", "reviewed first") if to_review and not context.record(Step.REVIEWED) else None


def _discussed(context: GuardContext) -> Missing | None:
    # 行政处罚法 57
    weighty = context.parameters.discussion.reached_by(context.facts, context.party())
    if context.facts.discussed or not (weighty or context.latest(lambda facts: facts.complex)):
        return None
    return Missing("facts.discussed", "true: the heads of the organ discuss it together first")


def _in_time(context: GuardContext) -> Missing | None:
    """The time runs from the act, of one that went on from its end, to the day on which the case was opened."""
    # 行政处罚法 36
    case_facts, bar = context.case.facts, context.parameters.time_bar
    if context.latest(lambda facts: facts.continuing):
        return None
    harmful = context.latest(lambda facts: facts.harm) not in (None, Harm.NONE)
    grave = harmful and context.latest(lambda facts: facts.endangered)
    last_day = months_after(day_of(context.breached_at()), bar.months_with_harm if grave else bar.months)
    found_on = day_of(case_facts.opened_at)
    if found_on <= last_day:
        return None
    return Missing(
        "facts.committed_at", f"found until {last_day}, not on {found_on}: no_penalty, time_barred"
    )


def _electronic(context: GuardContext) -> Missing | None:
    # 行政处罚法 41
    if not any(report.source in context.parameters.monitors for report in context.case.reports):
        return None
    if any(facts.evidence_reviewed for facts in context.all_facts):
        return None
    others = {mark.sha256 for mark in context.case.reports[0].set_aside if mark.case_id is not None}
    own = (item for item in context.case.evidence if item.sha256 not in others)
    verdicts = {item.reviewed for item in (*own, *context.action.evidence)} - {None}
    if verdicts == {True}:
        return None
    return Missing("facts.evidence_reviewed", "true: records of monitors are reviewed first")


def _device(context: GuardContext) -> Missing | None:
    """A device that was examined and made public by the day of the record may be relied on; of another somebody has to answer for it."""
    # 行政处罚法 41
    reports = [report for report in context.case.reports if report.source in context.parameters.monitors]
    if not reports or any(facts.device_checked_by for facts in context.all_facts):
        return None
    registered, used = context.parameters.devices, _devices(context)
    unknown = sorted(
        device for device, day in used.items() if device not in registered or registered[device] > day
    )
    field = "facts.device_checked_by"
    if not used:
        return Missing(field, "who found that its device may be relied on: none is named")
    if unknown:
        return Missing(
            field, f"who found that it may be relied on: not in the register: {', '.join(unknown)}"
        )
    return None


def _devices(context: GuardContext) -> Mapping[str, date]:
    """The devices that recorded the case, each with the day of its first record; what officers carry is none."""
    first: dict[str, date] = {}
    for item in sorted(context.case.evidence, key=lambda item: item.taken_at):
        if item.device and item.kind is not EvidenceKind.BODYCAM:
            first.setdefault(item.device, day_of(item.taken_at))
    return first


def _recorded(context: GuardContext) -> Missing | None:
    # 行政处罚法 47; a measure 行政强制法 18
    kinds = context.parameters.record_kinds
    if any(item.kind in kinds for item in context.action.evidence):
        return None
    return Missing("evidence", f"a record of this step: {', '.join(sorted(kinds))}")


def _published(context: GuardContext) -> Missing | None:
    # 行政处罚法 48
    penalty = context.case.penalty
    if is_outdated_in_public(penalty):
        return Missing("step", "unpublished first: the decision stands no longer")
    was_public = context.record(Step.PUBLISHED) or context.record(Step.UNPUBLISHED)
    if decision_of(penalty).public and not was_public and not is_overturned(penalty):
        return Missing("step", "published first")
    return None


def _at(*steps: Step) -> frozenset[Step | MeasureStep]:
    return frozenset(steps)


_HARMS: Final = {harm: weight for weight, harm in enumerate(Harm)}
_BY_OFFICERS: Final = _at(Step.INVESTIGATED, Step.SIMPLE_DECIDED, Step.ENFORCED)
_PUNISHING: Final = _at(Step.FILED, Step.NOTICED, Step.DECIDED, Step.SIMPLE_DECIDED)

CHECKS: Final[Mapping[str, GuardCheck]] = {
    "SINGLE_OFFICER_PENALTY": GuardCheck(_BY_OFFICERS, _single_officer),
    "IDENTITY_NOT_SHOWN": GuardCheck(_BY_OFFICERS, _identity),
    "PENALTY_WITHOUT_POWER": GuardCheck(_PUNISHING | {MeasureStep.BEGUN}, _power),
    "RECUSED_OFFICER": GuardCheck(_BY_OFFICERS | {Step.HEARD, Step.REVIEWED, MeasureStep.BEGUN}, _recused),
    "REVIEW_FIRST_NOT_TOLD": GuardCheck(_at(Step.SIMPLE_DECIDED), _review_first_told),
    "TIME_BARRED": GuardCheck(_PUNISHING, _in_time),
    "DECISION_WITHOUT_NOTICE": GuardCheck(_at(Step.DECIDED, Step.SIMPLE_DECIDED), _decided_after_notice),
    "HEAVIER_THAN_NOTICED": GuardCheck(_at(Step.DECIDED), _not_heavier),
    **hearing_guards.CHECKS,
    "CLOSE_PENALTY_WITHOUT_LEGAL_REVIEW": GuardCheck(_at(Step.REVIEWED, Step.DECIDED), _legal_review),
    "DECIDED_WITHOUT_DISCUSSION": GuardCheck(_at(Step.DECIDED), _discussed),
    "ELECTRONIC_EVIDENCE_UNREVIEWED": GuardCheck(_PUNISHING - {Step.FILED}, _electronic),
    "DEVICE_NOT_REGISTERED": GuardCheck(_PUNISHING - {Step.FILED}, _device),
    **fine_guards.CHECKS,
    **coercion_guards.CHECKS,
    **demolition_guards.CHECKS,
    **no_penalty_guards.CHECKS,
    **approval_guards.CHECKS,
    **repeat_guards.CHECKS,
    "ARCHIVED_UNPUBLISHED": GuardCheck(_at(Step.ARCHIVED), _published),
    **measure_guards.CHECKS,
    "PROCESS_NOT_RECORDED": GuardCheck(frozenset((*Step, *MeasureStep)), _recorded),
}
"""By the guard's id. The rules are refused on load unless they name exactly these guards."""
