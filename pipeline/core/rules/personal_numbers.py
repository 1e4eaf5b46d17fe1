"""Where in a text stand numbers that lead to a person: phones, citizens' ids, WeChat, QQ, mail, bank cards.

People write them in every way: full width, with marks of all kinds between, invisible characters among them, in Chinese digits.
So they are searched in a plain view of the text, of which each character knows where it came from. What looks alike and is
nobody's stays: plates (they are the evidence), house, case and order numbers, dates, amounts, coordinates.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Final, NamedTuple

PHONE_MASK: Final = "[电话]"
ID_MASK: Final = "[证件号]"
WECHAT_MASK: Final = "[微信]"
QQ_MASK: Final = "[QQ]"
MAIL_MASK: Final = "[邮箱]"
CARD_MASK: Final = "[银行卡]"

_CHINESE_DIGIT: Final = "〇零○一二三四五六七八九幺"
_SUSPECT: Final = re.compile(
    rf"(?:[\d{_CHINESE_DIGIT}][\W_]{{0,6}}){{7}}|[@微威薇扣鹅VvWwQq]"
    "|[^\\x00-\\x7f\u00b7\u2010-\u2026\u3000-\u3029\u4e00-\u9fff\uff01-\uff0f\uff1a-\uff1f]"
)
"""What any of them needs: seven digits, a letter of the words for WeChat, QQ and mail, or a character that is not the plain one of
its kind, as digits in circles and wide letters are. Most texts have none of it."""

_INVISIBLE: Final = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]"
)
_DASHES: Final = "‐‑‒–—―−﹣-─━➖ーㅡ"
_DOTS: Final = "·•・‧∙⋅."

_GAP: Final = r"[ \t_()\[\]-]{0,5}"
_ALONE: Final = r"(?<!\d)(?<!\d\.)"
"""No digit before it, and no fraction of a number."""

_ENDS: Final = r"(?!\d|\.\d| ?(?:元|万元|亿|平方|平米|立方|吨|公斤))"
_COUNTRY: Final = r"[(\[]?(?:\+|00|\+00)? ?86[)\]]?[ -]{0,2}"
_EXTENSION: Final = r"(?:[ ,(\[]{0,2}(?:转|分机|[Ee][Xx][Tt]\.?|[-#x])[ :号]{0,2}\d{1,6}(?!\d)[)\]]?)?"
_DATE: Final = r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_IS: Final = r"(?:号码|[账帐]?号|名|id)?[ \t:=是为,(\[\"“]{0,3}"

_MOBILE: Final = re.compile(
    rf"{_ALONE}(?:{_COUNTRY})?(?:\(0\)|0)?[(\[]?(?:"
    rf"1[3-9]\d{_GAP}\d{{4}}{_GAP}\d{{4}}"
    r"|1[3-9]\d(?P<mark>[./\\*~,:;|+、。…])\d{4}(?P=mark)\d{4}"
    r"|1(?P<each>[ .,、/_-])[3-9](?:(?P=each)\d){9}"
    r"|(?=1(?:[ -]?\d){10}(?![ -]?\d))1[3-9]\d{1,8}[ -]\d{1,8}(?:[ -]\d{2,8})?(?![ -]\d)"
    r"|1[3-9]\d-\d{3}-\d{5}"
    r"|1[3-9]\d \d{3} \d{5}|1[3-9]\d{2} \d{3} \d{4}|1[3-9]\d{2} \d{4} \d{3}"
    r"|1[3-9]\d(?: \d{2}){4}|1[3-9](?: \d{3}){3}"
    rf"){_ENDS}"
)
_AREA: Final = r"0(?:10|2\d|[3-9]\d{2})"
_LOCAL: Final = (
    rf"(?!{_DATE}(?!\d))[1-9](?:\d{{6,7}}|\d{{2,3}}[ ._-]\d{{4}}|\d{{2}}[ ._-]\d{{2}}[ ._-]\d{{2}})"
)
_LANDLINE: Final = re.compile(
    rf"{_ALONE}(?:{_COUNTRY})?[(\[]?{_AREA}[)\]]?[ \t/._-]{{0,3}}{_LOCAL}(?!\d)(?!\.\d){_EXTENSION}"
    rf"|{_ALONE}(?:(?:\+|00)86[ -]?|86-)(?:\(0\))?[(\[]?(?:10|2\d|[3-9]\d{{2}})[)\]]?[ -]?{_LOCAL}(?!\d){_EXTENSION}"
    rf"|(?:电话|座机|固话|宅电|传真|致电|回电|拨打|联系方式|[Tt][Ee][Ll]|[Pp]hone)\.?{_IS}(?P<local>{_LOCAL}(?!\d)(?!\.\d){_EXTENSION})"
)
_SERVICE: Final = re.compile(
    rf"{_ALONE}[48]00[ ._-]?(?:\d{{3}}[ ._-]?\d{{4}}|\d{{4}}[ ._-]?\d{{3}}|\d[ ._-]\d{{3}}[ ._-]\d{{3}}){_ENDS}{_EXTENSION}"
)
_ABROAD: Final = re.compile(
    r"(?<![0-9A-Za-z+])(?:\+(?! ?86)[1-9]\d{0,2}|00(?:852|853|886))(?=(?:[ ()-]{0,3}\d){7})(?:[ -]?\(?\d{1,4}\)?){2,5}(?!\d|\.\d)"
)
_SPOKEN: Final = rf"[\d{_CHINESE_DIGIT}]"
_CHINESE_PHONE: Final = re.compile(
    rf"(?<!{_SPOKEN})(?=[\d -]{{0,22}}[{_CHINESE_DIGIT}])"
    rf"(?:[1一幺][ -]?[3-9三四五六七八九](?:[ -]?{_SPOKEN}){{9}}|[0〇零○](?:[ -]?{_SPOKEN}){{9,11}})(?!{_SPOKEN})"
)
"""As somebody dictates it, or types it to get by."""

_CITIZEN: Final = re.compile(r"(?<!\d)(?=(\d(?:[ ._-]?\d){16}[ ._-]?[\dXx×ХⅩ](?!\d)))")
_OLD_CITIZEN: Final = re.compile(r"(?<!\d)(\d{6}[ -]?\d{6}[ -]?\d{3})(?!\d)")
_CITED_ID: Final = re.compile(
    rf"(?:身份证|证件|护照|通行证){_IS}(?P<id>[A-Za-z]{{1,2}}\d{{7,9}}|\d(?:[ ._-]?\d){{16}}[ ._-]?[\dXx×Х](?!\d)|\d(?:[ ._-]?\d){{14}}(?!\d))"
)
_CARD: Final = re.compile(r"(?<!\d)(62\d{2}(?:[ -]?\d{4}){3}(?:[ -]?\d{1,3})?)(?!\d)")
_CITED_CARD: Final = re.compile(
    rf"(?:银行卡|卡号|储蓄卡|信用卡|工资卡){_IS}(?P<card>\d(?:[ -]?\d){{11,18}})(?!\d)"
)
_WECHAT: Final = re.compile(
    r"(?P<whole>wxid_[a-z0-9]{4,})"
    r"|(?:微信|威信|薇信|weixin|wechat|(?<![a-z0-9-])(?:wx|vx|v信|v(?=:))|[加+]我?的? ?v|[薇微](?=:))(?:同号)?"
    rf"{_IS}(?P<name>[a-z][a-z0-9_-]{{5,19}}(?![a-z0-9])|(?!{_DATE}(?!\d))[1-9]\d{{4,10}}(?!\d| ?[元年]))",
    re.IGNORECASE,
)
_QQ: Final = re.compile(
    rf"(?:(?<![A-Za-z])[Qq](?: ?[Qq]|(?=号|:))|扣扣|企鹅)群?{_IS}(?P<name>[1-9](?: ?\d){{4,10}})(?!\d)"
)
_MAIL: Final = re.compile(
    r"[A-Za-z0-9][A-Za-z0-9._%+-]{0,63} ?@ ?[A-Za-z0-9-]{1,63}"
    r"(?:(?:\.[A-Za-z0-9-]{1,63})*\.[A-Za-z]{2,}| ?[.。] ?(?:com|cn|net|org|COM|CN|NET|ORG)(?:\.cn)?(?![A-Za-z]))"
)
_OTHER_NUMBER: Final = re.compile(
    r"(?:工单|订单|单据|案件|来件|受理|流水|登记|发票|运单|快递|文书|合同|编|单|案|文)(?:编号|编码|号码|单号|号)(?:是|为)?[ :#№]{0,2}[A-Za-z-]{0,4}$"
)
"""Before a number it says that this is the number of a thing."""

_LOOKS_BACK: Final = 14
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK: Final = "10X98765432"
_PROVINCES: Final = frozenset(
    f"{first}{second}"
    for first, seconds in zip("123456", ("1-5", "1-3", "1-7", "1-6", "0-4", "1-5"), strict=True)
    for second in range(int(seconds[0]), int(seconds[2]) + 1)
) | {"71", "81", "82", "83"}
"""What a citizen's id begins with (GB/T 2260)."""

