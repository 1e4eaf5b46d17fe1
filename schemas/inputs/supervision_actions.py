"""Actions of those above a team, and within it: the district is asked and answers, a leader names who goes, a unit appeals; part of `schemas.inputs.action`."""

from typing import Literal

from schemas.inputs.action_base import ActionBase, EvidenceList, Officers
from schemas.values.request_terms import AppealReason, DemeritKind, HardReason, SupervisionReason
from schemas.values.text import Note


class Supervise(ActionBase, frozen=True, kw_only=True):
    """申请挂牌督办: the case is to be watched by the district, which decides."""

    action: Literal["supervise"] = "supervise"
    reason: SupervisionReason
    note: Note = ""


class EndSupervision(ActionBase, frozen=True, kw_only=True):
    """解除督办: the supervisor has seen what was done, and the case may be over."""

    action: Literal["end_supervision"] = "end_supervision"
    note: Note


class RaiseHard(ActionBase, frozen=True, kw_only=True):
    """上报疑难: too hard for the street alone; the district decides, and the policy says how much more time that gives."""

    action: Literal["raise_hard"] = "raise_hard"
    reason: HardReason
    note: Note


class Assign(ActionBase, frozen=True, kw_only=True):
    """二级派遣: the leader of the team that has the task names the members, or the squad, who do it; named anew, the others are off it."""

    action: Literal["assign"] = "assign"
    members: Officers
    note: Note = ""


class Appeal(ActionBase, frozen=True, kw_only=True):
    """考核申诉: the unit against which something was counted says why it should not be, and shows it; the centre decides."""

    action: Literal["appeal"] = "appeal"
    demerit: DemeritKind
    reason: AppealReason
    note: Note
    evidence: EvidenceList = ()


SupervisionAction = Supervise | EndSupervision | RaiseHard | Assign | Appeal
