"""Every pair of stage and action, in one table: what is possible, and the code of what is not.

Rows are stages as a story reaches them, while another open case stands by. A dot is an accepted action, a dash
`not_at_this_stage`, an x `case_closed`, an m `case_merged`.
"""

import pytest

from pipeline.core.actions import ACTIONS
from pipeline.core.case.stage_table import BACK, STAGE_TABLE
from pipeline.core.case.transitions import STAYING, TOUCHING_NOTHING
from schemas.journal.clock_events import CaseSuspended
from schemas.journal.events import CaseEvent
from schemas.values.terms import Stage
from tests.core.story import Story

TERMINAL = {stage for stage, row in STAGE_TABLE.items() if row.is_terminal}

TABLE = """
path                                        stage                   check claim         dispatch sign return               arrive dispose          verify call_back reach_stage   suspend         extend                decide        resume     void               transfer        move            reopen        whistle            joint_step settle penalise object          terminate       progress merge               split      measure recognise locate contact answer decline               order_check         supervise end_supervision raise_hard assign order_correction extend_correction reinspect        release_correction act_instead            claim_costs   appeal
unclear                                     under_assessment        -     -             -        -    -                    -      -                -      -         -             -               -                     nothing_asked -          .                  -               .               -             -                  -          -      -        -               -               -        .                   not_merged -       .         .      -       -      .                     -                   -         -               -          -      -                -                 -                -                  -                      -             -
alarm                                       verifying_before_filing .     -             -        -    -                    -      -                -      -         -             -               -                     nothing_asked -          .                  -               .               -             -                  -          -      -        -               -               -        .                   not_merged -       -         -      -       -      -                     -                   -         -               -          -      -                -                 -                -                  -                      -             -
offer                                       offered                 -     .             .        -    -                    -      -                -      -         -             -               -                     nothing_asked -          .                  .               .               -             -                  -          -      -        -               .               -        .                   not_merged -       -         -      -       -      -                     -                   .         not_supervised  -          -      -                -                 -                -                  -                      -             not_your_task
report                                      dispatched              -     already_there .        .    .                    -      -                -      -         -             .               .                     nothing_asked -          .                  .               .               -             -                  -          -      -        .               .               -        .                   not_merged -       -         -      -       -      .                     .                   .         not_supervised  .          .      -                -                 -                -                  instead_without_ground no_open_costs nothing_counted
report,return,return,return                 dispatch_pending        -     -             .        -    -                    -      -                -      -         -             -               -                     nothing_asked -          .                  .               .               -             -                  -          -      -        -               .               -        .                   not_merged -       -         -      -       -      .                     -                   .         not_supervised  -          -      -                -                 -                -                  -                      -             nothing_counted
report,ask                                  dispatched              -     already_there .        .    .                    -      -                -      -         -             request_pending .                     .             -          .                  .               .               -             -                  -          -      -        .               .               -        .                   not_merged -       -         -      -       -      .                     .                   .         not_supervised  .          .      -                -                 -                -                  instead_without_ground no_open_costs nothing_counted
report,sign                                 signed                  -     already_there .        -    .                    .      -                -      -         -             .               .                     nothing_asked -          .                  .               .               -             -                  -          -      -        .               .               .        .                   not_merged -       -         -      .       -      .                     check_after_signing .         not_supervised  .          .      -                -                 -                -                  instead_without_ground no_open_costs nothing_counted
report,sign,arrive                          arrived                 -     already_there -        -    return_after_arrival -      .                -      -         no_such_stage .               .                     nothing_asked -          void_after_arrival .               .               -             joint_not_eligible -          -      .        -               .               .        merge_after_arrival not_merged -       -         -      .       .      decline_after_arrival check_after_signing .         not_supervised  .          .      .                no_order_running  no_order_running no_order_running   instead_without_ground no_open_costs nothing_counted
report,sign,arrive,suspend                  suspended               -     -             -        -    -                    -      -                -      -         -             -               -                     -             .          void_after_arrival -               -               -             -                  -          -      .        -               -               .        merge_after_arrival not_merged -       -         -      .       -      decline_after_arrival check_after_signing -         not_supervised  -          .      -                no_order_running  no_order_running no_order_running   instead_without_ground no_open_costs nothing_counted
digging,sign,arrive                         arrived                 -     already_there -        -    return_after_arrival -      .                -      -         no_such_stage .               .                     nothing_asked -          void_after_arrival .               .               -             .                  -          -      .        -               .               .        merge_after_arrival not_merged -       -         -      .       .      decline_after_arrival check_after_signing .         not_supervised  .          .      .                no_order_running  no_order_running no_order_running   .                      no_open_costs nothing_counted
digging,sign,arrive,whistle                 joint_in_progress       -     -             -        -    return_after_arrival -      joint_open_tasks -      -         no_such_stage .               -                     nothing_asked -          void_after_arrival .               -               -             -                  .          .      .        -               .               .        merge_after_arrival not_merged -       -         -      .       .      decline_after_arrival check_after_signing .         not_supervised  -          .      .                no_order_running  no_order_running no_order_running   .                      no_open_costs nothing_counted
report,sign,arrive,dispose                  awaiting_verification   -     -             -        -    return_after_arrival -      -                .      -         -             -               -                     -             -          void_after_arrival -               -               -             -                  -          -      .        -               -               -        merge_after_arrival not_merged -       -         -      .       .      decline_after_arrival check_after_signing -         not_supervised  -          -      -                -                 -                -                  -                      -             nothing_counted
report,sign,arrive,dispose,fail             rework                  -     -             -        -    return_after_arrival .      .                -      -         no_such_stage .               .                     nothing_asked -          void_after_arrival .               -               -             joint_not_eligible -          -      .        -               .               .        merge_after_arrival not_merged -       -         -      .       .      decline_after_arrival check_after_signing .         not_supervised  .          .      .                no_order_running  no_order_running no_order_running   instead_without_ground no_open_costs nothing_counted
report,sign,arrive,dispose,pass             awaiting_callback       -     -             -        -    return_after_arrival -      -                -      .         -             -               -                     nothing_asked -          void_after_arrival -               -               -             -                  -          -      .        -               -               -        merge_after_arrival not_merged -       -         -      -       -      decline_after_arrival check_after_signing -         -               -          -      -                -                 -                -                  -                      -             nothing_counted
report,sign,arrive,dispose,pass,demand      awaiting_callback       -     -             -        -    return_after_arrival -      -                -      .         -             -               -                     .             -          void_after_arrival -               -               -             -                  -          -      .        -               -               -        merge_after_arrival not_merged -       -         -      -       -      decline_after_arrival check_after_signing -         -               -          -      -                -                 -                -                  -                      -             nothing_counted
report,sign,arrive,dispose,pass,call        closed                  x     x             x        x    x                    x      x                x      x         x             x               x                     x             x          x                  x               x               .             x                  x          x      .        x               x               x        x                   not_merged x       x         x      x       x      x                     x                   x         x               x          x      x                x                 x                x                  x                      x             nothing_counted
alarm,reject                                rejected                x     x             x        x    x                    x      x                x      x         x             x               x                     x             x          x                  x               x               reopen_voided x                  x          x      x        x               x               x        x                   not_merged x       x         x      x       x      x                     x                   x         x               x          x      x                x                 x                x                  x                      x             x
report,void                                 voided                  x     x             x        x    x                    x      x                x      x         x             x               x                     x             x          x                  x               x               reopen_voided x                  x          x      x        x               x               x        x                   not_merged x       x         x      x       x      x                     x                   x         x               x          x      x                x                 x                x                  x                      x             x
report,transfer                             transferred_out         x     x             x        x    x                    x      x                x      x         x             x               x                     x             x          x                  x               x               reopen_voided x                  x          x      x        x               x               x        x                   not_merged x       x         x      x       x      x                     x                   x         x               x          x      x                x                 x                x                  x                      x             nothing_counted
report,move                                 moved                   x     x             x        x    x                    x      x                x      x         x             x               x                     x             x          x                  x               x               reopen_voided x                  x          x      x        x               x               x        x                   x          x       x         x      x       x      x                     x                   x         x               x          x      x                x                 x                x                  x                      x             nothing_counted
report,told                                 dispatched              -     already_there .        .    .                    -      -                -      -         -             .               .                     nothing_asked -          .                  .               .               -             -                  -          -      -        .               .               -        .                   .          -       -         -      -       -      .                     .                   .         not_supervised  .          .      -                -                 -                -                  instead_without_ground no_open_costs nothing_counted
alarm,told                                  dispatched              -     already_there .        .    .                    -      -                -      -         -             .               .                     nothing_asked -          .                  .               .               -             -                  -          -      -        .               .               -        .                   .          -       -         -      -       -      .                     .                   .         not_supervised  .          .      -                -                 -                -                  instead_without_ground no_open_costs nothing_counted
report,terminate                            terminated              x     x             x        x    x                    x      x                x      x         x             x               x                     x             x          x                  x               x               reopen_voided x                  x          x      x        x               x               x        x                   not_merged x       x         x      x       x      x                     x                   x         x               x          x      x                x                 x                x                  x                      x             nothing_counted
report,decline                              declined                x     x             x        x    x                    x      x                x      x         x             x               x                     x             x          x                  x               x               reopen_voided x                  x          x      x        x               x               x        x                   not_merged x       x         x      x       x      x                     x                   x         x               x          x      x                x                 x                x                  x                      x             x
report,send_back                            sent_back               x     x             x        x    x                    x      x                x      x         x             x               x                     x             x          x                  x               x               reopen_voided x                  x          x      x        x               x               x        x                   not_merged x       x         x      x       x      x                     x                   x         x               x          x      x                x                 x                x                  x                      x             x
report,merge                                merged                  m     m             m        m    m                    m      m                m      m         m             m               m                     m             m          m                  m               m               m             m                  m          m      m        m               m               m        m                   m          m       m         m      m       m      m                     m                   m         m               m          m      m                m                 m                m                  m                      m             m
report,object                               dispatched              -     already_there .        .    .                    -      -                -      -         -             .               .                     .             -          .                  .               .               -             -                  -          -      -        request_pending .               -        .                   not_merged -       -         -      -       -      .                     .                   .         not_supervised  .          .      -                -                 -                -                  instead_without_ground no_open_costs nothing_counted
question                                    answered                x     x             x        x    x                    x      x                x      x         x             x               x                     x             x          x                  x               x               reopen_voided x                  x          x      x        x               x               x        x                   not_merged x       .         x      x       x      x                     x                   x         x               x          x      x                x                 x                x                  x                      x             x
report,sign,arrive,order_correction         suspended               -     -             -        -    -                    -      -                -      -         -             -               -                     -             order_runs void_after_arrival -               -               -             -                  -          -      .        -               -               .        merge_after_arrival not_merged -       -         -      .       -      decline_after_arrival check_after_signing -         not_supervised  -          .      -                .                 .                .                  instead_without_ground no_open_costs nothing_counted
report,sign,arrive,order_correction,disobey arrived                 -     already_there -        -    return_after_arrival -      order_disobeyed  -      .         no_such_stage .               extend_after_deadline nothing_asked -          void_after_arrival order_disobeyed order_disobeyed -             joint_not_eligible -          -      .        -               order_disobeyed .        merge_after_arrival not_merged -       -         -      .       .      decline_after_arrival check_after_signing .         not_supervised  .          .      order_open       no_order_running  .                .                  instead_without_ground no_open_costs nothing_counted
dumped,sign,arrive,act_instead              arrived                 -     already_there -        -    return_after_arrival -      .                -      -         no_such_stage .               .                     nothing_asked -          void_after_arrival .               .               -             .                  -          -      .        -               .               .        merge_after_arrival not_merged -       -         -      .       .      decline_after_arrival check_after_signing .         not_supervised  .          .      .                no_order_running  no_order_running no_order_running   .                      .             nothing_counted
"""
HEAD, *ROWS = [line.split() for line in TABLE.strip().splitlines()]
CODES = {"-": "not_at_this_stage", "x": "case_closed", "m": "case_merged"}
PAIRS = [
    (row[0], row[1], action, CODES.get(answer, answer))
    for row in ROWS
    for action, answer in zip(HEAD[2:], row[2:], strict=True)
]


