"""One team's board: what it holds, what is due first, the outcome of its work, and the commands that list its cases."""

from typing import Final

from deploy.grafana.kit import queries
from deploy.grafana.kit.board import Board, Section
from deploy.grafana.kit.board_bounds import AT_RISK_MAX, OVERDUE_MAX
from deploy.grafana.kit.number_looks import BARS, COUNT, SHARE
from deploy.grafana.kit.panel_text import PanelText
from deploy.grafana.kit.panels import PanelQuery, Sized, bars, figure, lines, note, rows
from deploy.grafana.kit.shares import columns, share, stock
from deploy.grafana.kit.table_sizes import height_of
from deploy.grafana.sections.case_list import cases, to_cases
from deploy.grafana.sections.on_duty import people
from deploy.value_words import NAMES, Words

VARIABLES: Final = ("street", "team", "category", "severity")
_LISTS: Final = """\
**全部案件 All cases**（上表只列最急的 the table above has those that come first）

```
enforcement assignments --team ${team}            # 待办，先到期在前 what is due first comes first
enforcement assignments --team ${team} --follow   # 随后新任务 and each later one
enforcement case 案号NUMBER                        # 一件的经过 the story of one
enforcement why 案号NUMBER                         # 时限为何如此 why its deadlines are what they are
```
"""


def board() -> Board:
    """The whole board."""
    return Board(
        key="team",
        title=Words("综合执法·队伍看板", "Enforcement: team"),
        about=Words(
            "选一支队伍：在手、将到期、超期，处置结果如何，案件清单在哪里。",
            "Choose a team: what it holds, what is due, what is late, how its work comes out, and where its cases are listed.",
        ),
        sections=(
            Section(Words("现在", "Now"), _now()),
            Section(Words("结果", "How it comes out"), _outcome()),
            Section(Words("走势", "Course"), _trends()),
        ),
        variables=("street", "category", "severity"),
        single="team",
    )


def _now() -> tuple[Sized, ...]:
    held, which = queries.gauge("enforcement_held_cases", VARIABLES), to_cases("team", VARIABLES)
    return (
        figure(
            PanelText(
                "在手",
                "Held",
                Words("此刻由该队负责的未结案件", "Open cases that the team holds, now"),
                variables=VARIABLES,
            ),
            [PanelQuery(held, Words("现在", "now"))],
            COUNT,
            width=6,
        ),
        stock("due_today", VARIABLES, width=6),
        stock("at_risk", VARIABLES, width=6, most=AT_RISK_MAX, links=(which,)),
        stock("overdue", VARIABLES, width=6, most=OVERDUE_MAX, links=(which,)),
        cases(VARIABLES),
        people(VARIABLES, width=24),
        note(PanelText("案件清单", "Lists of cases"), _LISTS, width=24, height=6),
        _categories(),
        _severities(),
    )


def _categories() -> Sized:
    held = PanelQuery(
        queries.gauge("enforcement_held_cases", VARIABLES, by="category"), Words("在手", "held"), look=COUNT
    )
    return rows(
        PanelText("按类别", "By category", None, ("handled_on_time",), VARIABLES),
        [("category", Words("类别", "category"))],
        [
            held,
            *columns(
                ("due_today", "at_risk", "overdue", "handled", "handled_on_time"), VARIABLES, "category"
            ),
        ],
        width=16,
        height=height_of(len(NAMES["category"])),
        sort=Words("在手", ""),
    )


def _severities() -> Sized:
    held = queries.gauge("enforcement_held_cases", VARIABLES, by="severity")
    return rows(
        PanelText("按等级", "By severity", None, (), VARIABLES),
        [("severity", Words("等级", "severity"))],
        [
            PanelQuery(held, Words("在手", "held"), look=COUNT),
            *columns(("at_risk", "overdue"), VARIABLES, "severity"),
        ],
        width=8,
        height=height_of(len(NAMES["severity"])),
    )


def _outcome() -> tuple[Sized, ...]:
    keys = (
        "handled_on_time",
        "closed_on_time",
        "returned",
        "dispatched_rightly",
        "reopened",
        "extended",
        "solved",
        "satisfied",
    )
    reasons = queries.increase("enforcement_returns_total", VARIABLES, by="reason")
    return (
        *(share(key, VARIABLES, width=6) for key in keys),
        bars(
            PanelText("退单原因", "Why tasks were given back", None, (), ("team",)),
            [PanelQuery(reasons, label="reason")],
            BARS,
            width=8,
        ),
        bars(
            PanelText("件数", "Counts", None, ("dispatches", "handled", "closed"), VARIABLES[:3]),
            [
                *(_count(key) for key in ("dispatches", "handled", "closed")),
                PanelQuery(queries.parts("returned", VARIABLES), Words("退单", "given back")),
                PanelQuery(
                    queries.increase("enforcement_reworks_total", VARIABLES), Words("返工", "reworked")
                ),
                PanelQuery(queries.parts("reopened", VARIABLES), Words("重办", "reopened")),
            ],
            BARS,
            width=8,
        ),
        bars(
            PanelText(
                "回访",
                "Call-backs",
                Words("该队案件的来电人怎么说", "What callers of the team's cases said"),
                (),
                ("team",),
            ),
            [
                PanelQuery(queries.whole("solved", VARIABLES), Words("有效回访", "reached")),
                PanelQuery(queries.parts("solved", VARIABLES), Words("称已解决", "say solved")),
                PanelQuery(queries.parts("satisfied", VARIABLES), Words("满意", "satisfied")),
            ],
            BARS,
            width=8,
        ),
    )


def _count(key: str) -> PanelQuery:
    return PanelQuery(queries.value(key, VARIABLES), NAMES["indicator"][key])


def _trends() -> tuple[Sized, ...]:
    stocks = ("due_today", "at_risk", "overdue")
    shares = ("handled_on_time", "closed_on_time", "satisfied")
    held = PanelQuery(queries.gauge("enforcement_held_cases", VARIABLES), Words("在手", "held"))
    return (
        lines(
            PanelText("在手与超期", "Held and overdue", None, stocks, VARIABLES),
            [held, *(_count(key) for key in stocks)],
            COUNT._replace(floor=0),
            width=12,
        ),
        lines(
            PanelText(
                "按期与满意", "In time and satisfied", Words("滚动窗口", "rolling window"), shares, ("team",)
            ),
            [
                PanelQuery(
                    queries.value(key, VARIABLES, window=queries.ROLLING),
                    NAMES["indicator"][key],
                )
                for key in shares
            ],
            SHARE,
            width=12,
        ),
    )
