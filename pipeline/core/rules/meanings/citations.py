"""The rule behind each refusal: a line of `rules/`, a table of moves, a clause of the contract, or the law that a guard cites.

`policy.yaml returns_max` is that key of that file of `rules/`; `sla/<day>` is the edition of that day; an entry of a list
is named by its code. `moves case`, `moves penalty`, `moves measure` and `moves joint` are printed by
`enforcement procedure show`. `contract report.place` is a field of a message; `contract` alone is the whole message.
"""

from collections.abc import Mapping
from typing import Final

from pipeline.core.case.open_requests import requests_of
from pipeline.core.rules.rules import Rules
from schemas.state.case import Case
from schemas.wire.codecs import DUTY_ACTIONS

RULES_BEHIND: Final[Mapping[str, str]] = {
    # reports
    "unknown_street": "streets.yaml streets",
    "matter_missing": "matters.yaml matters",
    "unknown_matter": "matters.yaml matters",
    "occurred_in_future": "policy.yaml future_skew_s",
    "place_missing": "contract report.place",
    "grid_not_in_street": "streets.yaml streets.{street}",
    "place_outside_street": "streets.yaml streets.{street}",
    "self_disposal_not_allowed": "contract report.self_disposed",
    "alarm_unsure": "policy.yaml alarms.algorithms",
    "alarm_too_brief": "policy.yaml alarms.algorithms",
    "alarm_muted": "policy.yaml alarms",
    "withdrawal_of_unknown": "contract report.mark",
    "too_many_updates": "contract report.source_no",
    # any action
    "unknown_case": "contract action.case_id",
    "case_closed": "moves case",
    "case_retired": "policy.yaml retire_days",
    "not_at_this_stage": "moves case",
    "role_not_allowed": "roles.yaml {right}",
    "stale_version": "contract action.expected_version",
    "acted_in_future": "policy.yaml future_skew_s",
    "not_your_task": "moves case",
    "case_full": "contract case.actions",
    "change_of_several": "moves case",
    "id_used_otherwise": "contract action.action_id",
    # 流转
    "claim_lost": "moves case",
    "too_many_claims": "policy.yaml claims_open_max",
    "not_offered_to_team": "routing.yaml rules",
    "unknown_team": "roster.yaml groups",
    "already_there": "moves case",
    "return_after_arrival": "moves case",
    "return_too_late": "policy.yaml return_within",
    "return_by_designated_team": "policy.yaml returns_max",
    "object_when_bound": "roles.yaml decides.objection",
    # 处置 and its evidence
    "too_few_officers": "policy.yaml officers_min",
    "not_on_site": "policy.yaml arrive_distance_m",
    "no_such_stage": "sla/{edition} matters.{matter}",
    "evidence_missing": "matters.yaml matters.{matter}.close.evidence",
    "bodycam_not_on_site": "matters.yaml matters.{matter}.close.evidence",
    "after_photo_not_later": "contract evidence.taken_at",
    "evidence_predates_case": "contract evidence.taken_at",
    "evidence_contradicts": "contract evidence.taken_at",
    "evidence_ends_before_begin": "contract evidence.ended_at",
    "same_photo_twice": "contract evidence.sha256",
    "evidence_in_future": "policy.yaml future_skew_s",
    "evidence_of_other_case": "contract evidence.sha256",
    # 反馈
    "self_verification": "roles.yaml apart.verify, {apart[verify]}",
    "rework_reason_missing": "contract verify.note",
    "callback_by_handler": "roles.yaml apart.call_back, {apart[call_back]}",
    "answer_missing": "contract call_back.solved",
    "later_report_unanswered": "contract case.contradicted_by",
    "nobody_to_contact": "contract report.call_back",
    "contact_by_hotline": "contract report.caller",
    "answer_not_written": "moves case",
    "answer_incomplete": "contract answer.done",
    "answer_too_long": "contract answer.text",
    "demand_unproven": "contract call_back.cause",
    # requests, and who decides them
    "request_pending": "contract case.request",
    "nothing_asked": "contract case.request",
    "several_requests": "contract decide.request",
    "request_lapsed": "sla/{edition} clocks.decide",
    "self_approval": "roles.yaml apart.decide, {apart[decide]}",
    "suspension_limit": "sla/{edition} suspension.times",
    "reason_not_allowed": "sla/{edition} suspension.longest",
    "suspension_end": "sla/{edition} suspension.longest",
    "extension_limit": "sla/{edition} extension.times",
    "extend_after_deadline": "sla/{edition} extension",
    "extension_too_long": "sla/{edition} extension.longest",
    "expected_in_past": "contract progress.expected_at",
    # merging and splitting
    "case_merged": "moves case",
    "merge_into_itself": "contract merge.into",
    "merge_into_terminal": "moves case",
    "merge_chain": "moves case",
    "merge_after_arrival": "moves case",
    "merge_with_penalty": "moves penalty",
    "merge_into_unclear": "moves case",
    "merge_other_matter": "policy.yaml duplicate_window_minutes",
    "not_merged": "contract split.source_no",
    # what it is about, and where
    "matter_or_kind": "contract recognise.matter",
    "unknown_kind": "lexicon/kinds.yaml kinds",
    "nothing_missing": "contract case.assessment",
    # filing, closing, reopening
    "rejection_reason_missing": "contract check.reason",
    "void_after_arrival": "moves case",
    "decline_after_arrival": "moves case",
    "no_order": "declines.yaml sources",
    "checked_already": "contract case.check_ordered",
    "check_after_signing": "moves case",
    "earlier_missing": "contract decline.earlier",
    "send_back_too_late": "declines.yaml send_back_within",
    "under_supervision": "contract case.supervision",
    "supervised_already": "contract case.supervision",
    "not_supervised": "contract case.supervision",
    "hard_already": "contract case.hard_case",
    "appeal_unproven": "contract appeal.evidence",
    "nothing_counted": "contract case.demerits",
    "appeal_decided": "contract case.demerits",
    "appeal_too_late": "policy.yaml appeal_within",
    "appeal_by_own_unit": "roles.yaml apart.decide",
    "members_missing": "contract assign.members",
    # 责令限期改正, 复查
    "instead_incomplete": "contract act_instead.what",
    "instead_unrecorded": "contract act_instead.evidence",
    "instead_of_nobody": "contract act_instead.unit",
    "instead_without_ground": "policy.yaml instead",
    "instead_untold": "contract act_instead.told",
    "instead_before_demand": "policy.yaml instead",
    "no_open_costs": "contract case.done_instead",
    "costs_step": "contract case.done_instead",
    "order_open": "contract case.corrections",
    "order_incomplete": "contract order_correction.what",
    "order_waits": "contract case.request",
    "order_unserved": "contract order_correction.evidence",
    "order_date": "sla/{edition} suspension.longest",
    "order_runs": "contract case.corrections",
    "no_order_running": "contract case.corrections",
    "order_extended_already": "contract case.corrections",
    "order_lapsed": "contract case.corrections",
    "inspected_early": "contract case.corrections",
    "inspection_unproven": "contract reinspect.evidence",
    "order_not_inspected": "contract case.corrections",
    "order_disobeyed": "contract case.corrections",
    "reopen_limit": "policy.yaml reopens_max",
    # 跨街道移交
    "move_unknown_street": "streets.yaml streets",
    "move_same_street": "contract move.to",
    "move_place_unknown": "contract move.grid",
    "moved_already": "policy.yaml moves_max",
    "move_with_joined": "contract case.joined",
    "move_with_penalty": "moves penalty",
    "reopen_voided": "moves case",
    # 联合执法
    "joint_not_eligible": "sla/{edition} matters.{matter}",
    "unknown_department": "roster.yaml departments",
    "too_few_partners": "policy.yaml joint_partners_min",
    "not_a_partner": "moves joint",
    "joint_step": "moves joint",
    "refusal_reason_missing": "contract joint_step.note",
    "settled_by_centre": "moves joint",
    "joint_open_tasks": "moves joint",
    # people and devices of a street
    "people_unknown": "people/{street}.yaml",
    "unknown_officer": "people/{street}.yaml officers",
    "unknown_device": "people/{street}.yaml cameras, vehicles",
    "unknown_certificate": "people/{street}.yaml officers",
    "span_wrong": "contract action.acted_at",
    "leave_overlaps": "contract street_duty.absences",
    "not_on_leave": "contract street_duty.absences",
    "officer_absent": "contract street_duty.absences",
    "swap_with_self": "contract swap_shift.other",
    "swap_other_team": "people/{street}.yaml officers",
    "swap_uncertified": "people/{street}.yaml officers",
    "no_shift_that_day": "people/{street}.yaml patterns",
    "shift_begun": "people/{street}.yaml patterns",
    "shift_too_long": "people/{street}.yaml limits",
    "already_on_duty": "people/{street}.yaml patterns",
    "not_on_duty": "people/{street}.yaml patterns",
    "lent_to_own_team": "people/{street}.yaml officers",
    "already_lent": "contract street_duty.loans",
    "not_lent": "contract street_duty.loans",
    "certificate_ended": "contract issue_certificate.certificate",
    "certificate_of_another": "people/{street}.yaml officers",
    "certificate_withdrawn": "contract street_duty.withdrawn",
    "device_out": "contract street_duty.devices",
    "device_not_out": "contract street_duty.devices",
    "device_broken": "contract street_duty.devices",
    "device_not_broken": "contract street_duty.devices",
    "device_uncalibrated": "people/{street}.yaml cameras",
    "officer_of_other_team": "people/{street}.yaml officers",
    "not_certified": "policy.yaml officers_min",
    "override_reason_missing": "contract assign.note",
    "camera_missing": "people/{street}.yaml cameras",
    "camera_not_theirs": "people/{street}.yaml cameras",
    "calibration_end": "contract mark_device.until",
    "duty_full": "contract street_duty.devices",
    # the order of the penalty procedure; its guards cite the law themselves
    "penalty_step": "moves penalty",
    "penalty_fact": "moves penalty",
    "penalty_fact_missing": "contract penalise.facts",
    "penalty_amount_missing": "contract penalise.facts",
    "measure_step": "moves measure",
}
"""For every code that no guard has. Braces are filled in from the action, the case and the rules."""

NO_RULE: Final = frozenset({"internal_error"})
"""Codes of our own faults: no rule is behind them."""


def rule_behind(rules: Rules, code: str, street: str = "", action: str = "", case: Case | None = None) -> str:
    """The rule behind the refusal `code`, with the version of the rules; empty if there is none.

    A code that neither a guard nor `RULES_BEHIND` has belongs to a malformed message: the rule is the contract.
    """
    if code in NO_RULE:
        return ""
    cited = next((guard.cited for guard in rules.procedure.guards if guard.code == code), None)
    rule = cited or RULES_BEHIND.get(code, "contract").format(
        street=street,
        right=_right(action, case),
        apart=rules.apart,
        matter=case.facts.matter if case else "",
        edition=rules.service_of(case.facts.opened_at).effective if case else "",
    )
    return f"{rule}; rules {rules.version}"


def _right(action: str, case: Case | None) -> str:
    """The key of `roles.yaml` that says who may do `action`; of a decision it depends on the kind of request."""
    if action in DUTY_ACTIONS:
        return f"may_duty.{action}"
    if action != "decide":
        return f"may.{action}"
    requests = requests_of(case) if case else ()
    return f"decides.{requests[0].kind.value}" if len(requests) == 1 else "decides"
