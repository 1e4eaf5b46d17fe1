"""People who act on a case as they please: who says it, and what he says, for each action there is.

Of each action there is one generator in `SAID`. Mostly it says what makes sense for the case as it stands; a scene
that is not `right` says something near it that may not be. Nothing is played here (`tests.core.players.play`).
"""

from collections.abc import Callable, Mapping
from typing import Final, get_args

from pipeline.core.case.open_requests import requests_of
from pipeline.core.case.reporters import answered
from pipeline.core.stages import joint
from schemas.inputs.action import Action, action_name
from schemas.state.case import Request
from schemas.values import request_terms
from schemas.values.answer_terms import AnswerFinding, ContactWay, UnsolvedCause
from schemas.values.request_terms import RejectReason
from schemas.values.terms import (
    ExtensionReason,
    JointStatus,
    RequestKind,
    ReturnReason,
    Role,
    SuspensionReason,
    VoidReason,
)
from tests.core.players.order_actors import SAID_OF_ORDERS
from tests.core.players.scene import Content, Scene, documents, evidence
from tests.core.punishing import measure, penalise
from tests.core.story import RULES, STREET

ACTIONS: Final = tuple(action_name(arg) for arg in get_args(get_args(Action)[0]))
"""Every action of the contract by its name."""
HERE: Final = {"lon": 112.5, "lat": 37.88, "crs": "WGS84"}
FAR: Final = {"lon": 112.52, "lat": 37.88, "crs": "WGS84"}


# who


def actor(scene: Scene, action: str) -> Content:
    """Somebody who may do it; or, in a scene that is not right, perhaps somebody who may not."""
    draw, asked = scene.draw, _meant(scene)
    may = RULES.decides[asked.kind] if action == "decide" and asked else RULES.may[action]
    role = draw.choice(sorted(may))
    if action == "settle" and draw.random() < 0.5:
        role = Role.DUTY_CHIEF
    if scene.slips(0.1):
        role = draw.choice(list(Role))
    who: Content = {"id": f"{role.value}-{draw.randrange(4)}", "role": role.value}
    team = _team_of(scene, role)
    if role in (Role.TEAM, Role.OFFICER):
        who["id"] = f"{team}-{draw.randrange(3)}"
    if scene.slips(0.25) or (action == "claim" and draw.random() < 0.2):
        team = draw.choice(list(RULES.streets[scene.case.street].teams))
    if scene.slips(0.15):
        who["id"] = _involved(scene)
    return who | {"team": team} if team else who


def _team_of(scene: Scene, role: Role) -> str | None:
    policy = RULES.policy
    match role:
        case Role.TEAM | Role.OFFICER:
            return scene.team() or "city-appearance"
        case Role.DEPARTMENT:
            held = [team for team in (scene.team(),) if team in RULES.departments]
            return scene.draw.choice(held or scene.partners() or list(RULES.departments))
        case Role.VERIFIER:
            return policy.verification_post
        case Role.CALLBACK_CLERK:
            return policy.callback_post
        case Role.DUTY_CHIEF:
            return policy.centre_team
    return None


def _involved(scene: Scene) -> str:
    """Somebody who has a part in the case already, and often must not have this one."""
    case, people = scene.case, ["nobody"]
    people += case.task.handlers if case.task else ()
    people += [request.by for request in requests_of(case) for _ in range(3)]
    return scene.draw.choice(people)


# what is said


def _return(scene: Scene) -> Content:
    return {"reason": scene.one_of(ReturnReason), "note": "不归我们管"}


def _dispatch(scene: Scene) -> Content:
    teams = list(RULES.streets[scene.case.street].teams)
    teams += [name for name, unit in RULES.departments.items() if scene.case.facts.matter in unit.handles]
    team = "ghosts" if scene.slips(0.2) else scene.draw.choice(teams)
    return {"team": team, "designated": scene.draw.random() < 0.2}


def _arrive(scene: Scene) -> Content:
    team = scene.team()
    officers = [f"{team}-{n}" for n in scene.draw.sample(range(4), 1 if scene.slips(0.3) else 2)]
    point = FAR if scene.slips(0.3) else scene.draw.choice((None, HERE))
    return {"officers": officers} | ({"point": point} if point else {})


def _dispose(scene: Scene) -> Content:
    return {"evidence": evidence(scene)}


def _verify(scene: Scene) -> Content:
    passed = scene.draw.random() < (0.2 if scene.many else 0.6)
    note = "" if passed or scene.slips(0.3) else "仍有垃圾"
    seen = documents(scene) if scene.many or scene.draw.random() < 0.1 else []
    return {"passed": passed, "note": note, "evidence": seen, **_answered(scene)}


def _answered(scene: Scene) -> Content:
    """What was reported again after the disposal is answered, or not."""
    if not scene.case.contradicted_by or scene.draw.random() < 0.5:
        return {}
    return {"answer": "新来件所述已复查"}


