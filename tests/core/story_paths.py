"""The steps of a story by their names, for `Story.path`: a report of this kind, an action, or what was asked for and granted."""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.core.story import Story

ELSEWHERE = {"address": "长宁街9号"}


def _acted(name: str) -> "Callable[[Story], Story]":
    return lambda story: story.act(name)


def _granted(name: str) -> "Callable[[Story], Story]":
    return lambda story: story.act(name).act("decide")


_PLAIN = [
    "claim",
    "end_supervision",
    "assign",
    "sign",
    "return",
    "arrive",
    "dispose",
    "check",
    "transfer",
    "move",
    "merge",
    "split",
    "object",
    "resume",
    "order_correction",
    "reinspect",
    "act_instead",
    "contact",
    "answer",
]
_ASKED = ["supervise", "raise_hard", "suspend", "void", "terminate", "decline", "whistle", "extend"]
PATHS = {
    **{name: _acted(name) for name in _PLAIN},
    **{name: _granted(name) for name in _ASKED},
    "unclear": lambda story: story.report(matter=None, place={}, text="那个事情你们管一下吧"),
    "question": lambda story: story.report(
        matter=None, text="我想问一下,孩子上学怎么办理入学手续,需要什么材料"
    ),
    "report": lambda story: story.report(),
    "offer": lambda story: story.report(source="patrol", caller=None),
    "ask": lambda story: story.act("suspend"),
    "alarm": lambda story: story.report(source="monitor", caller=None),
    "dumped": lambda story: story.report(matter="SR-013"),
    "digging": lambda story: story.report(matter="SZ-001"),
    "reject": lambda story: story.act("check", valid=False, reason="nothing_found"),
    "host": lambda story: story.report(place=ELSEWHERE),
    "told": lambda story: story.report(),
    "doubt": lambda story: story.act("order_check"),
    "send_back": lambda story: story.act("decline", reason="other_street").act("decide"),
    "disobey": lambda story: story.wait(days=3).act("reinspect", result="disobeyed"),
    "pass": lambda story: story.act("verify"),
    "fail": lambda story: story.act("verify", passed=False, note="仍有垃圾"),
    "call": lambda story: story.act("call_back"),
    "unsolved": lambda story: story.act("call_back", solved=False, satisfied=False),
    "demand": lambda story: story.demand(),
    "late": lambda story: story.wait(hours=48),
    "appeal": lambda story: story.act("appeal"),
    "lift": lambda story: story.act("decide", request="appeal"),
    "consent": lambda story: story.act("decide", request="unreasonable"),
}
