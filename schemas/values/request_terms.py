"""Closed lists of what is asked for: why a report is not filed, why an order is not accepted or goes back, why the district supervises a case, why one is hard, and
what a unit appeals against (考核申诉), and why."""

from schemas.values.terms import Term


class DeclineReason(Term):
    """Why an order is not accepted (不予受理): another way is open or was taken; or why it goes back to the hotline (退回), the last three.

    What each rests on, and what the citizen is told, stand in `rules/declines.yaml`.
    """

    IN_LITIGATION = "in_litigation"
    IN_ARBITRATION = "in_arbitration"
    UNDER_REVIEW = "under_review"
    DISCIPLINE = "discipline"
    PETITION = "petition"
    DISCLOSURE = "disclosure"
    STATE_SECRET = "state_secret"
    PRIVATE_MATTER = "private_matter"
    REPEATED = "repeated"
    EMERGENCY_SERVICE = "emergency_service"
    OTHER_STREET = "other_street"
    OTHER_ORGAN = "other_organ"
    NOT_ENOUGH_FACTS = "not_enough_facts"


class SupervisionReason(Term):
    """Why a case is put under supervision (挂牌督办)."""

    NOT_TAKEN = "not_taken"
    OVERDUE = "overdue"
    UNSOLVED = "unsolved"
    BAD_EFFECT = "bad_effect"


class HardReason(Term):
    """Why a case is too hard for the street alone (疑难工单)."""

    SEVERAL_UNITS = "several_units"
    BEYOND_POWERS = "beyond_powers"
    LAW_UNCLEAR = "law_unclear"
    LEFT_OVER = "left_over"


class DemeritKind(Term):
    """What is counted against whoever handles a case (考核扣分): handled late, not solved or not satisfied as the caller says, given back, or
    the caller not contacted in time."""

    OVERDUE = "overdue"
    UNSOLVED = "unsolved"
    UNSATISFIED = "unsatisfied"
    RETURNED = "returned"
    NOT_CONTACTED = "not_contacted"


class AppealReason(Term):
    """Why that is not to be counted (考核申诉)."""

    FORCE_MAJEURE = "force_majeure"
    LEGAL_PROCEDURE = "legal_procedure"
    OTHER_UNIT = "other_unit"
    WRONGLY_DISPATCHED = "wrongly_dispatched"
    UNREASONABLE_DEMAND = "unreasonable_demand"
    WRONG_RECORD = "wrong_record"


class RejectReason(Term):
    """Why a report that was checked is not filed (不予立案)."""

    NOTHING_FOUND = "nothing_found"
    NOT_AN_OFFENCE = "not_an_offence"
    DEALT_WITH_ALREADY = "dealt_with_already"
    IN_LITIGATION = "in_litigation"
    NOT_THIS_STREET = "not_this_street"
