"""I18: no phone number, citizen's id, account, mail address or card, no caller's name said as one and no planted canary in
anything but the inputs and the callers, and there of nobody who was forgotten; no door of a secret order. Plates, house and order numbers, dates, amounts and coordinates are nobody's."""

import re
import unicodedata
from array import array
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Final

import msgspec

from pipeline.audit.checks.check_context import CheckContext
from pipeline.audit.findings import Invariant
from pipeline.audit.log.entry_join import Join, JoinedEntry
from pipeline.audit.log.partition_log import AuditRecord
from pipeline.audit.model.fold import Touched
from schemas import topics
from schemas.errors import BadMessage
from schemas.inputs import intake
from schemas.inputs.report import Report
from schemas.journal.events import CaseOpened, ReportMerged
from schemas.journal.update_events import ReportUpdated
from schemas.outputs import Forgotten
from schemas.state.case import Facts
from schemas.wire import codecs

_FREE: Final = r"(?<![0-9A-Za-z])(?<![0-9]\.)"
"""Digits within a run of letters and digits, such as a hash or an id, and those of a fraction, are no number of a person."""

_END: Final = r"(?![0-9A-Za-z]|\.[0-9]| ?元)"
_MARK: Final = r"[ ()\[\]-]{0,2}"
_ABROAD: Final = rf"(?:[(\[]?(?:\+|00)?86{_MARK})?"
_MOBILE: Final = re.compile(
    rf"(?:{_FREE}|(?<=[Tt][Ee][Ll])){_ABROAD}0?1[3-9][0-9](?:{_MARK}[0-9]{{4}}{_MARK}[0-9]{{4}}|\.[0-9]{{4}}\.[0-9]{{4}}){_END}"
)
_DIGIT_BY_DIGIT: Final = re.compile(rf"{_FREE}1([ .-])[3-9](?:\1[0-9]){{9}}{_END}")
_LOCAL: Final = (
    r"(?!20[0-9]{2}[01][0-9][0-3][0-9](?![0-9]))[2-8][0-9]{2,3}[ .-]?[0-9]{4}(?![0-9A-Za-z]|\.[0-9])"
)
_LANDLINE: Final = re.compile(
    rf"(?<![0-9A-Za-z-])(?<![0-9]\.)(?:[(\[]?(?:\+|00)86{_MARK})?[(\[]?0(?:10|2[0-9]|[3-9][0-9]{{2}})[)\]]?[ .-]{{0,2}}{_LOCAL}"
)
_CALLED: Final = re.compile(rf"(?:电话|座机|固话|回电|致电)(?:号码)?[:是为 ]{{0,3}}{_LOCAL}")
_SERVICE: Final = re.compile(
    rf"(?<![0-9A-Za-z-])(?<![0-9]\.)[48]00[ .-]?(?:[0-9]{{3}}[ .-]?[0-9]{{4}}|[0-9]{{4}}[ .-]?[0-9]{{3}}){_END}"
)
_THING: Final = re.compile(
    r"(?:工单|订单|案件|来件|受理|流水|发票|运单|编|单|案)(?:编号|号码|单号|号)[: 是为]{0,2}[A-Za-z-]{0,4}\Z"
)
"""The number after it is that of a thing."""