_BORN_LAST: Final = 2019
"""Of a later birth an id is only taken for one where it is called one: order numbers, too, hold an area and a date."""

_OLD_BORN_FIRST: Final = 30
"""Ids of 15 digits have no check digit; before 1930 they are grid codes."""


class Found(NamedTuple):
    """Characters `start` to before `end` of the text, and the mask that says what was there."""

    start: int
    end: int
    mask: str


def personal_numbers(text: str) -> list[Found]:
    """What in `text` leads to a person, from the first to the last, none within another.

    >>> personal_numbers("请回(0351)612-3456转8,车牌晋A12345")
    [Found(start=2, end=17, mask='[电话]')]
    """
    if not _SUSPECT.search(text):
        return []
    view, places = _plain(text)
    taken: list[Found] = []
    for found in chain.from_iterable(search(view) for search in _SEARCHES):
        if all(found.end <= other.start or other.end <= found.start for other in taken):
            taken.append(found)
    return [Found(places(found.start), places(found.end - 1) + 1, found.mask) for found in sorted(taken)]


class _PlainCharacters(dict[int, str]):
    """A character as the plain one that it stands for: digits and letters of any width, all dashes, dots and spaces."""

    def __missing__(self, code: int) -> str:
        character = chr(code)
        self[code] = plain = _plain_character(character)
        return plain


