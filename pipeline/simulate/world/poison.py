"""Records that must not become cases: malformed ones, and well-formed ones that the street refuses, each with its expected outcome."""

import copy
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import Final, NamedTuple

from pipeline.edge.sources.reading import Content
from pipeline.simulate.world.seeded_chance import photo_hash
from schemas import limits

OTHER_STREET: Final = "140109999"
FOREIGN_GRID: Final = "140105100001001"


def encode(content: object) -> bytes:
    """The JSON that is pushed."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


class Poison(NamedTuple):
    """A kind of bad record. `spoil` makes its bytes from a good report's content; `key` replaces the street as the record's key."""

    expects: str
    spoil: Callable[[Content, Random], bytes]
    key: str | None = None


def _with(**changes: object) -> Callable[[Content, Random], bytes]:
    """The content with these fields changed; a dotted path is written with two underscores."""

    def spoil(content: Content, _: Random) -> bytes:
        spoilt = copy.deepcopy(content)
        for path, value in changes.items():
            *parents, last = path.split("__")
            inner = spoilt
            for parent in parents:
                child = inner.setdefault(parent, {})
                if isinstance(child, dict):
                    inner = child
            inner[last] = value
        return encode(spoilt)

    return spoil


def _without(field: str) -> Callable[[Content, Random], bytes]:
    def spoil(content: Content, _: Random) -> bytes:
        return encode({name: value for name, value in content.items() if name != field})

    return spoil


def _cut(content: Content, draw: Random) -> bytes:
    whole = encode(content)
    return whole[: draw.randrange(len(whole) // 3, len(whole) - 2)]


def _gbk(content: Content, _: Random) -> bytes:
    return json.dumps({**content, "text": "有人占道经营,请处理"}, ensure_ascii=False).encode("gbk", "replace")


def _swapped(content: Content, _: Random) -> bytes:
    point = {"lon": 37.88, "lat": 112.5, "crs": "WGS84"}
    return encode({**content, "place": {"point": point}})


def _shifted(hours: float) -> Callable[[Content, Random], bytes]:
    def spoil(content: Content, _: Random) -> bytes:
        moment = datetime.fromisoformat(str(content["reported_at"])) + timedelta(hours=hours)
        return encode({**content, "reported_at": moment.isoformat()})

    return spoil


def _naive(content: Content, _: Random) -> bytes:
    moment = datetime.fromisoformat(str(content["reported_at"])).replace(tzinfo=None)
    return encode({**content, "reported_at": moment.isoformat()})


def _huge(content: Content, draw: Random) -> bytes:
    return encode({**content, "text": "噪" * (limits.VALUE_BYTES_MAX // 3 + draw.randrange(1, 2000))})


def _photos(content: Content, _: Random) -> bytes:
    taken = {"kind": "photo", "taken_at": content["reported_at"]}
    photos = [
        {"sha256": photo_hash(str(content["source_no"]), str(number)), **taken}
        for number in range(limits.EVIDENCE_MAX + 1)
    ]
    return encode({**content, "evidence": photos})


def _nan(content: Content, _: Random) -> bytes:
    return encode({**content, "place": {"point": {"lon": float("nan"), "lat": 37.88, "crs": "WGS84"}}})


def _nested(_: Content, __: Random) -> bytes:
    return b'{"place":' + b'{"point":' * 400 + b"0" + b"}" * 401


MALFORMED: Final[tuple[Poison, ...]] = (
    Poison("bad:broken_json", _cut),
    Poison("bad:broken_json", _gbk),
    Poison("bad:empty", lambda _, __: b""),
    Poison("bad:field_missing", _without("reported_at")),
    Poison("bad:field_missing", _without("street")),
    Poison("bad:unknown_field", _with(诉求类型="投诉")),
    Poison("bad:not_allowed", _with(source="wechat")),
    Poison("bad:wrong_format", _with(matter="占道经营")),
    Poison("bad:wrong_format", _with(place__grid="第三网格")),
    Poison("bad:naive_time", _naive),
    Poison("bad:wrong_time", _with(reported_at="2026-11-31T09:00:00+08:00")),
    Poison("bad:time_out_of_range", _with(reported_at="1970-01-01T08:00:00+08:00")),
    Poison("bad:too_long", _with(text="吵" * (limits.TEXT_MAX + 1))),
    Poison("bad:control_character", _with(text="有人\u0007占道\u001b[2J经营")),
    Poison("bad:combining_marks", _with(text="吵" + "\u0301" * 40)),
    Poison("bad:out_of_range", _swapped),
    Poison("bad:wrong_type", _with(text=12345)),
    Poison("bad:not_a_number", _nan),
    Poison("bad:nested_too_deep", _nested),
    Poison("bad:too_many", _photos),
    Poison("bad:too_large", _huge),
    Poison("bad:wrong_key", lambda content, _: encode(content), key="太原市"),
)

REFUSED: Final[tuple[Poison, ...]] = (
    Poison("refused:unknown_matter", _with(matter="ZZ-999")),
    Poison("refused:unknown_street", _with(street=OTHER_STREET), key=OTHER_STREET),
    # far ahead, so that it still lies in the future when the worker decides it late
    Poison("refused:occurred_in_future", _shifted(hours=24 * 30)),
    Poison("refused:self_disposal_not_allowed", _with(source="12345", self_disposed=True)),
    Poison("refused:place_missing", _with(place={}, text="", matter="SR-001")),
    Poison("refused:grid_not_in_street", _with(place={"grid": FOREIGN_GRID})),
    Poison(
        "refused:place_outside_street", _with(place={"point": {"lon": 116.4, "lat": 39.9, "crs": "WGS84"}})
    ),
)

POISONS: Final[tuple[Poison, ...]] = (*MALFORMED, *REFUSED)
MENDED_SHARE: Final = 0.4
