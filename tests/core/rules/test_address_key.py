"""An address as a key: one place has one key however it is written, two places have two, and a mere road has none."""

import pytest

from pipeline.core.rules.address_key import address_key, is_no_address
from tests.core.story import RULES

WORDS = RULES.policy.address


def key(address: str) -> str:
    """By the words of the rules."""
    return address_key(address, WORDS)


@pytest.mark.parametrize(
    "alike",
    [
        ("迎泽大街17-1号", "迎泽大街１７－１号", "迎泽大街17—1号", "迎泽大街17–1号", "迎泽大街17−1号", "迎泽大街 17-1号"),
        ("迎泽大街17-1号", "迎泽大街17号-1", "迎泽大街17号之1", "迎泽大街17之1号", "迎泽大街十七号之一", "迎泽大街十七之一号"),
        ("迎泽大街17号", "迎泽大街十七号", "迎泽大街17#", "迎泽大街17", "迎泽大街一七号"),
        ("安居小区3号楼2单元501室", "安居小区3栋2单元501", "安居小区三幢二单元五〇一室", "安居小区3#楼 2单元501室"),
        ("迎泽大街17Ａ号", "迎泽大街17a号"),
        ("兴华街18号(东门)", "兴华街18号（东门）", "兴华街18号,东门"),
        ("三墙路一百零二号", "三墙路102号"),
        ("迎泽大街18号附1号", "迎泽大街18号附1", "迎泽大街十八号附一"),
        ("安居小区二期3号楼", "安居小区2期3号楼", "安居小区Ⅱ期3号楼"),
        ("迎泽大街18号", "迎泽大街门牌18号", "迎泽大街门牌号：18号", "迎泽大街18门牌号", "迎泽大街18号门牌"),
        ("安居小区3号楼-1层", "安居小区3号楼负一层", "安居小区3栋－１层", "安居小区3号楼地下1层"),
    ],
)  # fmt: skip
def test_one_address_written_differently_is_one(alike):
    """Full width, any dash, Chinese numerals, 栋, 幢 and 号楼, brackets and spaces."""
    assert len({key(address) for address in alike}) == 1
    assert key(alike[0])


@pytest.mark.parametrize(
    "addresses",
    [
        ("迎泽大街17-1号", "迎泽大街171号", "迎泽大街1-71号", "迎泽大街17号", "迎泽大街17号1号楼", "迎泽大街17号附1号"),
        ("迎泽大街17号", "迎泽大街甲17号", "迎泽大街17号甲", "迎泽大街17号乙", "迎泽大街附17号", "迎泽大街17A号"),
        ("安居小区3号楼25室", "安居小区32号楼5室", "安居小区3-25", "安居小区32-5", "安居小区3单元25室", "安居小区3层25室"),
        ("迎泽大街17、19号", "迎泽大街1719号", "迎泽大街17-19号", "迎泽大街17 1 9号"),
        ("迎泽大街17.1号", "迎泽大街171号"),
        ("迎泽大街17号-1层", "迎泽大街17号1层", "迎泽大街17-1层", "迎泽大街17号-1号"),
        ("安居小区3号楼-2层", "安居小区3号楼2层", "安居小区3号楼-1层"),
        ("安居小区1号楼11单元", "安居小区11号楼1单元", "安居小区一十一号楼"),
    ],
)  # fmt: skip
def test_two_addresses_are_two(addresses):
    """What stands between digits is part of the number, and so are 附, 甲, 号, 栋, 单元, 层, 室."""
    assert len({key(address) for address in addresses}) == len(addresses)


@pytest.mark.parametrize(
    "address",
    [
        "解放路",
        "五一路",
        "208国道",
        "G208国道",
        "路边",
        "17号",
        "3号楼2单元",
        "我们小区",
        "小区门口",
        "附近市场",
        "附近",
    ],
)
def test_what_is_true_of_many_places_identifies_none(address):
    """A road without a number, a number without a road, a kind of place without a name."""
    assert key(address) == ""


@pytest.mark.parametrize(
    "address", ["解放路与五一路路口", "安居小区", "龙潭公园南门", "解放路农贸市场", "208国道12公里处"]
)
def test_a_junction_or_a_named_place_identifies(address):
    """They have no number, and are one place."""
    assert key(address)


@pytest.mark.parametrize(
    "address",
    ["不详", "不详。", "地址不详", "无", "—", "-", "null", "NULL", "N/A", "None", "０", "-1", "路边", "(无)"],
)
def test_a_placeholder_is_no_address(address):
    """People and systems write it where there is none."""
    assert is_no_address(address, WORDS)
    assert key(address) == ""