_CITIZEN: Final = re.compile(r"(?<![0-9A-Za-z])[1-8][0-9](?:[ -]?[0-9]){15}[ -]?[0-9Xx](?![0-9A-Za-z])")
_OLD_CITIZEN: Final = re.compile(
    r"(?<![0-9A-Za-z-])[1-6][0-9]{5} ?[3-9][0-9](?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01]) ?[0-9]{3}(?![0-9A-Za-z-])"
)
_CALLED_ID: Final = re.compile(r"身份证(?:号码|号)?[:是为 ]{0,3}(?:[0-9]{17}[0-9Xx]|[0-9]{15})(?![0-9])")
_ACCOUNT: Final = re.compile(
    r"(?:微信号?|(?<![A-Za-z0-9-])[wv]x号?)[:是为 ]{0,3}(?:[a-z][a-z0-9_-]{5,19}|1[3-9][0-9]{9}|[1-9][0-9]{5,8})(?![a-z0-9])"
    r"|(?<![a-z0-9])qq号?[:是为 ]{0,3}[1-9][0-9]{4,10}(?![0-9])",
    re.IGNORECASE,
)
_MAIL: Final = re.compile(r"[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}")
_CARD: Final = re.compile(r"(?:银行卡|卡号)(?:号码|号)?[:是为 ]{0,3}[0-9](?:[ -]?[0-9]){14,18}(?![0-9])")
_INVISIBLE: Final = re.compile("[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]")
_PLAIN_MARKS: Final = str.maketrans("‐‑‒–—―−·•【】〔〕", "-------..[][]")
_WEIGHTS: Final = tuple(pow(2, 17 - place, 11) for place in range(17))
_CHECKS: Final = "10X98765432"
_BIRTH: Final = re.compile(r"(?:19[0-9]{2}|20[01][0-9])(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])")

_SAID_BEFORE: Final = re.compile(r"(?:我叫|姓名|联系人|来电人|投诉人|举报人|反映人)[是为: ]{0,2}\Z")
_SAID_AFTER: Final = re.compile(
    r" ?(?:先生|女士|同志|师傅|阿姨|来电|反映|说(?!明)|称(?![重量])|的?电话(?!局|亭|公司|机)|\[电话\]|家楼下|家门口)"
)
_PLACE_AFTER: Final = re.compile(
    "们|[0-9]|[东西南北中前后]?(?:[路街巷弄村庄镇县区桥站园苑院门局厂馆店楼号]|胡同|广场|小区|社区|公园|大[街道厦楼]"
    "|超市|市场|商[场城]|[酒饭]店|宾馆|医院|学校|[中小大]学|银行|工[地程]|单位|公司|服务|中心|热线)"
)
_LOOK_BACK: Final = 16
_DOOR: Final = re.compile(
    r"(?<![0-9月])[0-9]{1,4}(?:-[0-9]{1,4})*(?:号(?!线|令|文)(?:院|楼)?|[栋幢座]|单元|层|室)"
    r"|(?<=[街路巷])[0-9]{1,4}(?:-[0-9]{1,4})*$"
)
"""A house, a building, a floor or a room by its number."""

_SEGMENT_MS: Final = 3_600_000
"""`segment.ms` of `callers.v1`."""
_COMPACTION_MS: Final = 2 * 86_400_000
"""Twice its `max.compaction.lag.ms`."""
_UNCOMPACTED: Final = "an older value under the token of somebody forgotten waits for compaction"
_KNOWN_TEXTS_MAX: Final = 20_000
"""Texts of which it is remembered what they hold."""


class Privacy:
    """Looks at every byte that an entry wrote."""

    def __init__(self, context: CheckContext) -> None:
        self._context = context
        self._canaries = [text.encode() for text in context.setup.canaries]

    def check_entry(self, joined: JoinedEntry, touched_cases: Sequence[Touched]) -> None:
        """An entry."""
        names = tuple(_names(joined.input))
        for record in (
            joined.record,
            *(output.record for outputs in joined.outputs.values() for output in outputs),
        ):
            self._look(record, names)
        report = _report(joined.input)
        if report is not None and report.caller is not None and report.caller.secret:
            self._look_for_place(joined, report)

    def _look_for_place(self, joined: JoinedEntry, report: Report) -> None:
        """A case that a secret order opens, and all that is told of it, holds neither its doors nor its point; what joins another's
        case is kept so, too.
        """
        number = f"{report.source.value}/{report.source_no}"
        doors = [said.encode() for said in (report.place.address, report.text) if _DOOR.search(said)]
        holds = self._context.findings.holds
        for event in joined.entry.events:
            if isinstance(event, ReportUpdated):
                is_coarse = not any(_DOOR.search(said) for said in (event.said, event.text or ""))
                holds("secret_place", is_coarse, joined.place, event.case_id, number=number)
            if not isinstance(event, CaseOpened | ReportMerged):
                continue
            facts = event.facts if isinstance(event, CaseOpened) else event.report.facts
            is_coarse = facts is not None and facts.secret and not _tells_where(facts, report)
            holds("secret_place", is_coarse, joined.place, event.case_id, number=number)
            if isinstance(event, CaseOpened):
                for output in (one for outputs in joined.outputs.values() for one in outputs):
                    told = any(door in (output.record.value or b"") for door in doors)
                    holds("secret_place", not told, output.record.place, event.case_id, number=number)

    def end(self, join: Join) -> None:
        """Nothing is left to check."""

    def _look(self, record: AuditRecord, names: Sequence[str]) -> None:
        parts = (record.value or b"", record.key or b"", *(content or b"" for _, content in record.headers))
        has_canary = any(canary in part for canary in self._canaries for part in parts)
        texts: dict[str, None] = {}
        for part in parts:
            _gather(part, texts)
        kind = "a planted text" if has_canary else personal_data(texts, names)
        self._context.findings.holds("personal_data", kind is None, record.place, None, what=kind)


