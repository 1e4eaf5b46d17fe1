"""The closed lists of what comes under the number of a report that is in a case already (补充, 催办, 变更, 撤销)."""

from schemas.values.terms import Term


class ReportMark(Term):
    """Why a report is pushed again: 催办, 变更, 撤销. A number that is new is a report all the same, unless it is withdrawn."""

    URGED = "urged"
    CHANGED = "changed"
    WITHDRAWN = "withdrawn"


class UpdateCode(Term):
    """What became of a report that came again and said something else: it was added to the case, passed on, or is for a person to decide.

    `noted`: those whom it concerns are told, and nothing is asked for, since it cannot be granted where the case stands.
    """

    UPDATED = "updated"
    URGED = "urged"
    NOTHING_NEW = "nothing_new"
    CHANGE_OFFERED = "change_offered"
    CHANGE_NOTED = "change_noted"
    WITHDRAWAL_FILED = "withdrawal_filed"
    WITHDRAWAL_NOTED = "withdrawal_noted"
    UPDATED_AFTER_END = "updated_after_end"


class UpdatePart(Term):
    """What an update brought that the case did not have."""

    URGE = "urge"
    TEXT = "text"
    EVIDENCE = "evidence"
    CALLER = "caller"
    PLACE = "place"
    URGENCY = "urgency"
    MATTER = "matter"
    DEADLINE = "deadline"
