"""Personal data is taken out of free text; numbers that are none of anybody's stay."""

import pytest

from pipeline.core.rules.identity import caller_token, case_id
from pipeline.core.rules.redaction import ID_MASK, NAME_MASK, PHONE_MASK, scrub
from schemas.inputs.report import Person

KEY = b"k" * 32
WIDE = "13800138000".translate({ord(digit): ord(digit) - 0x30 + 0xFF10 for digit in "0123456789"})
"""The same phone in full-width digits."""


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("请回电13800138000谢谢", f"请回电{PHONE_MASK}谢谢"),
        ("电话 138 0013 8000", f"电话 {PHONE_MASK}"),
        ("电话138-0013-8000", f"电话{PHONE_MASK}"),
        (f"手机{WIDE}", f"手机{PHONE_MASK}"),
        ("+86 13800138000", PHONE_MASK),
        ("座机0351-6123456", f"座机{PHONE_MASK}"),
        ("身份证11010519491231002X", f"身份证{ID_MASK}"),
        ("工单140100202611240001不是证件", "工单140100202611240001不是证件"),
        ("编号110105194912310021校验位不对", "编号110105194912310021校验位不对"),
        ("井盖坏了,在18号楼3单元", "井盖坏了,在18号楼3单元"),
        ("", ""),
    ],
)
def test_what_is_personal_is_masked(text, clean):
    """Phones in every usual spelling and citizen ids with a right check digit go; other numbers stay."""
    assert scrub(text, 2_000) == clean


def test_the_callers_own_name_is_masked():
    """A caller who introduces herself does not stand in the case."""
    assert scrub("我是王测试,王测试家楼下", 2_000, ("王测试",)) == f"我是{NAME_MASK},{NAME_MASK}家楼下"


def test_a_name_of_one_letter_is_not_looked_for():
    """It would eat the text."""
    assert scrub("王家巷", 2_000, ("王",)) == "王家巷"


def test_the_same_phone_has_the_same_token_however_it_is_written():
    """Full-width digits, spaces and a country code make no difference; another key makes all of it."""
    spellings = ["13800138000", "138 0013 8000", "+86 138-0013-8000", WIDE]
    tokens = {caller_token(KEY, Person(phone=phone), "12345/1") for phone in spellings}
    assert len(tokens) == 1
    assert caller_token(b"x" * 32, Person(phone="13800138000"), "12345/1") not in tokens


def test_a_caller_without_a_phone_is_known_by_the_report_only():
    """Two people of one name are not taken for one."""
    assert caller_token(KEY, Person(name="王测试"), "12345/1") != caller_token(
        KEY, Person(name="王测试"), "12345/2"
    )


def test_a_case_id_is_stable_and_readable():
    """The same report always gives the same id, the street can be read off it, and no letter looks like a digit."""
    first = case_id("140109004", "12345/140100-20261124-000123")
    assert first == case_id("140109004", "12345/140100-20261124-000123")
    assert first.startswith("140109004-")
    assert not set(first[10:]) & set("ILOU")
    assert first != case_id("140109003", "12345/140100-20261124-000123")
    assert len({case_id("140109004", f"12345/{n}") for n in range(20_000)}) == 20_000


def test_masks_never_make_a_text_too_long():
    """A mark is longer than a short name; a text full of names is cut, and says so."""
    text = scrub("王五" * 1_000, 2_000, ("王五",))
    assert len(text) == 2_000
    assert text.endswith("…")
    assert "王五" not in text
