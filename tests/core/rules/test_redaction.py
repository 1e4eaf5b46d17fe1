"""Personal data is taken out of free text; numbers that are none of anybody's stay."""

from random import Random

import pytest

from pipeline.audit.checks.privacy import personal_data
from pipeline.core.rules.identity import caller_token, case_id
from pipeline.core.rules.personal_numbers import (
    CARD_MASK,
    ID_MASK,
    MAIL_MASK,
    PHONE_MASK,
    QQ_MASK,
    WECHAT_MASK,
    personal_numbers,
)
from pipeline.core.rules.redaction import NAME_MASK, scrub
from schemas.inputs.report import Person

KEY = b"k" * 32
INVISIBLE = "\u200b"
WIDE = "13800138000".translate({ord(digit): ord(digit) - 0x30 + 0xFF10 for digit in "0123456789"})
"""The same phone in full-width digits."""


WRITINGS = {
    PHONE_MASK: (
        "13800138000",
        "138 0013 8000",
        "138-0013-8000",
        "138—0013—8000",
        "138_0013_8000",
        "138-0013-8000",
        "138.0013.8000",
        "138·0013·8000",
        "1 3 8 0 0 1 3 8 0 0 0",
        "138(0013)8000",
        "+86 13800138000",
        "+86-138-0013-8000",
        "008613800138000",
        "0086 138 0013 8000",
        "(+86)13800138000",
        "013800138000",
        WIDE,
        "13\u200b8001\u200d38000",
        "(0351)6123456",
        "(0351)6123456",
        "【0351】6123456",
        "0351-6123456",
        "0351—6123456",
        "0351-6123456",
        "0351.612.3456",
        "0351 612 3456",
        "03516123456",
        "037112345678",
        "+86 351 6123456",
        "86-351-6123456",
        "0351-6123456转801",
        "010-62345678-802",
        "400-123-4567",
        "400 1234 567",
        "4001234567",
        "一三八零零一三八零零零",
        "一三八 零零一三 八零零零",
        "138零零一三8000",
        "138ー0013ー8000",
        "138ㅡ0013ㅡ8000",
        "138  -  0013  -  8000",
        "138/0013/8000",
        "138、0013、8000",
        "138，0013，8000",
        "138*0013*8000",
        "1、3、8、0、0、1、3、8、0、0、0",
        "138001 38000",
        "13800 138-000",
        "（０３５１）６１２３４５６（转８０１）",
        "0351－6123456 EXT. 801",
        "+86 (351) 6123456",
        "+852 9123 4567",
        "00852-91234567",
        "+1 (415) 555-2671",
    ),
    ID_MASK: (
        "11010519491231002X",
        "11010519491231002x",
        "110105 19491231 002X",
        "1101 0519 4912 3100 2x",
        "110105491231002",
        "11010519491231002X",
    ),
    MAIL_MASK: (
        "a.b-c@qq.com",
        "abc@qq.com",
        "abc＠sina.com",
        "abc﹫sina.com",
        "ABC @ SINA . COM",
        "abc@sina。com",
    ),
    CARD_MASK: ("6228480402564890018", "6228 4804 0256 4890 018"),
}
"""By the mask that stands in its place."""

CITED = (
    ("电话6123456", f"电话{PHONE_MASK}"),
    ("座机:612-3456", f"座机:{PHONE_MASK}"),
    ("身份证号110105194912310021", f"身份证号{ID_MASK}"),
    ("微信:abc_123456", f"微信:{WECHAT_MASK}"),
    ("微信号wang1234", f"微信号{WECHAT_MASK}"),
    ("加vx wang-1234", f"加vx {WECHAT_MASK}"),
    ("wx:13800138000", f"wx:{WECHAT_MASK}"),
    ("微信：abc_123456", f"微信：{WECHAT_MASK}"),
    ("微信账号abc123456", f"微信账号{WECHAT_MASK}"),
    ("Ｗｅｉｘｉｎ：abc123456", f"Ｗｅｉｘｉｎ：{WECHAT_MASK}"),
    ("ＶＸ：ａｂｃｄｅｆ", f"ＶＸ：{WECHAT_MASK}"),
    ("加我V：abcdef", f"加我V：{WECHAT_MASK}"),
    ("＋Ｖ：abcdef", f"＋Ｖ：{WECHAT_MASK}"),
    ("薇：abcdef", f"薇：{WECHAT_MASK}"),
    ("QQ:12345678", f"QQ:{QQ_MASK}"),
    ("ＱＱ：12345", f"ＱＱ：{QQ_MASK}"),
    ("Q号12345", f"Q号{QQ_MASK}"),
    ("姓名某某，座机：６１２－３４５６", f"姓名某某，座机：{PHONE_MASK}"),
    ("卡号6222021234567890123", f"卡号{CARD_MASK}"),
)
"""Numbers that are somebody's by the word before them."""