class Erasures:
    """Whoever was forgotten is forgotten: behind each `Forgotten` of `callers.v1` the token has a record without a value, and nothing
    that came before stands here, once compaction has had its time. Fed the topic's records in order.
    """

    def __init__(self, context: CheckContext) -> None:
        self._findings = context.findings
        self._is_timed = context.setup.skew_s is not None
        self._values: dict[str, list[tuple[AuditRecord, datetime]]] = {}
        self._deleted: dict[str, int] = {}
        self._marks: dict[str, tuple[Forgotten, AuditRecord]] = {}
        self._times: array[int] = array("q")

    def is_forgotten(self, token: str) -> bool:
        """Whether somebody had it erased, and said why."""
        return token in self._marks

    def look(self, record: AuditRecord) -> None:
        """The next record of `callers.v1`."""
        self._times.append(record.timestamp_ms)
        token = (record.key or b"").decode(errors="replace")
        if record.value is None:
            self._deleted[token] = record.offset
            return
        try:
            held = codecs.CALLER.decode_as_published(record.value)
        except BadMessage:
            return  # a check of its own
        if isinstance(held, Forgotten):
            self._marks[held.token] = (held, record)
        else:
            self._values.setdefault(token, []).append((record, held.at))

    def end(self) -> None:
        """Nothing more is to be read."""
        for token, (mark, marked) in self._marks.items():
            what = personal_data((mark.why, mark.by))
            self._findings.holds("forgotten_said", what is None, marked.place, None, token=token, what=what)
            deleted = self._deleted.get(token, -1)
            is_over = self._is_compacted(marked.timestamp_ms)
            for value, at in self._values.get(token, ()):
                said = {"token": token, "at": mark.at}
                if value.offset < marked.offset and (is_over or deleted < value.offset):
                    self._findings.holds("forgotten_kept", False, value.place, None, **said)
                elif value.offset < marked.offset:
                    self._findings.skip((Invariant.I18,), _UNCOMPACTED)
                else:
                    is_new = at > mark.at or deleted > value.offset
                    self._findings.holds("forgotten_again", is_new, value.place, None, **said)

    def _is_compacted(self, since_ms: int) -> bool:
        """Whether compaction has had its time for what was written then: its segment was closed by a later record, and the lag is over.

        A topic to which nothing is written closes no segment, and is not compacted.
        """
        closed = next((time for time in self._times if time >= since_ms + _SEGMENT_MS), None)
        return self._is_timed and closed is not None and max(self._times) > closed + _COMPACTION_MS


def personal_data(texts: Iterable[str], names: Sequence[str] = ()) -> str | None:
    """A kind of personal data that stands in `texts`, never the data itself. `names` count only where they stand as names."""
    if any(_is_said(text, name) for name in names for text in texts):
        return "a caller's name"
    return next((kind for text in texts if (kind := _kind_of(text)) is not None), None)