@pytest.mark.parametrize(("path", "stage", "action", "answer"), PAIRS)
def test_every_action_at_every_stage(path, stage, action, answer):
    """An action is accepted, or refused with its code and nothing has changed."""
    story = Story().path("host", *path.split(","))
    assert story.stage.value == stage
    before = story.state()
    story.wait(minutes=1).act(action)
    if answer == ".":
        assert story.answer == "accepted"
        assert story.last.cases[0].version > 1
        return
    assert story.answer == answer
    assert story.state() == before
    assert story.last.receipts[0].message_zh
    assert not story.last.cases
    assert not story.last.assignments


def test_the_stages_of_the_table_are_those_of_the_actions():
    """No stage with actions is missing from the table above."""
    acted_on = {stage.value for row in ACTIONS.values() for stage in row.stages}
    assert {row[1] for row in ROWS} >= acted_on
    assert {row[1] for row in ROWS} - acted_on <= {stage.value for stage in TERMINAL}


def test_every_stage_has_its_row_and_all_but_one_are_reached():
    """`in_progress` is a released term that no event leads to."""
    assert set(STAGE_TABLE) == set(Stage)
    reached = {target for row in STAGE_TABLE.values() for target in row.moves.values()}
    assert set(Stage) - reached == {Stage.REPORTED, Stage.IN_PROGRESS}


