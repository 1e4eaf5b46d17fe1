"""The machines as Markdown tables: who may do what at which stage, and what the law requires before each step."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, TypeVar

from rich.cells import cell_len

from pipeline.core.actions import ACTIONS
from pipeline.core.case.stage_table import STAGE_TABLE
from pipeline.core.case.task_rights import Whose
from pipeline.core.case.transitions import STAYING
from pipeline.core.penalty import measures, penalty_procedure
from pipeline.core.penalty.allowed_facts import FACTS
from pipeline.core.penalty.penalty_procedure import Beside
from pipeline.core.rules.law import Guard
from pipeline.core.rules.refusals import MEANINGS
from pipeline.core.rules.rules import Rules
from pipeline.core.stages import joint
from pipeline.procedure.machines import What
from pipeline.procedure.naming import Named, action_named, event_named
from pipeline.words.field_words import JOINT_STATUSES, REQUESTS, STAGES, Both, Lang
from pipeline.words.penalty_words import STEPS
from schemas.values.penalty_terms import MeasureStep
from schemas.values.terms import PenaltyStep, Role

S = TypeVar("S", PenaltyStep, MeasureStep)
_POSSIBLE: Final = "●"
_NONE: Final = "–"
_WIDTH_MAX: Final = 60
"""A wider column is not padded."""


def _both(zh: str, en: str) -> Both:
    return {Lang.ZH: zh, Lang.EN: en}


HEADS: Final[Mapping[str, Both]] = {
    "action": _both("操作", "action"),
    "who": _both("谁可以", "who may"),
    "whose": _both("谁的任务", "on whose task"),
    "step": _both("步骤", "step"),
    "begins": _both("开始", "it begins"),
    "next": _both("下一步", "goes on to"),
    "facts": _both("可填事项", "what may be said"),
    "guards": _both("法定条件", "what the law asks first"),
    "status": _both("状态", "status"),
    "begun": _both(
        "处罚程序一经启动，案件处于任何阶段均可继续：*{action}*",
        "Once begun, the penalty procedure goes on wherever its case stands: *{action}*",
    ),
    "measured": _both(
        "处罚程序进行中，案件处于任何阶段均可采取措施：*{action}*",
        "While the penalty procedure is open, measures are taken wherever its case stands: *{action}*",
    ),
    "called": _both(
        "时限届满即应回访，案件处于任何阶段均可：*{action}*",
        "From the deadline on callers are asked wherever their case stands: *{action}*",
    ),
    "of_post": _both(
        "只对所在街道的案件；写明岗位的须为其身份所属岗位：{posts}",
        "Only on cases of the actor's own street; who names a post must be of that of the role: {posts}",
    ),
    "decides": _both("*{action}* 按所申请事项：{who}", "*{action}*, by what was asked for: {who}"),
    "beside": _both("不改变程序所在步骤，可在以下步骤：", "leaves the procedure where it is, at: "),
    "after": _both("；须先有：", "; once there was: "),
    "staying": _both("不改变阶段的事件", "Events that leave a case at its stage"),
    "guard": _both("条件", "guard"),
    "before": _both("在此步骤之前", "before"),
    "law": _both("依据", "rests on"),
    "effective": _both("施行", "in force from"),
    "confidence": _both("核对", "checked"),
    "text": _both("内容", "what it asks"),
    "code": _both("实现", "judged by"),
    "limit": _both("期限", "limit"),
    "lasts": _both("时长", "lasts"),
}  # fmt: skip
"""Every column head and note, by name."""


_WHOSE: Final[Mapping[Whose, Both]] = {
    Whose.HOLDER: _both("承办队伍", "the team that holds it"),
    Whose.HOLDER_OR_POST: _both("承办队伍，或值班岗位", "the team that holds it, or the post"),
    Whose.PROCEDURE: _both("承办或最后承办的队伍", "the team that handles it, or did last"),
    Whose.OFFERED: _both("待领单的队伍", "a team to which it is offered"),
    Whose.PARTNER: _both("本部门的联合任务", "the partner's own"),
    Whose.STREET: _both("本街道，凭身份", "the street's, by the role"),
}


def table_of(what: What, rules: Rules, lang: Lang) -> str:
    """One of the machines as a table."""
    match what:
        case What.CASE:
            return _case(rules, lang)
        case What.PENALTY:
            return _of_steps(rules, "penalise", penalty_procedure.NEXT, lang, penalty_procedure.BESIDE)
        case What.MEASURE:
            return _of_steps(rules, "measure", measures.NEXT, lang)
        case What.JOINT:
            return _joint(rules, lang)


def guard_steps(guard: Guard, lang: Lang) -> str:
    """The steps that it stands before, in the order of the procedure."""
    return _steps(guard.steps, lang)


def markdown(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table whose columns are also aligned in a terminal."""
    lines = [[cell.replace("|", r"\|") for cell in line] for line in (heads, *rows)]
    widest = [max(map(cell_len, column)) for column in zip(*lines, strict=True)]
    widths = [width if width <= _WIDTH_MAX else 0 for width in widest]
    lines.insert(1, ["-" * max(width, 3) for width in widths])
    return "\n".join(
        f"| {' | '.join(cell + ' ' * (width - cell_len(cell)) for cell, width in zip(line, widths, strict=True))} |"
        for line in lines
    )


