"""The auditor's own tables: where an event moves a case, what an action must bring about, who may act, which post is asked.

Written from the description of the procedure, not from the pipeline's tables: where the two part, one of them is wrong. One
line adds an event, and a test fails while an event of the contracts is in none of the tables.
"""

from collections.abc import Mapping
from typing import Final

from schemas.values.terms import ClockKind, JointStatus, PenaltyStep, Role, Stage, TimerKind

BACK: Final = "back"
"""The case returns to the stage at which it was suspended or merged."""

SAME: Final = "same"
"""The case stays where it is."""

_BEFORE_ARRIVAL: Final = "offered dispatch_pending dispatched signed"
_WORKED_ON: Final = f"{_BEFORE_ARRIVAL} arrived joint_in_progress rework"
_EVER: Final = " ".join(stage.value for stage in Stage if stage is not Stage.MERGED)

_MOVES: Final = f"""
case_accepted         reported under_assessment verifying_before_filing        > accepted
case_under_check      reported under_assessment dispatched                     > verifying_before_filing
case_under_assessment reported answered                                        > under_assessment
case_answered         reported under_assessment                                > answered
case_rejected         verifying_before_filing                                  > rejected
case_self_disposed    accepted                                                 > awaiting_verification
case_offered          accepted                                                 > offered
case_dispatched       accepted offered dispatch_pending dispatched signed rework reopened > dispatched
case_claimed          offered                                                  > dispatched
case_signed           dispatched                                               > signed
case_returned         dispatched signed                                        > dispatch_pending
case_arrived          signed rework                                            > arrived
case_disposed         arrived joint_in_progress rework                         > awaiting_verification
verification_passed   awaiting_verification                                    > awaiting_callback
verification_failed   awaiting_verification                                    > rework
case_reopened         awaiting_callback closed                                 > reopened
case_closed           awaiting_callback                                        > closed
case_suspended        dispatched signed arrived joint_in_progress rework       > suspended
case_resumed          suspended                                                > {BACK}
joint_started         arrived rework                                           > joint_in_progress
joint_task_moved      joint_in_progress                                        > {SAME}
case_retired          answered closed rejected voided declined sent_back transferred_out moved terminated merged > {SAME}
case_voided           under_assessment verifying_before_filing {_BEFORE_ARRIVAL}                > voided
case_declined         under_assessment dispatch_pending dispatched signed                > declined
case_sent_back        under_assessment dispatch_pending dispatched signed                > sent_back
case_merged           under_assessment verifying_before_filing {_BEFORE_ARRIVAL}                > merged
case_unmerged         merged                                                   > {BACK}
case_transferred      {_WORKED_ON}                                             > transferred_out
case_moved            under_assessment verifying_before_filing {_BEFORE_ARRIVAL} arrived        > moved
case_terminated       {_WORKED_ON}                                             > terminated
"""

AT_REST: Final = (TimerKind.RESUME, TimerKind.HOTLINE_DUE)
"""The timers of a case that rests: they are over when it goes on."""

STAYING: Final = frozenset(
    [
        "case_asked",
        "request_decided",
        "request_lapsed",
        "case_extended",
        "stage_reached",
        "penalty_moved",
        "measure_moved",
        "case_recognised",
        "case_located",
        "case_checked",
        "task_assigned",
        "officers_proposed",
        "case_supervised",
        "supervision_ended",
        "case_found_hard",
        "acted_instead",
        "costs_moved",
        "correction_ordered",
        "correction_extended",
        "correction_inspected",
        "correction_released",
        "demerit_counted",
        "demerit_lifted",
        "task_handed_over",
        "clocks_changed",
        "timer_armed",
        "timer_fired",
        "call_missed",
        "call_back_due",
        "call_back_recorded",
        "progress_reported",
        "caller_contacted",
        "answer_written",
        "case_joined",
        "report_split",
        "case_amended",
        "report_merged",
        "report_updated",
        "case_changed",
        "action_accepted",
    ]
)
"""They concern a case and leave its stage."""