def test_every_event_is_in_exactly_one_table():
    """A new event cannot be forgotten: it moves, or it stays, or it touches nothing, or it opens."""
    moving = {event for row in STAGE_TABLE.values() for event in row.moves}
    names = sorted(event.__name__ for event in (*moving, *STAYING, *TOUCHING_NOTHING))
    assert sorted([*names, "CaseOpened"]) == sorted(event.__name__ for event in CaseEvent.__args__)


def test_nothing_leaves_a_terminal_stage():
    """The only things that happen to a case that is over: it is reopened if it was closed, split off if it was merged, assessed
    if it was answered, and its snapshot goes."""
    back = {
        Stage.CLOSED: Stage.REOPENED,
        Stage.MERGED: BACK,
        Stage.ANSWERED: Stage.UNDER_ASSESSMENT,
    }
    for stage in TERMINAL:
        assert set(STAGE_TABLE[stage].moves.values()) <= {stage, back.get(stage, stage)}


def test_every_reachable_stage_leads_to_the_end():
    """From each stage of the table some path ends: no case can be stuck for want of a move."""
    for start in set(STAGE_TABLE) - {Stage.IN_PROGRESS}:
        seen, waiting = set(), [start]
        while waiting:
            stage = waiting.pop()
            if stage not in seen:
                seen.add(stage)
                waiting += STAGE_TABLE[stage].moves.values()
                if stage is BACK:
                    waiting += [one for one, row in STAGE_TABLE.items() if CaseSuspended in row.moves]
        assert seen & TERMINAL


