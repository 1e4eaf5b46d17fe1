"""Which reports tell of one thing: by example, and by the figures of texts that nothing was tuned on."""

import json
from contextlib import suppress
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.core.duplicates.grouping import grouped
from pipeline.core.duplicates.likeness import Comparison, Likeness, compare
from pipeline.edge.sources.loose_rows import loose_report
from pipeline.words.field_words import BUSINESS_ZONE
from schemas.errors import BadMessage
from tests.duplicates.figures import TEXTS, compared, comparer, figures, rows_of

BY = comparer()
TUNING, HELD_OUT = rows_of(TEXTS / "tuning.jsonl"), rows_of(TEXTS / "held_out.jsonl")
AT = "2026-11-24 09:00"
HERE = {"lon": 112.5, "lat": 37.86, "crs": "WGS84"}
NEAR = {"lon": 112.5002, "lat": 37.86, "crs": "WGS84"}
FAR = {"lon": 112.51, "lat": 37.86, "crs": "WGS84"}


def told(text: str, address: str = "", **more: object) -> dict[str, object]:
    """A row, at the same time as the others."""
    return {"text": text, "address": address, "time": AT} | more


def held(one: dict[str, object], other: dict[str, object]) -> Comparison:
    """What two rows are to each other."""
    first, second = (
        BY.compared(name, loose_report(row, 1, BUSINESS_ZONE)) for name, row in (("1", one), ("2", other))
    )
    comparison = compare(BY.rules, first, second)
    turned = compare(BY.rules, second, first)
    assert (turned.likeness, turned.points) == (comparison.likeness, comparison.points)
    return comparison


SHOP = "新民街86号老四川火锅把桌椅摆到人行道上"
SAME = [
    (told(SHOP), told("老四川火锅店外经营，占着人行道", "新民街")),
    (told("丁香苑7栋二单元楼道里电动车充电"), told("七号楼2单元有人在楼道给电瓶车充电", "丁香苑小区")),
    (told("学府街和坞城路十字西北角井盖丢了"), told("井盖缺失", "坞城路学府街路口", matter="SZ-002")),
    (told("车牌晋A·7K3M9占着盲道"), told("晋A7K3M9停在人行道上挡盲道")),
    (told("新民街86号门口有人占道卖水果"), told("新民街八十六号门前一溜卖水果的三轮车")),
    (told("占道卖水果", point=HERE, matter="SR-001"), told("水果摊占道", point=NEAR, matter="SR-001")),
    (
        told("怡园小区3号楼旁垃圾成堆", phone="138-1234-5678"),
        told("早上反映的垃圾到现在没人来拉", phone="13812345678"),
    ),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_one_thing_in_two_persons_words_is_one(one, other):
    """By its shop, its building, its junction, its plate, its point, or the phone that asks what became of it."""
    assert held(one, other).likeness is Likeness.SURE


APART = [
    (told("新民街88号火锅店桌椅占道"), "other number: 86 / 88"),
    (told("新民街86-1号把桌椅摆到人行道上"), "other number: 86 / 86-1"),
    (told(SHOP, point=FAR), "879 m apart"),
    (told(SHOP, time="2026-12-01 09:00"), "too long apart"),
    (told("新民街86号老四川火锅没有灭火器", matter="XF-004"), "other matter: SR-002 / XF-004"),
]


@pytest.mark.parametrize(("other", "why"), APART)
def test_what_contradicts_is_another_thing(other, why):
    """The next house, another place or time, another matter: nothing that is alike makes up for it."""
    comparison = held(told(SHOP, point=HERE, matter="SR-002"), other)
    assert (comparison.likeness, comparison.why, comparison.contradicts) == (Likeness.NO, (why,), True)


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        ("晋A7K3M9占道停车", "晋A7K3M8占道停车", "other plate: 晋A7K3M9 / 晋A7K3M8"),
        ("丁香苑7号楼楼道充电", "丁香苑17号楼楼道充电", "other 号楼: 7 / 17"),
        ("丁香苑东门垃圾成堆", "丁香苑西门垃圾成堆", "other side: 东门 / 西门"),
        ("学府街坞城路口东北角井盖丢了", "学府街坞城路口西南角井盖丢了", "other side: 东北侧 / 西南侧"),
        ("移村北街工地夜间施工", "移村南街工地夜间施工", "other road: 移村北 / 移村南"),
        ("移动营业厅门口占道", "联通营业厅门口占道", "other 营业厅: 移动 / 联通"),
    ],
)
def test_another_plate_building_gate_corner_road_or_shop_is_another_thing(one, other, why):
    """One letter or figure tells them apart."""
    assert held(told(one), told(other)).why == (why,)


