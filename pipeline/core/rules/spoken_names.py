"""Where a caller's name stands as a name. Many names are words as well (和平, 建设, 市民): in 市民广场 there is nobody's name.

One table each of what is said before a name, what after it, and of what makes a place of the same letters.
"""

import re
from collections.abc import Iterator
from typing import Final

_BEFORE: Final = re.compile(
    r"(?:我叫|名叫|叫做|我是|姓名|名字|联系人|来电人|报警人|投诉人|举报人|反映人|诉求人|求助人|申请人|当事人|报案人|机主|户主|本人)"
    r"(?:的姓名|姓名|名字|名)?(?:是|为|叫)?[\s:,、(\[\"“【〔]*\Z"
)
_AFTER: Final = re.compile(
    r"[\s,、:(\[【〔]{0,2}(?:"
    r"先生|女士|小姐|同志|师傅|阿姨|大爷|大妈|大姐|大哥|老师(?!傅)|本人"
    r"|(?:的|联系|手机|办公)?(?:电话(?!局|亭|公司|机)|手机(?!城|店|卖场|市场|维修|广场)|号码|微信|qq|身份证)"
    r"|联系方式|来电|致电|来信|反映|投诉(?!中心|站|箱|热线)|举报(?!中心|站|箱|热线)|诉求|诉称|表示|声称|称(?!重|量)"
    r"|说(?!明)|认为|要求|希望|请求|家(?=$|[楼门里中住附隔对旁前后的在,。;、\s])"
    r"|电话\]|证件号\]|微信\]|qq\]|邮箱\])"
)
_EDGE: Final = re.compile(r"\A|[,。;、:!?()\[\]【】〔〕\"“”\n]\Z")
_END: Final = re.compile(r"\s*(?:\Z|[,。;、!?()\[\]【】〔〕\"“”\n])")
_OF_A_PLACE: Final = re.compile(
    r"们|[大中小东西南北新老前后一二三四五]?(?:路|街|巷|弄|胡同|大道|里(?!面)|村|庄|镇|乡|区|县|桥|站|园|苑|院|宫|府井|门(?!口|前)"
    r"|广场|小区|社区|公园|大厦|大楼|商场|市场|超市|商城|酒店|宾馆|饭店|医院|学校|中学|小学|大学|银行|工地|工程|单位|公司"
    r"|服务|中心|之家|热线|局|厂|馆|店|楼|号)|\d"
)
"""Right after the same letters: they are part of a place's name or of a word."""

_SURNAMES: Final = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪"
    "范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪"
)
_INTRODUCING: Final = ("我叫", "名叫", "姓名", "联系人")
_INTRODUCED: Final = re.compile(
    rf"(?:{'|'.join(_INTRODUCING)})(?:是|为|叫)?[\s:：,，、]*"
    rf"([{''.join(sorted(_SURNAMES))}](?:先生|女士|小姐|同志|师傅|阿姨|大爷|大妈|[\u4e00-\u9fff]{{1,2}}))"
    r"(?=[\s,，。;；、:：()（）\[]|(?:的)?(?:联系)?(?:电话|手机|号码|微信|身份证)|\Z)"
)
_ENDS_A_PLACE: Final = frozenset("路街巷弄村庄镇乡区县市桥站园苑院门场城井店楼里馆局厂河湖山边道员")
_LOOKS_BACK: Final = 16
_PLAIN: Final = (
    {wide: chr(wide - 0xFEE0).lower() for wide in range(0xFF01, 0xFF5F)}
    | {ord(capital): capital.lower() for capital in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}
    | dict.fromkeys(map(ord, "•・‧∙⋅.．"), "·")
    | {0x3000: " "}
)
"""Each character as one: one width of marks and letters, one case, one dot between the parts of a name (阿依古丽·买买提)."""
_IS_WRITTEN_VARIOUSLY: Final = re.compile("[^\u3400-\u9fff]")
_PERSON_LETTERS: Final = 3
"""A surname and two more letters are hardly ever a word."""


def name_places(text: str, name: str) -> Iterator[tuple[int, int]]:
    """Where `name` stands in `text` as somebody's name: from the first to before the last character of each place.

    >>> list(name_places("和平路北口, 联系人和平", "和平"))
    [(10, 12)]
    """
    if len(name) == 1 or (name not in text and not _IS_WRITTEN_VARIOUSLY.search(name)):
        return
    text, name = text.translate(_PLAIN), name.translate(_PLAIN)
    start = text.find(name)
    while start >= 0:
        end = start + len(name)
        if _is_name(text, start, end):
            yield start, end
        else:
            end = start + 1
        start = text.find(name, end)


def introduced_names(text: str) -> Iterator[str]:
    """The names that a text introduces itself (联系人王女士,电话…): nobody else says them where a hotline passes on words alone.

    >>> list(introduced_names("请联系联系人王女士,电话13800000000"))
    ['王女士']
    >>> list(introduced_names("我叫车来拉走, 联系人不详"))
    []
    """
    if any(word in text for word in _INTRODUCING):  # hardly any text does, and each is asked
        for found in _INTRODUCED.finditer(text):
            yield found[1]


def is_plainly_a_person(name: str) -> bool:
    """Whether `name` can hardly be a word: a surname with two letters more that do not end a place's name."""
    return len(name) == _PERSON_LETTERS and name[0] in _SURNAMES and name[-1] not in _ENDS_A_PLACE


def _is_name(text: str, start: int, end: int) -> bool:
    name = text[start:end]
    introduced = _BEFORE.search(text, max(0, start - _LOOKS_BACK), start)
    if introduced and ":" in introduced.group():
        return True
    if name.isascii():
        beside = text[max(0, start - 1) : start] + text[end : end + 1]
        return not any(map(_is_latin if name.replace(" ", "").isalpha() else str.isalnum, beside))
    if _AFTER.match(text, end) or (introduced and is_plainly_a_person(name)):
        return True
    if _OF_A_PLACE.match(text, end):
        return False
    if introduced or is_plainly_a_person(name):
        return True
    return bool((start == 0 or _EDGE.search(text, start - 1, start)) and _END.match(text, end))


def _is_latin(character: str) -> bool:
    """Whether it goes on with a word in Latin letters: 张 beside Mike does not."""
    return character.isascii() and character.isalnum()
