"""Who and what is there (在岗与装备): people on duty, what each of them holds, certificates that end, body cameras out and in use."""

from collections.abc import Sequence
from typing import Final

from deploy.grafana.kit import queries
from deploy.grafana.kit.number_looks import COUNT, Look
from deploy.grafana.kit.panel_text import PanelText
from deploy.grafana.kit.panels import PanelQuery, Sized, figure, rows
from deploy.grafana.kit.table_sizes import height_of
from deploy.grafana.kit.thresholds import PLAIN, WATCH, ThresholdStep
from deploy.value_words import NAMES, Words

_ON_DUTY: Final = Words("在岗", "on duty")
_TENTHS: Final = Look("none", 1, floor=0)
_TEXT: Final = Words(
    "此刻在岗的人数、人均在手案件，以及执法证30日内到期或已失效的人数；名单见 enforcement duty。仅计规则中列有人员的街道",
    "People on duty now, open cases per person, and those whose certificate ends within 30 days or holds no more; "
    "enforcement duty names them. Of streets whose people the rules list",
)
_OF_PEOPLE: Final = ("street", "team")
_SOON: Final = COUNT._replace(steps=(ThresholdStep(None, PLAIN), ThresholdStep(1, WATCH)))


def people_by_team(variables: Sequence[str], *, width: int) -> Sized:
    """Each team's people, and what they hold."""
    own = _own(variables)
    return rows(
        PanelText("各队在岗人员", "People on duty by team", _TEXT, variables=own),
        [("team", Words("队伍", "team"))],
        _figures(own, "team"),
        width=width,
        height=height_of(len(NAMES["team"])),
        sort=Words(_ON_DUTY.zh, ""),
    )


def people(variables: Sequence[str], *, width: int) -> Sized:
    """People, and what they hold."""
    own = _own(variables)
    about = PanelText("在岗人员", "People on duty", _TEXT, variables=own)
    return figure(about, _figures(own), COUNT, width=width, height=6)


def cameras(variables: Sequence[str], *, width: int) -> Sized:
    """Body cameras: how many there are, are out, and have recorded today."""
    own = tuple(name for name in variables if name == "street")

    def devices(more: str) -> str:
        return queries.gauge("enforcement_duty_devices", own, more=f'device_kind="camera"{more}')

    return figure(
        PanelText(
            "执法记录仪",
            "Body cameras",
            Words(
                "现有、领用在外、故障的台数，以及今日有录像的台数（各街道合计）",
                "How many there are, are out, are broken, and have recorded today (of all streets)",
            ),
            variables=own,
        ),
        [
            PanelQuery(devices(""), Words("现有", "there are"), look=COUNT),
            PanelQuery(devices(', state="out"'), Words("领用", "out"), look=COUNT),
            PanelQuery(devices(', state="broken"'), Words("故障", "broken"), look=_SOON),
            PanelQuery(
                queries.gauge("enforcement_cameras_in_use"), Words("今日有录像", "recorded today"), look=COUNT
            ),
        ],
        COUNT,
        width=width,
        height=height_of(len(NAMES["team"])),
    )


def _own(variables: Sequence[str]) -> tuple[str, ...]:
    """Those of a board's variables that people have."""
    return tuple(name for name in variables if name in _OF_PEOPLE)


def _figures(variables: Sequence[str], by: str = "") -> list[PanelQuery]:
    """On duty, open cases per person on duty (nothing where nobody is there), certificates that end."""
    there = queries.gauge("enforcement_officers_on_duty", variables, by=by)
    ending = queries.gauge("enforcement_ending_certificates", variables, by=by)
    return [
        PanelQuery(there, _ON_DUTY, look=COUNT),
        PanelQuery(_held_each(variables, by), Words("人均在手", "held per person"), look=_TENTHS),
        PanelQuery(ending, Words("执法证将到期", "certificates that end"), look=_SOON),
    ]


def _held_each(variables: Sequence[str], by: str) -> str:
    """Of streets whose people are listed."""
    each, summed = f"sum by ({', '.join(_OF_PEOPLE)})", f"sum by ({by})" if by else "sum"
    held = f"{each} ({queries.selected('enforcement_held_cases', variables)})"
    there = f"{each} ({queries.selected('enforcement_officers_on_duty', variables)})"
    return f"{summed} ({held} and on ({', '.join(_OF_PEOPLE)}) {there}) / ({summed} ({there}) > 0)"