OPENING: Final = "case_opened"
REPEATING: Final = frozenset({"report_repeated", "action_repeated"})
"""Answers given again: they change nothing."""

REFUSING: Final = frozenset({"report_refused", "action_refused", "message_dead"})
FORWARDING: Final = "record_forwarded"
"""Nothing was decided: the record is in another partition from now on."""

DISCARDING: Final = "letter_discarded"
"""A dead letter is given up: no case is touched."""

SETTING_BACK: Final = "time_set_back"
"""Nothing was decided: the entries behind it count from another time."""


DUTY_CHANGES: Final = frozenset(
    [
        "leave_taken",
        "leave_ended",
        "shifts_swapped",
        "officer_called_out",
        "officer_lent",
        "loan_ended",
        "certificate_issued",
        "certificate_withdrawn",
        "device_handed_out",
        "device_handed_back",
        "device_marked",
    ]
)
"""Of the people and devices of a street: no case is touched."""
DUTY_ANSWERS: Final = frozenset({"duty_action_accepted", "duty_action_repeated", "duty_action_refused"})


def _rows(table: str) -> Mapping[str, tuple[frozenset[str], str]]:
    rows = (line.split() for line in table.strip().splitlines())
    return {event: (frozenset(rest[: rest.index(">")]), rest[-1]) for event, *rest in rows}


MOVES: Final = _rows(_MOVES)
KNOWN: Final = frozenset(
    {OPENING, *MOVES, *STAYING, *REPEATING, *REFUSING, FORWARDING, DISCARDING, SETTING_BACK}
    | DUTY_CHANGES
    | DUTY_ANSWERS
)
"""Every event that the auditor knows, without the version of its contract."""

OUTCOMES: Final[Mapping[str, str]] = {
    "case_opened": "opened",
    "report_merged": "merged",
    "report_repeated": "repeated",
    "report_updated": "updated",
    "report_refused": "refused",
    "action_accepted": "accepted",
    "action_repeated": "repeated",
    "action_refused": "refused",
    "message_dead": "dead",
    "record_forwarded": "forwarded",
    "letter_discarded": "accepted",
    "duty_action_accepted": "accepted",
    "duty_action_repeated": "repeated",
    "duty_action_refused": "refused",
}
"""What becomes of an input record: its entry has exactly one of these."""

FINAL: Final = frozenset(
    {
        "answered",
        "closed",
        "rejected",
        "voided",
        "declined",
        "sent_back",
        "transferred_out",
        "moved",
        "terminated",
        "merged",
    }
)
ANSWERING: Final = frozenset(
    {
        *(
            "case_answered",
            "case_closed",
            "case_rejected",
            "case_voided",
            "case_transferred",
            "case_terminated",
        ),
        *("case_declined", "case_sent_back"),
    }
)
"""They end a case with the final answer to whoever reported it; a merged case is answered with its host, a moved one in the other street."""
ENDING: Final = ANSWERING | {"case_moved"}
"""They end a case for good, unless it is reopened."""