def _case(rules: Rules, lang: Lang) -> str:
    stages = [stage for stage in STAGE_TABLE if any(stage in row.stages for row in ACTIONS.values())]
    columns = [Named(stage, STAGES[stage]).line(lang) for stage in stages]
    heads = [HEADS["action"][lang], HEADS["who"][lang], HEADS["whose"][lang], *columns]
    rows = [
        (
            action_named(action).line(lang),
            _roles(rules, action),
            _WHOSE[ACTIONS[action].whose][lang],
            *(_POSSIBLE if stage in ACTIONS[action].stages else "" for stage in stages),
        )
        for action in rules.may
    ]
    return "\n".join([markdown(heads, rows), "", *(f"- {note}" for note in _notes(rules, lang))])


def _notes(rules: Rules, lang: Lang) -> Iterator[str]:
    """Notes on what the table does not show."""
    requests = [
        f"{Named(kind, REQUESTS[kind]).line(lang)} ({_ordered(rules.decides[kind])})"
        for kind in rules.decides
    ]
    yield HEADS["decides"][lang].format(action=action_named("decide").line(lang), who=", ".join(requests))
    for action, basis in rules.apart.items():
        yield _apart(action, lang) + (f"（{basis}）" if lang is Lang.ZH else f" ({basis})")
    for note, action in (("begun", "penalise"), ("measured", "measure"), ("called", "call_back")):
        yield HEADS[note][lang].format(action=action_named(action).line(lang))
    posts = ", ".join(f"{role} {getattr(rules.policy, field)}" for role, field in rules.of_post.items())
    yield HEADS["of_post"][lang].format(posts=posts)
    staying = sorted(event_named(kind).line(lang) for kind in STAYING)
    yield HEADS["staying"][lang] + ("：" if lang is Lang.ZH else ": ") + ", ".join(staying)


def _of_steps(
    rules: Rules,
    action: str,
    moves: Mapping[S | None, frozenset[S]],
    lang: Lang,
    beside: Mapping[S, Beside] | None = None,
) -> str:
    heads = [HEADS[name][lang] for name in ("step", "next", "facts", "guards")]
    following = {step: _steps(after, lang) for step, after in moves.items()}
    for side, row in (beside or {}).items():
        during = f"{HEADS['beside'][lang]}{_steps(row.during, lang)}"
        following[side] = (
            f"{during}{HEADS['after'][lang]}{_steps([row.after], lang)}" if row.after else during
        )
    rows = [
        (
            Named(step, STEPS[step]).line(lang) if step else HEADS["begins"][lang],
            after,
            ", ".join(FACTS[step] if step else ()) or _NONE,
            "<br/>".join(
                f"{guard.code} {guard.cited}" for guard in rules.procedure.guards if step in guard.steps
            )
            or _NONE,
        )
        for step, after in following.items()
    ]
    who = f"{action_named(action).line(lang)}: {_roles(rules, action)}"
    return f"{markdown(heads, rows)}\n\n- {who}"


def _joint(rules: Rules, lang: Lang) -> str:
    actions = [
        f"{action_named(action).line(lang)} ({_roles(rules, action)})" for action in ("joint_step", "settle")
    ]
    rows = [
        (
            Named(status, JOINT_STATUSES[status]).line(lang),
            *(
                ", ".join(
                    Named(next_status, JOINT_STATUSES[next_status]).line(lang) for next_status in sorted(some)
                )
                or _NONE
                for some in (joint.NEXT[status], joint.SETTLED[status])
            ),
        )
        for status in joint.NEXT
    ]
    return markdown([HEADS["status"][lang], *actions], rows)


def _apart(action: str, lang: Lang) -> str:
    """The text of the refusal of an action that must be kept apart; of a decision it is about the request, not the case."""
    meaning = MEANINGS[ACTIONS[action].apart or "self_approval"]
    return meaning.zh if lang is Lang.ZH else meaning.en


def in_order(steps: Iterable[PenaltyStep | MeasureStep]) -> list[PenaltyStep | MeasureStep]:
    """Steps of the procedure first, then those of a measure."""
    return [step for step in (*PenaltyStep, *MeasureStep) if step in set(steps)]


def _steps(steps: Iterable[PenaltyStep | MeasureStep], lang: Lang) -> str:
    return ", ".join(Named(step, STEPS[step]).line(lang) for step in in_order(steps)) or _NONE


def _roles(rules: Rules, action: str) -> str:
    return _ordered(rules.may[action])


def _ordered(roles: Iterable[Role]) -> str:
    return ", ".join(role for role in Role if role in set(roles))