def _call_back(scene: Scene) -> Content:
    if scene.draw.random() < 0.3:
        return {"reached": False, **_answered(scene)}
    solved, satisfied = scene.draw.random() < 0.6, scene.draw.random() < 0.7
    answers: Content = {"reached": True, "solved": solved, "satisfied": satisfied, **_answered(scene)}
    if not (solved and satisfied) and scene.draw.random() < 0.6:
        answers["cause"] = scene.draw.choice(list(UnsolvedCause)).value
        if scene.draw.random() < 0.5 and not scene.slips(0.9):
            answers |= {"note": "要求免除处罚", "evidence": documents(scene)}
    if scene.slips(0.3):
        answers.pop(scene.draw.choice(("solved", "satisfied")))
    return answers


def _suspend(scene: Scene) -> Content:
    days = scene.draw.choice((-1, 0, 300)) if scene.slips(0.4) else scene.draw.choice((0.1, 1, 3, 6))
    return {"reason": scene.one_of(SuspensionReason), "until": scene.at(days=-days)}


def _extend(scene: Scene) -> Content:
    more = (
        "40 workdays"
        if scene.slips(0.3)
        else scene.draw.choice(("30 work_minutes", "1 work_hours", "1 workdays"))
    )
    return {"reason": scene.one_of(ExtensionReason), "more": more}


def _decide(scene: Scene) -> Content:
    asked, granted = _meant(scene), scene.draw.random() < 0.75
    said: Content = {"granted": granted}
    if scene.slips(0.2):
        said["request"] = scene.one_of(RequestKind)
    elif asked is not None and not scene.slips(0.2):
        said["request"] = asked.kind.value
    if asked is None or asked.kind is not RequestKind.OBJECTION or scene.slips(0.3):
        return said
    return {**said, **_dispatch(scene)}


def _meant(scene: Scene) -> Request | None:
    """Which of the open requests is decided."""
    requests = requests_of(scene.case)
    return requests[scene.number % len(requests)] if requests else None


def _reach_stage(scene: Scene) -> Content:
    case = scene.case
    stages = RULES.service_of(case.facts.opened_at).stages.get(case.facts.matter, ())
    names = [stage.name for stage in stages] or ["stop_work"]
    return {
        "stage": scene.draw.choice(names),
        "evidence": documents(scene) if scene.draw.random() < 0.3 else [],
    }


def _check(scene: Scene) -> Content:
    if scene.draw.random() < 0.6:
        return {"valid": True}
    reason = None if scene.slips(0.4) else scene.one_of(RejectReason)
    return {"valid": False, "reason": reason, "evidence": documents(scene)}


def _recognise(scene: Scene) -> Content:
    """One of the two that were named, mostly; or that it is nothing to enforce."""
    draw, recognised = scene.draw, scene.case.reports[0].recognised
    named = [recognised.best.code, recognised.second.code] if recognised else []
    matters = [code for code in named if code in RULES.matters] or sorted(RULES.matters)
    kinds = sorted(RULES.recognition.kinds) if RULES.recognition else []
    if scene.slips(0.3):
        wrong: list[Content] = [
            {},
            {"matter": "ZZ-999"},
            {"kind": "magic"},
            {"matter": matters[0], "kind": kinds[0]},
        ]
        return draw.choice(wrong)
    return {"kind": draw.choice(kinds)} if draw.random() < 0.2 else {"matter": draw.choice(matters)}


def _locate(scene: Scene) -> Content:
    """A grid, a point or an address, mostly of the street."""
    street = scene.case.street
    if scene.slips(0.3):
        wrong: list[Content] = [{}, {"grid": "999999999001001"}, {"point": FAR | {"lon": 113.9}}]
        return scene.draw.choice(wrong)
    said: list[Content] = [{"grid": f"{street}001001"}, {"address": f"兴华街{scene.number}号"}]
    if street == STREET:
        said.append({"point": HERE})
    return scene.draw.choice(said)


def _void(scene: Scene) -> Content:
    return {"reason": scene.one_of(VoidReason)}


def _transfer(scene: Scene) -> Content:
    return {"to": "区城市管理局", "receipt": f"T{scene.number}", "note": "不属街道职权"}


def _move(scene: Scene) -> Content:
    """To the neighbour, where its place is said; or to wherever."""
    there = "140109001" if scene.case.street == STREET else STREET
    if scene.slips(0.2):
        there = scene.draw.choice([scene.case.street, "140109099"])
    place: Content = {} if scene.slips(0.3) else {"grid": f"{there}001001"}
    return {"to": there, "note": "在邻街辖区"} | place


def _object(scene: Scene) -> Content:
    return {"reason": scene.one_of(ReturnReason), "note": "不属本队"}


def _terminate(scene: Scene) -> Content:
    return {"paper": f"ZZ-{scene.number}", "note": "当事人已撤回"}


def _appeal(scene: Scene) -> Content:
    kinds = [demerit.kind for demerit in scene.case.demerits] or list(request_terms.DemeritKind)
    shown = [] if scene.slips(0.2) else documents(scene)
    return {"demerit": kinds[-1], "reason": "wrong_record", "note": "等待鉴定结论", "evidence": shown}


