"""The closed lists of the penalty procedure (行政处罚) and of the measures beside it; part of `schemas.values.terms`."""

from schemas.values.terms import Term


class PenaltyKind(Term):
    """What a decision lays on somebody: 警告, 通报批评, 罚款, 没收违法所得, 没收非法财物, 暂扣许可证件, 降低资质等级, 吊销许可证件,
    限制开展生产经营活动, 责令停产停业, 责令关闭, 限制从业. Detention is the police's and not among them."""

    WARNING = "warning"
    CRITICISM = "criticism"
    FINE = "fine"
    CONFISCATED_GAINS = "confiscated_gains"
    CONFISCATED_THINGS = "confiscated_things"
    LICENCE_SUSPENDED = "licence_suspended"
    LICENCE_LOWERED = "licence_lowered"
    LICENCE_REVOKED = "licence_revoked"
    BUSINESS_RESTRICTED = "business_restricted"
    BUSINESS_STOPPED = "business_stopped"
    BUSINESS_CLOSED = "business_closed"
    BARRED_FROM_TRADE = "barred_from_trade"


class Harm(Term):
    """What harm a breach did (危害后果): 没有, 轻微, 较重."""

    NONE = "none"
    SLIGHT = "slight"
    SERIOUS = "serious"


class Gravity(Term):
    """How grave a breach is by the discretion table (裁量基准, 行政处罚法 34): 较轻, 一般, 较重."""

    SLIGHT = "slight"
    ORDINARY = "ordinary"
    GRAVE = "grave"


class Mitigation(Term):
    """Why a penalty is lighter, or less than the least of its range (从轻或者减轻, 行政处罚法 30–32): 主动消除或者减轻危害后果,
    受他人胁迫或者诱骗, 主动供述, 立功, 已满十四周岁不满十八周岁, 尚未完全丧失辨认或者控制自己行为能力."""

    HARM_UNDONE = "harm_undone"
    COERCED = "coerced"
    CONFESSED = "confessed"
    MERIT = "merit"
    YOUNG = "young"
    LIMITED_CAPACITY = "limited_capacity"


class MeasureKind(Term):
    """What is done to things before a decision: 查封, 扣押, 先行登记保存."""

    SEALING = "sealing"
    SEIZURE = "seizure"
    PRESERVATION = "preservation"


class MeasureStep(Term):
    """How far a measure has come: 实施, 延长, 检测鉴定期间, 检测鉴定结束, 处理."""

    BEGUN = "begun"
    EXTENDED = "extended"
    TESTING = "testing"
    TESTED = "tested"
    ENDED = "ended"


class CorrectionState(Term):
    """How an order to correct (责令限期改正) stands: 改正期内, 已改正, 逾期未改正, 免予追究或者撤回."""

    RUNNING = "running"
    OBEYED = "obeyed"
    DISOBEYED = "disobeyed"
    RELEASED = "released"


class InspectionResult(Term):
    """What a re-inspection (复查) found: 已改正, 未改正."""

    OBEYED = "obeyed"
    DISOBEYED = "disobeyed"


class InsteadGround(Term):
    """Why something is done in somebody's stead: 权属单位未及时处置, 立即代履行, 催告后代履行."""

    OWNER = "owner"
    AT_ONCE = "at_once"
    AFTER_DEMAND = "after_demand"


class CostState(Term):
    """What became of the costs of what was done in somebody's stead: 待追偿, 已追偿, 已收回, 不再追偿."""

    OPEN = "open"
    CLAIMED = "claimed"
    RECOVERED = "recovered"
    GIVEN_UP = "given_up"


class ServiceWay(Term):
    """How a paper was served on the party: 直接送达, 留置送达, 邮寄送达, 电子送达, 公告送达."""

    IN_PERSON = "in_person"
    LEFT = "left"
    BY_POST = "by_post"
    ELECTRONIC = "electronic"
    BY_NOTICE = "by_notice"


class Disposal(Term):
    """What becomes of the things when a measure ends: 解除退还, 没收, 销毁, 拍卖抵缴, 移送, 转为扣押."""

    RETURNED = "returned"
    CONFISCATED = "confiscated"
    DESTROYED = "destroyed"
    AUCTIONED = "auctioned"
    HANDED_OVER = "handed_over"
    SEIZED = "seized"


class AppealOutcome(Term):
    """How a reconsideration (复议) or a suit (诉讼) against a decision ended: 维持, 变更, 撤销, 撤回."""

    UPHELD = "upheld"
    CHANGED = "changed"
    REVOKED = "revoked"
    WITHDRAWN = "withdrawn"


class PartyKind(Term):
    """Who is to be punished (当事人); the law's amounts differ."""

    CITIZEN = "citizen"
    LEGAL_PERSON = "legal_person"


class NoPenaltyGround(Term):
    """Why nobody is punished (不予处罚): 轻微并改正, 首违, 没有主观过错, 事实不成立, 超过时效, 不满十四周岁,
    不能辨认或者控制自己行为的精神病人、智力残疾人."""

    MINOR = "minor"
    FIRST_MINOR = "first_minor"
    NO_FAULT = "no_fault"
    NOT_ESTABLISHED = "not_established"
    TIME_BARRED = "time_barred"
    UNDER_AGE = "under_age"
    NO_CAPACITY = "no_capacity"