# an action, the event that it must bring about, and whose it is: the team's that holds the task (or of a post, too), the team's that
# handles the case or did last, a team's to which it is offered, a partner's for itself, or anybody's in the street who has the role
_EFFECTS: Final = """
claim        case_claimed        offered
dispatch     case_dispatched     anybody
sign         case_signed         holder
assign       task_assigned       holder
return       case_returned       holder
object       case_asked          holder
arrive       case_arrived        holder
dispose      case_disposed       holder
suspend      case_asked          holder
extend       case_asked          holder
whistle      case_asked          holder
reach_stage  stage_reached       holder
penalise     penalty_moved       handler
measure      measure_moved       handler
progress     progress_reported   holder
contact      caller_contacted    holder
answer       answer_written      holder
verify       verification_passed|verification_failed  anybody
call_back    call_missed|call_back_recorded|case_asked anybody
decide       request_decided     anybody
resume       case_resumed        holder+
check        case_checked        anybody
order_check  case_under_check    anybody
recognise    case_recognised|case_answered            anybody
locate       case_located        anybody
void         case_asked          anybody
terminate    case_asked          holder+
decline      case_asked          anybody
supervise    case_asked          anybody
end_supervision supervision_ended anybody
raise_hard   case_asked          holder
order_correction correction_ordered holder
extend_correction correction_extended holder
reinspect    correction_inspected holder
release_correction correction_released anybody
act_instead  acted_instead       anybody
claim_costs  costs_moved         anybody
appeal       case_asked          anybody
transfer     case_transferred    anybody
move         case_moved          anybody
reopen       case_reopened       anybody
joint_step   joint_task_moved    partner
settle       joint_task_moved    holder+
merge        case_merged         anybody
split        report_split        anybody
"""
EFFECTS: Final[Mapping[str, tuple[frozenset[str], str]]] = {
    action: (frozenset(events.split("|")), who)
    for action, events, who in (line.split() for line in _EFFECTS.strip().splitlines())
}
TEAM_ROLES: Final = frozenset({Role.TEAM, Role.OFFICER})
"""They act for a team that handles cases; of `holder+` they must be of the team that holds the task."""
UNHELD: Final = frozenset({"offered", "dispatch_pending"})
"""Where no team holds the task."""

NOT_BY_HANDLERS: Final = frozenset({"verify", "call_back"})
"""Whoever handled the case neither verifies it nor calls back."""

UNCLEAR: Final = frozenset({"under_assessment", "answered"})
"""Where nobody knows yet what a case is about, or where: what it is given then counts from when it was reported."""

WAITS_AFTER_DISPOSAL: Final = frozenset({"awaiting_verification", "awaiting_callback"})
"""Where a case stands between its disposal and its end: what is reported then speaks against the disposal."""

HANDLED: Final = frozenset({"dispatched", "signed", "arrived", "suspended", "rework", "joint_in_progress"})
"""The stages at which a team holds the task."""

GOING: Final = frozenset({"dispatched", "signed", "rework"})
"""Where the team is to go out: who of it could go is proposed."""
STAYS: Final = frozenset({"arrived", "joint_in_progress"})
"""Where those who arrived are still, whenever their shift ends."""

POSTS: Final[Mapping[str, tuple[str, str]]] = {
    "under_assessment": ("centre", "assess"),
    "verifying_before_filing": ("centre", "check"),
    "dispatch_pending": ("centre", "dispatch"),
    "awaiting_verification": ("verification", "verify"),
    "awaiting_callback": ("callback", "call_back"),
}
"""The post that acts at a stage, and the kind of its assignment."""

# what may be asked for, and the stages at which granting it is possible; elsewhere the request lapses
_GRANTED: Final = f"""
suspension   dispatched signed arrived joint_in_progress rework
extension    dispatched signed arrived rework
hotline_extension dispatched signed arrived rework
joint        arrived rework
void         under_assessment verifying_before_filing {_BEFORE_ARRIVAL}
objection    dispatched signed
duplicate    under_assessment verifying_before_filing {_BEFORE_ARRIVAL}
decline      under_assessment dispatch_pending dispatched signed
sending_back under_assessment dispatch_pending dispatched signed
termination  {_WORKED_ON}
unreasonable awaiting_callback
supervision  {_WORKED_ON}
hard_case    dispatched signed arrived rework
change       verifying_before_filing {_BEFORE_ARRIVAL}
appeal       {_EVER}
"""
GRANTED_WHERE: Final[Mapping[str, tuple[str, ...]]] = {
    kind: tuple(stages) for kind, *stages in map(str.split, _GRANTED.strip().splitlines())
}
OF_HOLDER: Final = frozenset(
    {"suspension", "extension", "hotline_extension", "joint", "objection", "hard_case"}
)
"""What the team that holds the task asks for itself: it lapses when another has the task, or nobody."""

