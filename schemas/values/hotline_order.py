"""What a hotline says of its order (工单) beside the matter: by when it wants the answer, of what kind the call was, which order it repeats."""

from schemas.values.order_number import OrderNumber, PushedNumber
from schemas.values.terms import Term
from schemas.values.text import Instant, LimitText
from schemas.wire.contract import Contract


class OrderKind(Term):
    """What sort of call the hotline took it for: 咨询, 求助, 投诉, 举报, 建议, 表扬."""

    CONSULT = "consult"
    HELP = "help"
    COMPLAINT = "complaint"
    TIP_OFF = "tip_off"
    SUGGESTION = "suggestion"
    PRAISE = "praise"


class DeadlineOwner(Term):
    """Whose a deadline is: the service policy's, or the hotline's."""

    POLICY = "policy"
    HOTLINE = "hotline"


class OrderTerms(Contract, frozen=True, kw_only=True, omit_defaults=True):
    """The terms of an order as the hotline pushes them. `limit` is how long it gives, counted from the call, where it names no `due_at`.

    `repeat_of` is the number of an earlier order of the same caller's (重复件).
    """

    due_at: Instant | None = None
    limit: LimitText | None = None
    kind: OrderKind | None = None
    repeat_of: PushedNumber | None = None


class HotlineOrder(Contract, frozen=True, kw_only=True, omit_defaults=True):
    """The terms of an order as its case keeps them: `due_at` is the hotline's deadline, also where it gave a `limit` alone.

    What the hotline grants or pushes later moves it; nothing else does.
    """

    due_at: Instant | None = None
    limit: LimitText | None = None
    kind: OrderKind | None = None
    repeat_of: OrderNumber | None = None