def test_another_floor_is_another_flat_and_no_other_noise():
    """Who breaks a wall through does so on one floor; who is kept awake names his own."""
    walls = held(
        told("丁香苑7号楼一层破墙开门", matter="WJ-004"), told("丁香苑7号楼5层把窗户改成门", matter="WJ-004")
    )
    assert walls.why == ("other floor: 1 / 5",)
    noise = held(
        told("丁香苑7号楼装修电钻响，我在三楼都吵", matter="HB-006"),
        told("丁香苑7号楼装修电钻吵，我住5楼", matter="HB-006"),
    )
    assert noise.likeness is Likeness.SURE


def test_the_same_words_without_a_place_are_not_one():
    """Somebody else may say them of anything."""
    text = "路边好多卖水果的三轮车占着人行道，行人过不去，希望尽快处理"
    assert held(told(text), told(text)).likeness is Likeness.NO


def test_a_point_of_which_nobody_knows_the_system_is_held_only_against_its_like():
    """Two systems lie half a kilometre apart: such a point neither joins nor parts what has another."""
    unknown = {"lon": 112.5, "lat": 37.86}
    one = told("占道卖水果", point=HERE, matter="SR-001")
    assert held(one, told("占道卖水果", point=unknown, matter="SR-001")).place == 0
    both = [told("占道卖水果", point=unknown, matter="SR-001")] * 2
    assert held(*both).likeness is Likeness.SURE


def test_nothing_joins_a_group_that_contradicts_one_of_it():
    """Two houses with a call between them that names none: it goes to one of them, and the houses stay apart."""
    rows = [
        told("新民街86号老四川火锅占道", id="86"),
        told("新民街88号老四川火锅占道", id="88"),
        told("新民街老四川火锅占道", id="none"),
    ]
    reports = [row.compared for row in compared(BY, rows).values()]
    (group,) = grouped(BY.rules, reports).groups
    assert len(group) == 2
    assert set(group) != {"86", "88"}


def test_the_index_finds_what_holding_all_against_all_finds():
    """No sure pair of the texts is lost for speed."""
    reports = {row.compared.key: row.compared for row in compared(BY, TUNING).values()}
    found = {(pair.one, pair.other) for pair in grouped(BY.rules, list(reports.values())).sure}
    for one, other in combinations(reports.values(), 2):
        if compare(BY.rules, one, other).likeness is Likeness.SURE:
            together = {one.key, other.key}
            assert any(together == {*pair} for pair in found) or _is_parted(together)


def _is_parted(pair: set[str]) -> bool:
    """Sure pairs that a contradiction to the rest of the group keeps apart."""
    reports = [row.compared for row in compared(BY, TUNING).values()]
    groups = grouped(BY.rules, reports).groups
    return not any(pair <= {*group} for group in groups) and any(pair & {*group} for group in groups)


def test_texts_never_seen_are_put_together_as_promised():
    """The floors of docs/discovery.md."""
    found = figures(BY, HELD_OUT)
    assert len(HELD_OUT) >= 120
    assert found.precision >= 0.9
    assert found.recall >= 0.85


def test_no_event_stands_in_both_files():
    """What is tuned on and what is not are of other things, in other words."""
    assert not {row["event"] for row in TUNING} & {row["event"] for row in HELD_OUT}
    assert not {row["text"] for row in TUNING} & {row["text"] for row in HELD_OUT}
    assert len(TUNING) + len(HELD_OUT) >= 300


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=300), st.text(max_size=60))
def test_any_text_can_be_compared(text, address):
    """However strange; it is like itself, and says nothing that another order of the two would not."""
    with suppress(BadMessage):  # nothing is said
        held(told(text or address, address), told(text or address, address))


def test_the_example_is_of_the_texts():
    """`enforcement duplicates examples/duplicates.jsonl` has something to show."""
    path = TEXTS.parents[2] / "examples" / "duplicates.jsonl"
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert grouped(BY.rules, [row.compared for row in compared(BY, rows).values()]).groups


def test_a_road_of_which_the_name_begins_with_peace_is_a_road():
    """和 of 和平路 joins nothing; that of 兴华街和西线路 does. Roads that differ are two places."""
    here, there = told("占道卖水果", "和平路口"), told("占道卖水果", "和平路")
    assert "same road 和平" in held(here, there).reason
    here, there = told("占道卖水果", "兴华街12号"), told("占道卖水果", "和平路12号")
    assert held(here, there).likeness is Likeness.NO
    both = told("垃圾成堆", "兴华街和西线路交叉口")
    assert held(both, told("路口垃圾没人拉", "西线路兴华街路口")).likeness is Likeness.SURE
