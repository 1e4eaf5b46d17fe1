"""Actions on an order to correct (责令限期改正) and its re-inspection (复查); part of `schemas.inputs.action`."""

from typing import Literal

from schemas.inputs.action_base import ActionBase, EvidenceList
from schemas.values.order_number import PushedNumber
from schemas.values.penalty_terms import InspectionResult, PartyKind, ServiceWay
from schemas.values.text import Instant, Note


class OrderCorrection(ActionBase, frozen=True, kw_only=True):
    """责令限期改正: the party is to correct it by then; `paper` is the number of the notice, which is the evidence. Without `basis` the law of the matter."""

    action: Literal["order_correction"] = "order_correction"
    what: Note
    party: PartyKind
    until: Instant
    paper: PushedNumber
    served: ServiceWay
    basis: Note = ""
    evidence: EvidenceList = ()


class ExtendCorrection(ActionBase, frozen=True, kw_only=True):
    """延长改正期限: the party asked for more time, and why; once, before the date is over."""

    action: Literal["extend_correction"] = "extend_correction"
    until: Instant
    reason: Note


class Reinspect(ActionBase, frozen=True, kw_only=True):
    """复查: whether the order was obeyed, with evidence. That it was not is known only when its date is over."""

    action: Literal["reinspect"] = "reinspect"
    result: InspectionResult
    evidence: EvidenceList = ()
    note: Note = ""


class ReleaseCorrection(ActionBase, frozen=True, kw_only=True):
    """撤回责令改正, or 免予追究: a head says why nothing more follows from the order."""

    action: Literal["release_correction"] = "release_correction"
    note: Note


CorrectionAction = OrderCorrection | ExtendCorrection | Reinspect | ReleaseCorrection
