"""Texts of reports: callers use whole sentences, grid members few words, cameras figures. The phrases are data (phrases.yaml,
other_calls.yaml), composed freely: no word of them was taken from the lexicon, and none of the lexicon from them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from random import Random
from typing import Final

import yaml
from pydantic import ConfigDict, Field, TypeAdapter, with_config

from pipeline.simulate.world.street import Scene
from schemas.values.terms import Source

STOPS_SHARE: Final = 0.4
ADDS_SHARE: Final = 0.35


@with_config(ConfigDict(extra="forbid"))
@dataclass(frozen=True, slots=True)
class DeviceLabel:
    """A device's algorithm and label; `really` is what is there when its alarm is false."""

    algorithm: str
    label: str
    really: str


@with_config(ConfigDict(extra="forbid"))
@dataclass(frozen=True, slots=True)
class ThingPhrases:
    """One thing that happens of a matter: what callers say of it, each in other words, and what a grid member notes."""

    told: tuple[str, ...]
    noted: tuple[str, ...]


@with_config(ConfigDict(extra="forbid"))
@dataclass(frozen=True, slots=True)
class Phrases:
    """All phrases of one matter, and how often, when and where it happens.

    `filed`: the major and minor class under which the city-management platform files it; several matters have the same.
    """

    weight: float
    hours: str
    at: str
    filed: str
    things: tuple[ThingPhrases, ...]
    settled: tuple[str, ...] = ()
    seen: DeviceLabel | None = None
    months: frozenset[int] = Field(default=frozenset())
    untold_by: frozenset[Source] = Field(default=frozenset())

    @property
    def food(self) -> bool:
        """Whether the shop it concerns cooks."""
        return self.hours in ("meals", "barbecue")

    def may_be_told_by(self, source: Source) -> bool:
        """Whether reports of it come from this source; a device tells only of what it sees."""
        return source not in self.untold_by and (source is not Source.MONITOR or self.seen is not None)


@dataclass(frozen=True, slots=True)
class IncidentDetails:
    """The particulars of an incident: the same for all who report it, but for what each counts or estimates.

    `thing`: which of its matter's things it is; of a call that is nothing to enforce, which of its kind's phrases.
    """

    scene: Scene
    thing: int
    goods: str
    plate: str
    count: int
    since: str


@cache
def phrases() -> Mapping[str, Phrases]:
    """The phrases of every matter, by code."""
    text = Path(__file__).with_name("phrases.yaml").read_text(encoding="utf-8")
    return TypeAdapter(dict[str, Phrases]).validate_python(yaml.safe_load(text))


@cache
def other_calls() -> Mapping[str, Sequence[str]]:
    """What callers say that is nothing to enforce, by its kind."""
    text = Path(__file__).with_name("other_calls.yaml").read_text(encoding="utf-8")
    return TypeAdapter(dict[str, tuple[str, ...]]).validate_python(yaml.safe_load(text))


def details(scene: Scene, things: int, draw: Random) -> IncidentDetails:
    """The particulars of an incident at `scene`, one of so many things. The plate has a form that no car has."""
    return IncidentDetails(
        scene=scene,
        thing=draw.randrange(things),
        goods=draw.choice(_GOODS),
        plate=f"晋A·0T{draw.randrange(1000):03d}",
        count=draw.randrange(2, 9),
        since=draw.choice(_SINCE),
    )


def body(matter: str, facts: IncidentDetails, draw: Random) -> str:
    """A caller's own words for what there is; no place. No two callers say it alike: one stops earlier, another adds something."""
    told = phrases()[matter].things[facts.thing].told
    one, other = draw.sample(told, 2)
    clauses = one.split(",")
    if len(clauses) > 2 and draw.random() < STOPS_SHARE:
        clauses.pop()
    if draw.random() < ADDS_SHARE:
        clauses.append(other.split(",")[-1])
    return _filled(",".join(clauses), facts, draw)


def other_body(kind: str, facts: IncidentDetails) -> str:
    """A caller's own words for what is nothing to enforce."""
    return other_calls()[kind][facts.thing]


def call_text(said: str, where: str, at: datetime, draw: Random, *, other: bool) -> str:
    """What a caller says as the operator types it; `where` is empty where only the field of the address says it, `other` is nothing to
    enforce.
    """
    frame = draw.choice(_PLAIN_FRAMES if other else _FRAMES)
    when = draw.choice((f"{_time_of_day(at)},", f"今天{_time_of_day(at)},", "", "", "刚才,"))
    there = f"{where}{draw.choice((',', ',', ':'))}" if where else ""
    told = frame.format(body=there + when + said, times=draw.randrange(2, 6))
    return _punctuated(told, draw)


