"""Why an order is not accepted, or goes back to the hotline. Codes never change and are never translated."""

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
