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

ON_DUTY: Final = Words("在岗", "on duty")
EACH: Final = Words("人均在手", "held per person")
TENTHS: Final = Look("none", 1, floor=0)
_ENDING: Final = Words("执法证将到期", "certificates that end")
_TEXT: Final = Words(
    "此刻在岗的人数、人均在手案件，以及执法证30日内到期或已失效的人数；名单见 enforcement duty。仅计规则中列有人员的街道",
    "People on duty now, open cases per person, and those whose certificate ends within 30 days or holds no more; "
    "enforcement duty names them. Of streets whose people the rules list",
)
_OF_PEOPLE: Final = ("street", "team")
_SOON: Final = COUNT._replace(steps=(ThresholdStep(None, PLAIN), ThresholdStep(1, WATCH)))


def on_duty(variables: Sequence[str], by: str = "") -> PanelQuery:
    """People on duty."""
    own = [name for name in variables if name in _OF_PEOPLE]
    return PanelQuery(queries.gauge("enforcement_officers_on_duty", own, by=by), ON_DUTY, look=COUNT)


def held_each(variables: Sequence[str], by: str = "") -> PanelQuery:
    """Open cases per person on duty; of streets whose people are listed, and nothing where nobody is there."""
    own = [name for name in variables if name in _OF_PEOPLE]
    kept = ("street", "team")
    held = f"sum by ({', '.join(kept)}) ({queries.selected('enforcement_held_cases', own)})"
    there = f"sum by ({', '.join(kept)}) ({queries.selected('enforcement_officers_on_duty', own)})"
    summed = f"sum by ({by})" if by else "sum"
    query = f"{summed} ({held} and on ({', '.join(kept)}) {there}) / ({summed} ({there}) > 0)"
    return PanelQuery(query, EACH, look=TENTHS)


def people_by_team(variables: Sequence[str], *, width: int) -> Sized:
    """Each team's people, and what they hold."""
    own = tuple(name for name in variables if name in _OF_PEOPLE)
    ending = queries.gauge("enforcement_ending_certificates", own, by="team")
    return rows(
        PanelText("各队在岗人员", "People on duty by team", _TEXT, variables=own),
        [("team", Words("队伍", "team"))],
        [
            on_duty(variables, "team"),
            held_each(variables, "team"),
            PanelQuery(ending, _ENDING, look=_SOON),
        ],
        width=width,
        height=height_of(len(NAMES["team"])),
        sort=Words(ON_DUTY.zh, ""),
    )


def people(variables: Sequence[str], *, width: int) -> Sized:
    """People, and what they hold."""
    own = tuple(name for name in variables if name in _OF_PEOPLE)
    ending = queries.gauge("enforcement_ending_certificates", own)
    return figure(
        PanelText(
            "在岗人员",
            "People on duty",
            _TEXT,
            variables=own,
        ),
        [
            on_duty(variables),
            held_each(variables),
            PanelQuery(ending, _ENDING, look=_SOON),
        ],
        COUNT,
        width=width,
        height=6,
    )


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
