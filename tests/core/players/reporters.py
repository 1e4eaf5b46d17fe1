"""Reports of all sources as they come: mostly what can be handled, now and then what cannot, and some that repeat others."""

from datetime import datetime, timedelta
from random import Random
from typing import Final

from tests.core.players.actors import FAR, HERE
from tests.core.players.scene import Content
from tests.core.story import STREET

SOURCES: Final = ("12345", "12345", "12319", "patrol", "patrol", "patrol", "monitor", "monitor")
MATTERS: Final = (
    *("SR-001", "SR-001", "SR-008", "SR-012", "SZ-001", "SZ-001", "WJ-001", "WJ-003", "WJ-003", "YL-003"),
    *("HB-005", "SZ-002", "XF-001", "WY-001"),
)
"""Of all severities; with and without joint enforcement, stages, papers, the simple procedure and the power to punish."""
JOINT: Final = ("SZ-001", "SR-012", "WJ-003", "YL-003", "XF-001")
PUNISHED: Final = ("SC-003", "SR-001", "WJ-003", "WJ-001", "SZ-001", "HB-005")
TEXTS: Final = (
    "有人在路边摆摊卖水果,占着人行道",
    "楼下烧烤摊半夜油烟呛人,噪音也大",
    "那个事情你们管一下吧",
    "那个事情你们管一下吧",
    "这里有人弄得乱七八糟",
    "我想问一下,孩子上学怎么办理入学手续,需要什么材料",
    "着火了,楼上冒烟,有人被困",
)
"""Two are plain, three are not, and two are nothing to enforce."""
STREETS: Final = (STREET, STREET, STREET, "140109001")
GRIDS: Final = {STREET: f"{STREET}005001", "140109001": "140109001001001"}


def report(draw: Random, now: datetime, number: int, wrong: float, matters: tuple[str, ...]) -> Content:
    """The next report, of one of the matters. `number` is new each time; a share of `wrong` has a fault."""
    source = draw.choice(SOURCES)
    matter = draw.choice(matters) if draw.random() < 0.8 else matters[0]
    street = draw.choice(STREETS)
    content: Content = {
        "source": source,
        "source_no": f"N{number}",
        "street": street,
        "matter": matter,
        "reported_at": (now - timedelta(minutes=draw.randrange(20))).isoformat(),
        "place": _place(draw, number, street),
        "text": "有人占道卖水果",
        "urgency": draw.choice(("normal", "normal", "normal", "urgent", "critical")),
    }
    if source in ("12345", "12319"):
        content["caller"] = {"name": "王测试", "phone": f"138{number % 50:08}"}
    if source == "patrol" and draw.random() < 0.3:
        content |= {"self_disposed": True, "reporter": f"grid_member-{draw.randrange(4)}"}
        if draw.random() < 0.8:
            taken = content["reported_at"]
            content["evidence"] = [{"sha256": f"{number:064x}", "kind": "photo_after", "taken_at": taken}]
    elif draw.random() < 0.15:
        content["evidence"] = [_photo(draw, now, number)]
    content |= _unsaid(draw)
    if draw.random() < wrong:
        content |= _fault(draw, now)
    return content


def updated(draw: Random, now: datetime, first: Content, number: int, matters: tuple[str, ...]) -> Content:
    """What was pushed once, with more in it: a photo, words, a place, a phone; urged, about something else, or withdrawn."""
    mark = draw.choice((None, None, None, "urged", "urged", "changed", "withdrawn"))
    more: list[Content] = [
        {"text": f"{first.get('text', '')},{number}号补充"},
        {"text": draw.choice(TEXTS)},
        {"evidence": [_photo(draw, now, number)]},
        {"caller": {"name": "王测试", "phone": f"139{number % 50:08}"}},
        {"urgency": draw.choice(("urgent", "critical"))},
        {"matter": draw.choice(matters)},
        {"place": _place(draw, number, str(first["street"]))},
        {"place": {"address": f"后北屯路{number}号"}},
        {"place": {}, "text": ""},
        {"reported_at": now.isoformat()},
    ]
    content = first | {"mark": mark}
    for one in draw.sample(more, draw.randint(1, 3)):
        content |= one
    return content | ({"source_no": f"N{number}"} if draw.random() < 0.03 else {})


def _unsaid(draw: Random) -> Content:
    """Some say in words alone what it is about, or not where it is; of some nobody knows, and some are nothing to enforce."""
    if draw.random() < 0.8:
        return {}
    said: Content = {} if draw.random() < 0.2 else {"matter": None, "text": draw.choice(TEXTS)}
    return said if said and draw.random() < 0.7 else {**said, "place": {}}


def _place(draw: Random, number: int, street: str) -> Content:
    """A place of its own, so that a case has its own life; or one of a few where everybody complains."""
    if draw.random() < 0.3:
        places: list[Content] = [
            {"address": "兴华街18号"},
            {"point": HERE, "address": "后北屯"},
            {"point": HERE},
        ]
        return draw.choice(places)
    grid = {"grid": GRIDS[street]} if draw.random() < 0.5 else {}
    point = {"point": HERE | {"lon": 112.4800 + number % 300 / 10_000}} if draw.random() < 0.3 else {}
    return {"address": f"兴华街{number}号", **grid, **point}


def _photo(draw: Random, now: datetime, number: int) -> Content:
    """What somebody saw, by a camera that may be set wrong; some send the photo that others sent."""
    shared = draw.random() < 0.3
    clock = draw.choice(
        (timedelta(0), timedelta(0), timedelta(hours=8), timedelta(days=400), timedelta(days=-9_000))
    )
    kind = draw.choice(("photo_before", "photo_before", "photo", "photo_after", "bodycam"))
    content = draw.randrange(1, 12) if shared else number
    return {"sha256": f"{content:064x}", "kind": kind, "taken_at": (now + clock).isoformat()}


def _fault(draw: Random, now: datetime) -> Content:
    faults: list[Content] = [
        {"matter": "ZZ-999"} if now.minute % 2 else {"matter": None, "text": ""},
        {"street": "999999999"},
        {"place": {}, "text": ""},
        {"place": {"grid": "140109002001001"}},
        {"place": {"point": FAR | {"lon": 113.9}}},
        {"occurred_at": (now + timedelta(hours=2)).isoformat()},
        {"source": "12345", "self_disposed": True},
        {"source": "patrol", "self_disposed": True, "evidence": [_photo(draw, now, draw.randrange(1, 12))]},
        {"source_no": f"N{draw.randrange(8)}"},
        {"source": "monitor", "alarm": {"device": "CAM-1", "algorithm": "stall-2.3", "confidence": 0.1}},
    ]
    return draw.choice(faults)