@pytest.mark.parametrize(
    ("action", "actor", "code"),
    [
        ("sign", {"id": "O1", "role": "verifier", "team": "x"}, "role_not_allowed"),
        ("sign", {"id": "O1", "role": "team", "team": "somebody-else"}, "not_your_task"),
        ("return", {"id": "O1", "role": "team", "team": "somebody-else"}, "not_your_task"),
    ],
)
def test_who_may_not_act_is_told_so(action, actor, code):
    """Role and holder are checked before anything moves."""
    story = Story().report()
    before = story.state()
    story.act(action, actor=actor)
    assert story.answer == code
    assert story.state() == before


@pytest.mark.parametrize("written", [str.upper, str.lower])
def test_duties_are_kept_apart(written):
    """Who handled the case neither verifies nor calls back, in whichever case they write their id."""
    story = Story().path("report", "sign", "arrive", "dispose")
    story.act("verify", actor={"id": written("O2"), "role": "verifier"})
    assert story.answer == "self_verification"
    story.path("pass").act("call_back", actor={"id": written("O1"), "role": "callback_clerk"})
    assert story.answer == "callback_by_handler"


@pytest.mark.parametrize("again", ["O1", "o1"])
def test_one_officer_is_not_enough(again):
    """The same officer named twice is still one."""
    story = Story().path("report", "sign").act("arrive", officers=["O1", again])
    assert story.answer == "too_few_officers"
