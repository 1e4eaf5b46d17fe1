"""The guards of the penalty procedure: of each, what it looks at, in one small function; the amounts and articles are data.

A function says what is missing, or nothing. Which guard stands before which step is in `rules/procedure.yaml`; a guard
can only stand before the steps it knows (`GuardCheck.steps`). Those of the measures are in `measure_guards`.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from pipeline.core.penalty import measure_guards as of_measures
from pipeline.core.penalty.guard_context import GuardCheck, GuardContext, Missing, months_after
from pipeline.core.rules.law import Power
from pipeline.core.rules.penalty_records import kinds_of
from pipeline.core.rules.refusals import Refusal
from pipeline.core.rules.rules import Rules
from pipeline.core.worktime.office_hours import SHANGHAI, day_of
from schemas.inputs.action import Penalise, TakeMeasure
from schemas.state.case import Case
from schemas.values.penalty_terms import Harm, MeasureStep
from schemas.values.terms import PenaltyStep as Step

_MINUTES: Final = 60


def refuse(rules: Rules, case: Case, action: Penalise | TakeMeasure, at: datetime) -> Refusal | None:
    """The first guard before this step that misses something."""
    asked = GuardContext(rules, case, action, at)
    today = day_of(at)
    for guard in rules.procedure.guards:
        if action.step in guard.steps and guard.effective <= today:
            missing = CHECKS[guard.id].look(asked)
            if missing:
                return Refusal(guard.code, missing.field, missing.wanted)
    return None


# who


def _single_officer(asked: GuardContext) -> Missing | None:
    there, wanted = len(set(asked.said.officers)), asked.terms.officers_min
    if there >= wanted:
        return None
    return Missing("facts.officers", f"{wanted} or more certificate numbers, not {there}")


def _identity(asked: GuardContext) -> Missing | None:
    if asked.said.identity_shown:
        return None
    return Missing("facts.identity_shown", "true: certificates are shown first")


def _power(asked: GuardContext) -> Missing | None:
    matter = asked.matter
    listed = asked.rules.procedure.powers.get(asked.case.street, frozenset())
    has_power = matter.street_power is Power.DEVOLVED or (
        matter.street_power is Power.NEEDS_LIST and matter.code in listed
    )
    if not has_power:
        return Missing("step", f"refer it (transferred): {matter.penalty_organ}")
    if asked.said.fine_yuan and not matter.may_fine:
        return Missing("facts.fine_yuan", f"no fine: the law foresees none for {matter.code}")
    return None


# before a decision


def _decided_after_notice(asked: GuardContext) -> Missing | None:
    if asked.step is Step.SIMPLE_DECIDED:
        told = asked.said.rights_told
        return None if told else Missing("facts.rights_told", "true: told before deciding")
    noticed = asked.record(Step.NOTICED)
    if noticed is None:
        return Missing("step", "noticed first")
    if any(one.defence_done for one in asked.all_said):
        return None
    last = asked.last_day(noticed.at, asked.terms.defence_window)
    return None if day_of(asked.at) > last else Missing("facts.defence_done", f"true, or decide after {last}")


def _not_heavier(asked: GuardContext) -> Missing | None:
    noticed, said = asked.facts(Step.NOTICED), asked.said
    more = kinds_of(said) - kinds_of(noticed) - asked.terms.lighter
    if (said.fine_yuan or 0) > (noticed.fine_yuan or 0):
        return Missing("facts.fine_yuan", f"at most {noticed.fine_yuan or 0} yuan, as noticed")
    if (said.confiscated_yuan or 0) > (noticed.confiscated_yuan or 0):
        most = noticed.confiscated_yuan or 0
        return Missing("facts.confiscated_yuan", f"worth at most {most} yuan, as noticed")
    if more:
        return Missing("facts.kinds", f"as noticed, not {', '.join(sorted(more))}")
    return None


def _hearing_offered(asked: GuardContext) -> Missing | None:
    hearing = asked.terms.hearing
    if asked.said.hearing_offered or not hearing.reached_by(asked.said, asked.party()):
        return None
    kinds = ", ".join(sorted(hearing.kinds))
    return Missing(
        "facts.hearing_offered", f"true from {hearing.amounts.of(asked.party())} yuan on, and for {kinds}"
    )


def _hearing_window(asked: GuardContext) -> Missing | None:
    noticed = asked.record(Step.NOTICED)
    if asked.record(Step.HEARD) or any(one.hearing_waived for one in asked.all_said):
        return None
    if asked.record(Step.HEARING_NOTIFIED):
        return Missing("facts.hearing_waived", "true, or heard first: the party was told of its hearing")
    if noticed is None or not (noticed.facts and noticed.facts.hearing_offered):
        return None
    last = asked.last_day(noticed.at, asked.terms.hearing_window)
    if day_of(asked.at) > last:
        return None
    return Missing("facts.hearing_waived", f"true, or a hearing, or wait: {asked.step} after {last}")


def _hearing_notified(asked: GuardContext) -> Missing | None:
    if asked.step is Step.HEARD:
        told = asked.facts(Step.HEARING_NOTIFIED).hearing_at
        if told is None:
            return Missing("step", "hearing_notified first")
        return None if asked.done_at >= told else Missing("acted_at", f"from {_local(told)} on, as notified")
    last = asked.last_day(asked.at, asked.terms.hearing_notice)
    if asked.said.hearing_at is None or day_of(asked.said.hearing_at) <= last:
        return Missing("facts.hearing_at", f"after {last}")
    return None if asked.said.hearing_place else Missing("facts.hearing_place", "where it is held")


def _host(asked: GuardContext) -> Missing | None:
    if asked.said.host is None or asked.said.host in asked.investigators():
        return Missing("facts.host", "who hosts it, and did not investigate")
    return None


def _legal_review(asked: GuardContext) -> Missing | None:
    if asked.step is Step.REVIEWED:
        if asked.said.reviewer is None or asked.said.reviewer in asked.investigators():
            return Missing("facts.reviewer", "who reviewed it, and did not investigate")
        passed = asked.said.review_passed
        return None if passed else Missing("facts.review_passed", "true: correct it, submit it again")
    fine = asked.said.fine_yuan
    grave = asked.terms.hearing.reached_by(asked.said, asked.party()) or asked.last_said(
        lambda one: one.complex
    )
    heard = asked.record(Step.HEARD) is not None
    weighty = fine is None or fine >= asked.terms.review_fine or grave or heard
    return Missing("step", "reviewed first") if weighty and not asked.record(Step.REVIEWED) else None


def _discussed(asked: GuardContext) -> Missing | None:
    weighty = asked.terms.discussion.reached_by(asked.said, asked.party())
    if asked.said.discussed or not (weighty or asked.last_said(lambda one: one.complex)):
        return None
    return Missing("facts.discussed", "true: the heads of the organ discuss it together first")


def _in_time(asked: GuardContext) -> Missing | None:
    """Found within its time, counted from the act or, where it went on, from its end. Found is when the case was opened."""
    facts, bar = asked.case.facts, asked.terms.time_bar
    if asked.last_said(lambda one: one.continuing):
        return None
    harmed = asked.last_said(lambda one: one.harm) not in (None, Harm.NONE)
    grave = harmed and asked.last_said(lambda one: one.endangered)
    ended = asked.last_said(lambda one: one.committed_at) or facts.occurred_at or facts.reported_at
    last = months_after(day_of(ended), bar.months_with_harm if grave else bar.months)
    found = day_of(facts.opened_at)
    if found <= last:
        return None
    return Missing("facts.committed_at", f"found until {last}, not on {found}: no_penalty, time_barred")


def _electronic(asked: GuardContext) -> Missing | None:
    if not any(report.source in asked.terms.monitors for report in asked.case.reports):
        return None
    if any(one.evidence_reviewed for one in asked.all_said):
        return None
    marks = {item.reviewed for item in (*asked.case.evidence, *asked.action.evidence)} - {None}
    if marks == {True}:
        return None
    return Missing("facts.evidence_reviewed", "true: records of monitors are reviewed first")


def _recorded(asked: GuardContext) -> Missing | None:
    kinds = asked.terms.record_kinds
    if any(item.kind in kinds for item in asked.action.evidence):
        return None
    return Missing("evidence", f"a record of this step: {', '.join(sorted(kinds))}")


# the simple procedure


def _simple_matter(asked: GuardContext) -> Missing | None:
    if asked.terms.simple_procedure in asked.matter.procedures:
        return None
    return Missing("step", f"filed: {asked.matter.code} takes the ordinary procedure")


def _simple_fine(asked: GuardContext) -> Missing | None:
    limit, kinds = asked.terms.simple_fine.of(asked.party()), kinds_of(asked.said)
    if (asked.said.fine_yuan or 0) > limit:
        return Missing("facts.fine_yuan", f"at most {limit} yuan, or the ordinary procedure")
    if not kinds or kinds - asked.terms.simple_kinds:
        return Missing(
            "facts.kinds", f"{', '.join(sorted(asked.terms.simple_kinds))}, or the ordinary procedure"
        )
    return None


def _on_spot(asked: GuardContext) -> Missing | None:
    collected = asked.said.collected_on_spot_yuan
    if not collected:
        return None
    field = "facts.collected_on_spot_yuan"
    if asked.step is not Step.SIMPLE_DECIDED and asked.record(Step.SIMPLE_DECIDED) is None:
        return Missing(field, "0: an ordinary decision is paid at a bank")
    if collected > asked.fine():
        return Missing(field, f"at most the fine, {asked.fine()} yuan")
    limit = asked.terms.on_spot_max_yuan
    if asked.fine() <= limit or asked.said.hard_to_collect_later:
        return None
    return Missing(field, f"0 where the fine is over {limit} yuan, unless hard_to_collect_later")


# after the decision


def _quiet_time(asked: GuardContext) -> Missing | None:
    quiet, local = asked.terms.quiet, asked.done_at.astimezone(SHANGHAI)
    day_off = local.date() in quiet.holidays or (quiet.weekends and asked.is_weekend(local.date()))
    if asked.said.emergency or not (day_off or quiet.is_night(local.hour * _MINUTES + local.minute)):
        return None
    by_day = f"{_clock(quiet.last)}-{_clock(quiet.first)}"
    return Missing("acted_at", f"{by_day} on a day that is not off, or facts.emergency")


def _demand(asked: GuardContext) -> Missing | None:
    if asked.said.demanded:
        return None
    return Missing("facts.demanded", "true: demanded in writing first")


def _term(asked: GuardContext) -> Missing | None:
    served = asked.record(Step.SERVED)
    if served is None or not asked.fine() or asked.record(Step.PAID):
        return None
    last = asked.last_day(served.at, asked.terms.payment_window)
    return None if day_of(asked.done_at) > last else Missing("acted_at", f"after {last}, the last day to pay")


def _appeal_window(asked: GuardContext) -> Missing | None:
    served = asked.record(Step.SERVED)
    if asked.case.facts.matter not in asked.terms.demolition or served is None:
        return None
    appeal = asked.last_day(served.at, asked.terms.appeal_span)
    last = max(appeal, months_after(day_of(served.at), asked.terms.appeal_months))
    if day_of(asked.done_at) > last:
        return None
    return Missing("acted_at", f"after {last}, when no appeal is possible")


def _settled(asked: GuardContext) -> Missing | None:
    over = asked.record(Step.PAID) or asked.record(Step.ENFORCED)
    if over or not asked.fine() or asked.record(Step.SERVED) is None:
        return None
    return Missing("step", f"paid or enforced first: {asked.fine()} yuan are open")


# no penalty, transfer


def _ground(asked: GuardContext) -> Missing | None:
    ground = asked.said.ground
    if ground is None:
        return Missing("facts.ground", "why nobody is punished")
    if ground in asked.terms.corrected and not asked.said.corrected:
        return Missing("facts.corrected", f"true: {ground} asks that it was put right in time")
    if ground in asked.terms.first_time and not asked.said.first_time:
        return Missing("facts.first_time", "true: the records show no breach before")
    harm = asked.terms.harm_of_ground.get(ground)
    if harm is not None and asked.last_said(lambda one: one.harm) not in harm:
        return Missing("facts.harm", f"{' or '.join(sorted(harm))} with {ground}")
    if ground in asked.terms.educated and not asked.said.educated:
        return Missing("facts.educated", "true: the party is to be educated")
    return None


def _receiver(asked: GuardContext) -> Missing | None:
    return None if asked.said.receiver else Missing("facts.receiver", "the organ that takes it over")


def _clock(minute: int) -> str:
    return f"{minute // _MINUTES:02}:{minute % _MINUTES:02}"


def _local(at: datetime) -> str:
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"


def _at(*steps: Step) -> frozenset[Step | MeasureStep]:
    return frozenset(steps)


_BY_OFFICERS: Final = _at(Step.INVESTIGATED, Step.SIMPLE_DECIDED, Step.ENFORCED)
_PUNISHING: Final = _at(Step.FILED, Step.NOTICED, Step.DECIDED, Step.SIMPLE_DECIDED)

CHECKS: Final[Mapping[str, GuardCheck]] = {
    "SINGLE_OFFICER_PENALTY": GuardCheck(_BY_OFFICERS, _single_officer),
    "IDENTITY_NOT_SHOWN": GuardCheck(_BY_OFFICERS, _identity),
    "PENALTY_WITHOUT_POWER": GuardCheck(_PUNISHING | {MeasureStep.BEGUN}, _power),
    "TIME_BARRED": GuardCheck(_PUNISHING, _in_time),
    "DECISION_WITHOUT_NOTICE": GuardCheck(_at(Step.DECIDED, Step.SIMPLE_DECIDED), _decided_after_notice),
    "HEAVIER_THAN_NOTICED": GuardCheck(_at(Step.DECIDED), _not_heavier),
    "HEARING_NOT_OFFERED": GuardCheck(_at(Step.NOTICED), _hearing_offered),
    "PENALTY_BEFORE_HEARING_WINDOW": GuardCheck(_at(Step.REVIEWED, Step.DECIDED), _hearing_window),
    "HEARING_NOT_NOTIFIED": GuardCheck(_at(Step.HEARING_NOTIFIED, Step.HEARD), _hearing_notified),
    "HEARING_HOSTED_BY_INVESTIGATOR": GuardCheck(_at(Step.HEARD), _host),
    "CLOSE_PENALTY_WITHOUT_LEGAL_REVIEW": GuardCheck(_at(Step.REVIEWED, Step.DECIDED), _legal_review),
    "DECIDED_WITHOUT_DISCUSSION": GuardCheck(_at(Step.DECIDED), _discussed),
    "ELECTRONIC_EVIDENCE_UNREVIEWED": GuardCheck(_PUNISHING - {Step.FILED}, _electronic),
    "SIMPLE_NOT_FOR_MATTER": GuardCheck(_at(Step.SIMPLE_DECIDED), _simple_matter),
    "SIMPLE_FINE_OVER_LIMIT": GuardCheck(_at(Step.SIMPLE_DECIDED), _simple_fine),
    "ONSPOT_COLLECTION_OVER_LIMIT": GuardCheck(_at(Step.SIMPLE_DECIDED, Step.PAID), _on_spot),
    "COERCION_AT_NIGHT_OR_HOLIDAY": GuardCheck(_at(Step.ENFORCED), _quiet_time),
    "ENFORCED_BEFORE_TERM": GuardCheck(_at(Step.ENFORCED), _term),
    "ENFORCED_WITHOUT_DEMAND": GuardCheck(_at(Step.ENFORCED), _demand),
    "DEMOLISH_BEFORE_APPEAL_WINDOW": GuardCheck(_at(Step.ENFORCED), _appeal_window),
    "ARCHIVED_WITH_OPEN_FINE": GuardCheck(_at(Step.ARCHIVED), _settled),
    "NO_PENALTY_WITHOUT_GROUND": GuardCheck(_at(Step.NO_PENALTY), _ground),
    "TRANSFER_WITHOUT_RECEIVER": GuardCheck(_at(Step.TRANSFERRED), _receiver),
    **of_measures.CHECKS,
    "PROCESS_NOT_RECORDED": GuardCheck(frozenset((*Step, *MeasureStep)), _recorded),
}
"""By the guard's id. One that is here and not in the rules, or there and not here, is refused when the rules load."""