NOBODYS = (
    "车牌晋A12345",
    "晋AD12345停在门口",
    "京A·F0123",
    "工单140100202611240001不是证件",
    "编号110105194912310021校验位不对",
    "井盖坏了,在18号楼3单元",
    "迎泽大街17-1号3单元1201室",
    "13、15、17、18、19号楼",
    "13 15 17 18 19 21号楼",
    "订单号13920261124",
    "罚款共13800138000元",
    "坐标112.5013812345,37.8813912345",
    "坐标131.12345678,45.12345678",
    "112.501234 37.881234",
    "网格140109001001001",
    "拨打12345热线",
    "1、3、5、7、9号楼，11、13、15号楼",
    "3号楼139 15 17单元",
    "桩号K12+345.678901",
    "一三五七九单元",
    "编号00123456789",
    "零下15度，气温+15",
    "车位V:12号",
    "微信支付12000元",
    "",
)


@pytest.mark.parametrize(
    ("mask", "written"), [(mask, written) for mask, all_ in WRITINGS.items() for written in all_]
)
def test_what_leads_to_a_person_is_masked_however_it_is_written(mask, written):
    """Alone, and between words; the words stay."""
    assert scrub(written, 2_000) == mask
    assert scrub(f"请打{written},谢谢", 2_000) == f"请打{mask},谢谢"


@pytest.mark.parametrize(("text", "clean"), CITED)
def test_a_number_called_a_phone_an_id_or_an_account_is_masked(text, clean):
    """Also what would be nobody's without that word."""
    assert scrub(text, 2_000) == clean


@pytest.mark.parametrize("text", NOBODYS)
def test_plates_addresses_orders_amounts_and_coordinates_stay(text):
    """They are the evidence, or nobody's."""
    assert scrub(text, 2_000) == text


@pytest.mark.parametrize("seed", range(4))
def test_the_look_in_advance_passes_nothing_over(seed):
    """Most texts are let through at one look, one with an invisible character never is: the whole search finds no more."""
    draw = Random(seed)
    letters = [
        *"0123456789一二三八〇138ー－-·.（）() 　\t:：@＠﹫ｗｘＶvQＱ微信q扣扣薇abcＡ。comＣ．+＋转\u200b①⑧²🄁"
    ]
    texts = [written for all_ in WRITINGS.values() for written in all_] + [text for text, _ in CITED]
    for _ in range(3_000):
        text = draw.choice(texts)
        for _ in range(draw.randint(0, 4)):
            place = draw.randint(0, len(text))
            text = text[:place] + draw.choice(letters) + text[place + draw.randint(0, 1) :]
        assert personal_numbers(text) == personal_numbers(text + INVISIBLE), text


@pytest.mark.parametrize("seed", range(8))
def test_of_generated_texts_without_a_person_nothing_is_masked(seed):
    """Nor does the auditor find anything in them."""
    draw = Random(seed)
    for _ in range(1_000):
        text = draw.choice(" ,、。").join(numbers_of_things(draw) for _ in range(3))
        assert scrub(text, 5_000) == text
        assert personal_data([text]) is None, text


def numbers_of_things(draw: Random) -> str:
    """A house, a case, an order, a date, an amount, a place, a grid or a plate."""
    day = f"2026{draw.randint(1, 12):02}{draw.randint(1, 28):02}"
    lon, lat = draw.uniform(73, 135), draw.uniform(18, 53)
    return draw.choice(
        (
            f"建设大街{draw.randint(1, 999)}号{draw.randint(1, 30)}号楼{draw.randint(101, 3302)}室",
            f"140109{draw.randint(1, 20):03}-F0834Q628T1FF",
            f"140100-{day}-{draw.randint(0, 999_999):06}",
            f"工单号{draw.randint(10**6, 10**20)}",
            f"G140109004-W00{draw.randint(100, 999)}-{day}-{draw.randint(0, 99_999):05}",
            f"{day[:4]}-{day[4:6]}-{day[6:]} {draw.randint(0, 23):02}:30:00",
            f"{draw.uniform(1, 10**8):.2f}元",
            f"{lon:.{draw.randint(4, 12)}f},{lat:.{draw.randint(4, 12)}f}",
            f"140109{draw.randint(1, 29):03}{draw.randint(1, 19):03}{draw.randint(1, 39):03}",
            f"1401092026{day[4:]}{draw.randint(0, 9_999):04}",
            f"晋A{draw.choice(('', 'D', 'F'))}{draw.randint(0, 99_999):05}",
        )
    )


