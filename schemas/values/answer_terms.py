"""The closed lists of contacting and answering whoever reported a case (联系, 答复)."""

from schemas.values.terms import Term


class ContactWay(Term):
    """How the team turned to the caller: by phone, at the door, by a message, otherwise."""

    PHONE = "phone"
    VISIT = "visit"
    MESSAGE = "message"
    OTHER = "other"


class UnsolvedCause(Term):
    """Why a caller is not content (未解决、不满意的原因): the unit's fault, so that it goes again, or a demand that nobody can meet (不合理诉求)."""

    UNIT = "unit"
    UNREASONABLE = "unreasonable"


class AnswerFinding(Term):
    """Whether what was reported was found to be so (属实, 部分属实, 不属实), or is beyond whoever handled it."""

    TRUE = "true"
    PARTLY = "partly"
    NOT_TRUE = "not_true"
    BEYOND_US = "beyond_us"