_H: Final = "dispose whole"
_RUNNING: Final = f"""
reported                 accept whole
under_assessment         accept
verifying_before_filing  accept whole
accepted                 dispatch {_H}
dispatch_pending         dispatch {_H}
reopened                 dispatch {_H}
offered                  claim {_H}
dispatched               sign arrive {_H}
signed                   arrive {_H} contact
arrived                  {_H} contact
rework                   {_H} contact
joint_in_progress        joint whole contact
awaiting_verification    verify whole contact
awaiting_callback        callback whole
"""
RUNNING: Final[Mapping[str, tuple[ClockKind, ...]]] = {
    stage: tuple(map(ClockKind, kinds)) for stage, *kinds in map(str.split, _RUNNING.strip().splitlines())
}
"""The service clocks that run at a stage; at other stages none does; that of the contact while a caller waits for it. Limits of the law run apart from stages."""

PARTNER_RUNS: Final[Mapping[JointStatus, tuple[ClockKind, ...]]] = {
    JointStatus.ASKED: (ClockKind.PARTNER_RESPOND, ClockKind.PARTNER_ARRIVE, ClockKind.PARTNER_FINISH),
    JointStatus.RESPONDED: (ClockKind.PARTNER_ARRIVE, ClockKind.PARTNER_FINISH),
    JointStatus.ARRIVED: (ClockKind.PARTNER_FINISH,),
    JointStatus.REFUSED: (ClockKind.PARTNER_FINISH,),
}
OPEN_TASKS: Final = frozenset({JointStatus.ASKED, JointStatus.RESPONDED, JointStatus.ARRIVED})
STAGES: Final = frozenset(stage.value for stage in Stage)


def name_of(event: object) -> str:
    """An event's name without the version of its contract."""
    name: str = getattr(event, "event", "")
    return name.partition(".")[0]


DEFERRING: Final = frozenset({PenaltyStep.PAYMENT_DEFERRED, PenaltyStep.INSTALMENT_PAID})
"""Steps of a penalty procedure that leave the party more time to pay."""
_HEARING: Final = (PenaltyStep.HEARING_REQUESTED, PenaltyStep.HEARD, PenaltyStep.HEARING_WITHDRAWN)
_RECONSIDERATION: Final = (PenaltyStep.RECONSIDERATION_FILED, PenaltyStep.RECONSIDERATION_ENDED)
_SUIT: Final = (PenaltyStep.SUIT_FILED, PenaltyStep.SUIT_ENDED)
_CRIME: Final = (PenaltyStep.CRIME_SUSPECTED, PenaltyStep.CRIME_DECIDED)
PUNISHING: Final = frozenset({PenaltyStep.DECIDED, PenaltyStep.SIMPLE_DECIDED, PenaltyStep.NO_PENALTY})
"""Steps that decide on a penalty: none is for the street once a crime is to be transferred."""
BEFORE_DEMOLITION: Final = ((PenaltyStep.SERVED, PenaltyStep.ANNOUNCED), _RECONSIDERATION, _SUIT)
"""What a building that is pulled down by force waits for (行政强制法 44): a public notice, and the end of each way to contest it."""
WAITS_FOR: Final[Mapping[PenaltyStep, tuple[tuple[PenaltyStep, ...], ...]]] = {
    PenaltyStep.REVIEWED: (_HEARING,),
    PenaltyStep.DECIDED: (_HEARING, _CRIME),
    PenaltyStep.SIMPLE_DECIDED: (_CRIME,),
    PenaltyStep.NO_PENALTY: (_CRIME,),
    PenaltyStep.COURT_APPLIED: (_RECONSIDERATION, _SUIT),
    PenaltyStep.ARCHIVED: (_RECONSIDERATION, _SUIT),
}
"""Steps of a penalty procedure that wait: for what was begun with the first of each row, until one of the others ends it."""