def _plain_character(character: str) -> str:
    if character in _DASHES or unicodedata.category(character) == "Pd":
        return "-"
    if character in _DOTS:
        return "."
    if unicodedata.category(character) == "Zs":
        return " "
    if character in "【〔[":
        return "["
    if character in "】〕]":
        return "]"
    digit = unicodedata.digit(character, None)
    if digit is not None:
        return str(digit)
    normal = unicodedata.normalize("NFKC", character)
    return normal if len(normal) == 1 else character


_PLAIN: Final = _PlainCharacters()


def _plain(text: str) -> tuple[str, Callable[[int], int]]:
    """The plain view, without what is invisible, and where in the text a character of it stands."""
    if not _INVISIBLE.search(text):
        return text.translate(_PLAIN), lambda place: place
    kept = [place for place, character in enumerate(text) if not _INVISIBLE.match(character)]
    return "".join(text[place] for place in kept).translate(_PLAIN), kept.__getitem__


def _mails(view: str) -> Iterator[Found]:
    return (Found(*match.span(), MAIL_MASK) for match in _MAIL.finditer(view))


def _contacts(view: str) -> Iterator[Found]:
    for match in _WECHAT.finditer(view):
        yield Found(*match.span("whole" if match.group("whole") else "name"), WECHAT_MASK)
    for match in _QQ.finditer(view):
        yield Found(*match.span("name"), QQ_MASK)


def _ids(view: str) -> Iterator[Found]:
    for match in _CITED_ID.finditer(view):
        yield Found(*match.span("id"), ID_MASK)
    for match in _CITIZEN.finditer(view):
        if _is_citizen_id(_without_marks(match.group(1))):
            yield Found(*match.span(1), ID_MASK)
    for match in _OLD_CITIZEN.finditer(view):
        if _is_old_citizen_id(_without_marks(match.group(1))) and not _is_other_number(view, match.start()):
            yield Found(*match.span(1), ID_MASK)


def _cards(view: str) -> Iterator[Found]:
    for match in _CITED_CARD.finditer(view):
        yield Found(*match.span("card"), CARD_MASK)
    for match in _CARD.finditer(view):
        digits = _without_marks(match.group(1))
        if _is_card(digits) and not _is_other_number(view, match.start()):
            yield Found(*match.span(1), CARD_MASK)


def _phones(view: str) -> Iterator[Found]:
    for pattern in (_MOBILE, _SERVICE, _LANDLINE, _ABROAD):
        for match in pattern.finditer(view):
            span = match.span("local") if match.groupdict().get("local") else match.span()
            if not _is_other_number(view, span[0]):
                yield Found(*span, PHONE_MASK)
    for match in _CHINESE_PHONE.finditer(view):
        yield Found(*match.span(), PHONE_MASK)


_SEARCHES: Final = (_mails, _ids, _cards, _contacts, _phones)
"""Where two find the same, the earlier one names it."""


def _is_other_number(view: str, start: int) -> bool:
    return _OTHER_NUMBER.search(view, max(0, start - _LOOKS_BACK), start) is not None


def _without_marks(number: str) -> str:
    return re.sub("[×ХⅩ]", "X", re.sub(r"[ ._-]", "", number)).upper()


def _is_citizen_id(number: str) -> bool:  # GB 11643: the last digit checks the others
    if number[:2] not in _PROVINCES or not re.match(_DATE, number[6:14]) or int(number[6:10]) > _BORN_LAST:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], _WEIGHTS, strict=True))
    return _CHECK[total % 11] == number[17]


def _is_old_citizen_id(number: str) -> bool:
    born = number[6:12]
    return (
        number[:2] in _PROVINCES and int(born[:2]) >= _OLD_BORN_FIRST and bool(re.match(_DATE, f"19{born}"))
    )


def _is_card(digits: str) -> bool:
    """By its check digit (ISO/IEC 7812); an area and a date make it an order number."""
    if re.match(_DATE, digits[6:14]):
        return False
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0