@pytest.mark.parametrize(
    "written", [written for all_ in WRITINGS.values() for written in all_] + [text for text, _ in CITED]
)
def test_what_is_masked_is_clean_to_the_auditor(written):
    """Whose patterns are its own."""
    assert personal_data([scrub(f"请打{written},谢谢", 2_000)]) is None


@pytest.mark.parametrize(
    ("name", "text", "clean"),
    [
        ("市民", "市民广场东门", "市民广场东门"),
        ("和平", "和平路北口,联系人和平", f"和平路北口,联系人{NAME_MASK}"),
        ("建设", "建设工地有噪音,我是建设", f"建设工地有噪音,我是{NAME_MASK}"),
        ("市民", "我是市民广场的商户", "我是市民广场的商户"),
        ("解放", "解放大路3号，解放女士来电", f"解放大路3号，{NAME_MASK}女士来电"),
        ("王府", "王府井大街", "王府井大街"),
        ("和平", "和平家园3号楼", "和平家园3号楼"),
        ("和平", "和平 小区东门", "和平 小区东门"),
        ("张三", "张三 13800138000", f"{NAME_MASK} {PHONE_MASK}"),
        ("王测试", "我是王测试,王测试家楼下", f"我是{NAME_MASK},{NAME_MASK}家楼下"),
        ("王建国", "今天王建国看到", f"今天{NAME_MASK}看到"),
        ("王建国", "王建国路", "王建国路"),
        ("王芳", "姓名：王芳，性别女", f"姓名：{NAME_MASK}，性别女"),
        ("王芳", "来电人（王芳）称", f"来电人（{NAME_MASK}）称"),
        ("和平", "和平路北口，联系人：和平，３号楼", f"和平路北口，联系人：{NAME_MASK}，３号楼"),
        ("张伟", "有人占道。张伟，电话已留", f"有人占道。{NAME_MASK}，电话已留"),
        ("张伟", "去张伟大厦看看！", "去张伟大厦看看！"),
        ("Mike Li", "联系人MIKE LI反映", f"联系人{NAME_MASK}反映"),
        ("Ｍｉｋｅ", "mike反映", f"{NAME_MASK}反映"),
        ("阿依古丽·买买提", "阿依古丽•买买提反映", f"{NAME_MASK}反映"),
        ("B2", "停车场B2层", "停车场B2层"),
    ],
)
def test_a_name_goes_where_it_stands_as_a_name_and_a_word_stays(name, text, clean):
    """A name that is a word leaves places their names. Marks and letters have the width that people type, and it makes no difference."""
    assert scrub(text, 2_000, (name,)) == clean
    assert personal_data([clean], (name,)) is None


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("请处理。联系人吴阿姨,电话13800000000。", f"请处理。联系人{NAME_MASK},电话{PHONE_MASK}。"),
        ("我叫王建国，住三单元", f"我叫{NAME_MASK}，住三单元"),
        ("姓名：张某某", f"姓名：{NAME_MASK}"),
        ("我叫车来拉走了", "我叫车来拉走了"),
        ("联系人方式不详", "联系人方式不详"),
        ("姓名不愿透露,联系人未留", "姓名不愿透露,联系人未留"),
        ("本人严重不满,来电人方便,可上门", "本人严重不满,来电人方便,可上门"),
    ],
)
def test_a_name_that_the_text_alone_introduces_goes_too(text, clean):
    """A hotline that passes on words only names nobody in a field of its own."""
    assert scrub(text, 2_000) == clean


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
    text = scrub("王五," * 666, 2_000, ("王五",))
    assert len(text) == 2_000
    assert text.endswith("…")
    assert "王五" not in text