@lru_cache(_KNOWN_TEXTS_MAX)
def _kind_of(text: str) -> str | None:
    """The first kind that one text holds. Most texts stand in many records: names of fields, codes, all that a snapshot repeats."""
    text = unicodedata.normalize("NFKC", _INVISIBLE.sub("", text)).translate(_PLAIN_MARKS)
    if any(_numbers_of_people(text)):
        return "a phone number"
    if _CALLED_ID.search(text) or any(_ids_of_people(text)):
        return "a citizen's id number"
    if _ACCOUNT.search(text):
        return "a WeChat or QQ account"
    if _MAIL.search(text):
        return "a mail address"
    return "a bank card's number" if _CARD.search(text) else None


def _gather(content: bytes, texts: dict[str, None]) -> None:
    """Add the texts and whole numbers of a record, fractions and addresses of content left out; what is no JSON is one text."""
    try:
        _gather_within(msgspec.json.decode(content), texts)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        texts[content.decode(errors="replace")] = None


def _gather_within(value: object, texts: dict[str, None]) -> None:
    if isinstance(value, str):
        if "://" not in value:
            texts[value] = None
    elif isinstance(value, dict):
        for name, part in value.items():
            texts[name] = None
            _gather_within(part, texts)
    elif isinstance(value, list):
        for part in value:
            _gather_within(part, texts)
    elif isinstance(value, int):
        texts[str(value)] = None


def _numbers_of_people(text: str) -> Iterator[str]:
    """Phones, but for the numbers of things."""
    for pattern in (_MOBILE, _DIGIT_BY_DIGIT, _LANDLINE, _SERVICE, _CALLED):
        yield from (match.group() for match in pattern.finditer(text) if not _is_of_a_thing(match))


def _ids_of_people(text: str) -> Iterator[str]:
    """Of 18 digits by their check digit; of 15, which have none, but for the numbers of things."""
    yield from filter(_is_citizen_id, _CITIZEN.findall(text))
    yield from (match.group() for match in _OLD_CITIZEN.finditer(text) if not _is_of_a_thing(match))


def _is_of_a_thing(match: re.Match[str]) -> bool:
    return _THING.search(match.string, max(0, match.start() - _LOOK_BACK), match.start()) is not None


def _is_citizen_id(number: str) -> bool:
    """By its check digit (GB 11643), and a birthday that can be one."""
    digits = re.sub("[ -]", "", number).upper()
    if not _BIRTH.match(digits[6:14]):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=False))
    return _CHECKS[total % 11] == digits[17]


def _is_said(text: str, name: str) -> bool:
    """Whether `name` stands in `text` as somebody's name: introduced as one, or before a title, a phone, or what was said."""
    if name not in text:
        return False
    text, name = unicodedata.normalize("NFKC", text), unicodedata.normalize("NFKC", name)
    for match in re.finditer(re.escape(name), text):
        if _SAID_AFTER.match(text, match.end()):
            return True
        introduced = _SAID_BEFORE.search(text, max(0, match.start() - _LOOK_BACK), match.start())
        if introduced and (":" in introduced.group() or not _PLACE_AFTER.match(text, match.end())):
            return True
    return False


def _said_in(facts: Facts) -> Iterator[str]:
    yield facts.place.address
    yield facts.text
    yield from facts.geocode.words if facts.geocode else ()


def _tells_where(facts: Facts, report: Report) -> bool:
    """Whether the case says a door, or is where the report says to the metre: three decimals of a degree are a hundred metres."""
    if any(_DOOR.search(said) for said in _said_in(facts)):
        return True
    kept, said = facts.place.point, report.place.point
    if kept is None or said is None:
        return False
    return any(
        there == told and round(told, 3) != told
        for there, told in ((kept.lon, said.lon), (kept.lat, said.lat))
    )


def _report(record: AuditRecord | None) -> Report | None:
    if record is None or record.topic != topics.REPORTS:
        return None
    try:
        return intake.read_report(record.key, record.headers, record.value)
    except BadMessage:
        return None


def _names(record: AuditRecord | None) -> Iterator[str]:
    """The caller's name, if the input says one that is not part of every other text: not one character, not plain Latin."""
    report = _report(record)
    caller = report.caller if report else None
    if caller is not None and caller.name and len(caller.name) > 1 and not caller.name.isascii():
        yield caller.name