def title(said: str, draw: Random) -> str:
    """The heading that an operator gives an order: its first clause, or none."""
    return said.replace(":", ",").split(",")[0][:16] if draw.random() < 0.75 else ""


def patrol_note(matter: str, facts: IncidentDetails, draw: Random) -> str:
    """A grid member's note of an incident that a team has to handle."""
    return _punctuated(_noted(matter, facts, draw) + draw.choice(_NOTE_ENDS), draw)


def settled_note(matter: str, facts: IncidentDetails, draw: Random) -> str:
    """A grid member's note of an incident settled on the spot."""
    note = _noted(matter, facts, draw)
    return _punctuated(f"{note},{draw.choice(phrases()[matter].settled)}。", draw)


def _noted(matter: str, facts: IncidentDetails, draw: Random) -> str:
    note = _filled(draw.choice(phrases()[matter].things[facts.thing].noted), facts, draw)
    return f"{facts.scene.loose_address}{note}" if draw.random() < 0.6 else note


def alarm_text(matter: str, facts: IncidentDetails, confidence: float, dwell_s: int, draw: Random) -> str:
    """A device's alarm in words."""
    label = phrases()[matter].seen
    if label is None:
        raise LookupError(f"no device sees {matter}")
    form = draw.choice(_ALARMS)
    return form.format(
        label=label.label,
        place=f"{facts.scene.road}{facts.scene.near}",
        confidence=confidence,
        dwell=dwell_s,
        algorithm=label.algorithm,
    )


def _filled(phrase: str, facts: IncidentDetails, draw: Random) -> str:
    return phrase.format(
        goods=facts.goods,
        # each reporter counts a little differently
        count=max(2, facts.count + draw.choice((-1, 0, 0, 0, 1))),
        since=facts.since if draw.random() < 0.7 else draw.choice(_SINCE),
        plate=facts.plate,
    )


def _punctuated(text: str, draw: Random) -> str:
    """A text as most people type it, with full-width marks."""
    return text.translate(_FULL_WIDTH_MARKS) if draw.random() < 0.8 else text


def _time_of_day(at: datetime) -> str:
    part = next(name for until, name in _DAY_PARTS if at.hour < until)
    hour = at.hour if at.hour <= 12 else at.hour - 12
    half = "半" if at.minute >= 30 else "多"
    return f"{part}{hour or 12}点{half}"


_FULL_WIDTH_MARKS: Final = {ord(mark): ord(mark) + 0xFEE0 for mark in ",!?:()"}
_DAY_PARTS: Final = ((6, "凌晨"), (9, "早上"), (12, "上午"), (14, "中午"), (18, "下午"), (24, "晚上"))
_GOODS: Final = (
    "水果",
    "烤红薯",
    "煎饼果子",
    "臭豆腐",
    "鲜花",
    "袜子",
    "糖炒栗子",
    "炸串",
    "蔬菜",
    "玩具",
    "凉皮",
    "鸡蛋灌饼",
)
_SINCE: Final = ("两三天", "一个多星期", "快一个月", "半年多", "好几天", "十来天")
_NOTE_ENDS: Final = ("。", ",已拍照上报。", ",请派人处置。", ",现场无法自行处置。", "")
_ALARMS: Final = (
    "{label}:{place},置信度{confidence:.2f},持续{dwell}秒",
    "【{algorithm}】{label},位置{place},停留{dwell}s,置信度{confidence:.2f}",
    "{place}{label}告警",
)
_PLAIN_FRAMES: Final = ("来电人称{body}。", "市民来电:{body}。", "{body}", "您好,{body},谢谢。", "{body}。")
_FRAMES: Final = (
    "市民来电反映:{body}。希望尽快处理。",
    "来电人称{body}。请核实。",
    "{body}!打了{times}回电话了,到底有没有人管?",
    "您好,我说个事,{body},麻烦来看看,谢谢。",
    "网民留言:{body}。",
    "{body}。来电人情绪激动,要求尽快回复。",
    "{body},这归哪儿管啊?",
    "诉求:{body}。\n期望:到现场处理并回电。",
    "我就住跟前,{body}。以前也说过,管两天又那样。",
    "{body}",
    "那个,{body},你们给管管吧。",
    "喂你好,{body},就是想让你们来人看一下。",
    "{body}。",
    "事项描述:{body}。来电人要求保密。",
)