def _decline(scene: Scene) -> Content:
    goes_back = scene.draw.random() < 0.7
    grounds = RULES.declines.grounds.items()
    reason = scene.one_of([reason for reason, ground in grounds if ground.goes_back is goes_back])
    is_repeated = reason == request_terms.DeclineReason.REPEATED and not scene.slips()
    return {"reason": reason, **({"earlier": f"GD-{scene.number}"} if is_repeated else {})}


def _progress(scene: Scene) -> Content:
    return {"measure": "已责令改正", "expected_at": scene.at(days=1 if scene.slips() else -1)}


def _merge(scene: Scene) -> Content:
    matter, street = scene.case.facts.matter, scene.case.street
    same = [
        case.case_id
        for case in scene.cases.values()
        if case.facts.matter == matter and case.street == street and case is not scene.case
    ]
    if not same or scene.slips(0.3):
        same = [*scene.cases, f"{street}-0000000000000"]
    return {"into": scene.draw.choice(same)}


def _split(scene: Scene) -> Content:
    reports = answered(scene.case)
    report = scene.draw.choice(reports if len(reports) == 1 or scene.slips(0.3) else reports[1:])
    return {"source": report.source.value, "source_no": report.source_no}


def _note_only(scene: Scene) -> Content:
    return {"note": "问题又出现"}


def _nothing(_: Scene) -> Content:
    return {}


def _whistle(scene: Scene) -> Content:
    named = scene.draw.sample(list(RULES.departments), scene.draw.randint(2, 4))
    if scene.slips(0.4):
        named = scene.draw.choice((["nobody", *named], named[:1], [named[0], named[0]]))
    split = scene.draw.randint(1, len(named))
    return {"departments": named[:split], "optional": named[split:], "note": "请来现场"}


def _joint_step(scene: Scene) -> Content:
    going = [
        s
        for one in (scene.case.joint.tasks if scene.case.joint else ())
        for s in sorted(joint.NEXT[one.status])
    ]
    status = scene.draw.choice(list(JointStatus) if scene.slips(0.4) or not going else going)
    note = "" if scene.draw.random() < 0.3 else "警力不足"
    seen = documents(scene) if status is JointStatus.DONE else []
    return {"status": status.value, "note": note, "evidence": seen}


def _settle(scene: Scene) -> Content:
    tasks = scene.case.joint.tasks if scene.case.joint else ()
    refused = [task.department for task in tasks if task.status is JointStatus.REFUSED]
    everybody = [*scene.partners(), *refused] or ["sanitation"]
    department = "strangers" if scene.slips(0.3) else scene.draw.choice(everybody)
    return {"department": department, "waive": scene.draw.random() < 0.6, "note": "协调"}


def _contact(scene: Scene) -> Content:
    way = "疾呼" if scene.slips(0.05) else scene.draw.choice(list(ContactWay)).value
    return {"way": way, "reached": scene.draw.random() < 0.4, "note": scene.draw.choice(("", "无人接听"))}


def _answer(scene: Scene) -> Content:
    done = "" if scene.slips(0.2) else "已现场处理"
    text = "长" * 500 if scene.slips(0.1) else scene.draw.choice(("", "已按规定处理，请放心。"))
    basis = scene.draw.choice(("", "由业主大会决定"))
    if scene.slips(0.1):
        done, basis, text = "长" * 400, "理" * 400, ""
    said: dict[str, object] = {
        "found": scene.draw.choice(list(AnswerFinding)).value,
        "done": done,
        "basis": basis,
        "text": text,
    }
    return said | (
        {"next_at": scene.at(days=1 if scene.slips(0.1) else -5)} if scene.draw.random() < 0.3 else {}
    )


SAID: Final[Mapping[str, Callable[[Scene], Content]]] = {
    "claim": _nothing,
    "dispatch": _dispatch,
    "sign": _nothing,
    "return": _return,
    "arrive": _arrive,
    "dispose": _dispose,
    "verify": _verify,
    "call_back": _call_back,
    "suspend": _suspend,
    "extend": _extend,
    "decide": _decide,
    "resume": _nothing,
    "reach_stage": _reach_stage,
    "check": _check,
    "recognise": _recognise,
    "locate": _locate,
    "void": _void,
    "transfer": _transfer,
    "move": _move,
    "reopen": _note_only,
    "object": _object,
    "terminate": _terminate,
    "decline": _decline,
    "order_check": _note_only,
    "assign": lambda scene: {"members": [] if scene.slips() else [f"W{scene.draw.randrange(3)}"]},
    "supervise": lambda scene: {"reason": scene.one_of(request_terms.SupervisionReason)},
    "end_supervision": _note_only,
    "appeal": _appeal,
    "raise_hard": lambda scene: {"reason": scene.one_of(request_terms.HardReason), "note": "涉及多家单位"},
    **SAID_OF_ORDERS,
    "progress": _progress,
    "contact": _contact,
    "answer": _answer,
    "merge": _merge,
    "split": _split,
    "whistle": _whistle,
    "joint_step": _joint_step,
    "settle": _settle,
    "penalise": penalise,
    "measure": measure,
}
"""By the action's name, what is said with it beside who and when. An action that is not here fails the test."""
