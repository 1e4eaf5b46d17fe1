"""A mapping proposed for a file of an unknown format: by names like those of known formats and of the trade, and by what the values look like."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from io import BufferedReader
from itertools import islice
from typing import BinaryIO, Final, NamedTuple

import yaml

from pipeline.edge.sources import cell_tables, json_files, xml_files
from pipeline.edge.sources.files import begin_and_kind, inner_rows
from pipeline.edge.sources.json_files import WHOLE_BYTES_MAX, Row
from pipeline.edge.sources.mapping import SourceMapping, plain_name
from pipeline.edge.sources.text_encoding import BadFile, InUtf8
from pipeline.edge.sources.values import (
    LIMIT_TEXT,
    is_nothing,
    is_placeholder,
    moment,
    number,
    number_text,
    plain,
)
from schemas.errors import BadMessage
from schemas.values.terms import Source

ROWS_LOOKED_AT: Final = 200
_LIKE: Final[Mapping[str, str]] = {
    "order.repeat_of": r"(old|parent|origin\w*|relat\w*).?(order|case)?.?(no|num|number|code)$|(原|关联|重复)(工单|来件|案件)?(编号|单号|号)",
    "order.due_at": r"dead.?line|(办理|办结|处置|处理|答复|完成|要求).*(时限|期限)|截止(时间|日期)?",
    "order.limit": r"handle.?(days|limit)|(办理|办结|处置|处理)(天数|工作日)",
    "order.kind": r"(order|business|appeal).?type$|(工单|诉求|业务)类型",
    "source_no": r"(order|case|report|task|rec|event|alarm|work).?(no|num|number|code|id)$|编号|单号|案件号|流水号",
    "reported_at": r"(create|call|accept|report|receive|begin|alarm|register)\w*.?(time|at|date)|(受理|来电|创建|登记|上报|反映|发生|报警|派单).*(时间|日期)",
    "place.address": r"addr|place|location$|地址|地点|位置|详细位置",
    "text": r"content|desc|detail|remark|内容|描述|诉求(?!人)|详情",
    "category": r"categor|type.?name|class|subject|类别|分类|类型|大类|小类",
    "street": r"street|town|街道|街乡|乡镇|镇街",
    "caller.name": r"(caller|contact|appeal|citizen|reporter|person).*name|来电人$|联系人$|反映人|姓名|诉求人",
    "caller.phone": r"phone|mobile|tel|电话|手机|号码",
    "caller.secret": r"secret|保密",
    "urgency": r"urgen|level|light|priority|紧急|等级",
    "call_back": r"callback|isvisit|回访|回复.*(否|是)",
    "place.grid": r"grid|网格",
    "lon": r"^(lon|lng|longitude|.*_x|经度|x坐标)$",
    "lat": r"^(lat|latitude|.*_y|纬度|y坐标)$",
}
_PATTERNS: Final = {ours: re.compile(pattern, re.IGNORECASE) for ours, pattern in _LIKE.items()}
_PHONE: Final = re.compile(r"1[3-9][0-9]{9}(?:\.0)?|0[0-9]{2,3}-?[0-9]{7,8}")
_MOSTLY: Final = 0.7


class Proposal(NamedTuple):
    """Our fields with those of the sender's that look like them, those of which nobody knows what they are, and how it comes."""

    source: Source
    kind: str
    fields: dict[str, list[str]]
    unused: Sequence[str]
    kinds: Mapping[str, str] = {}
    unknown_kinds: Sequence[str] = ()

    def as_yaml(self) -> str:
        """A file of rules/sources; what is missing stands in it as a remark."""
        point = {name: self.fields[name][0] for name in ("lon", "lat") if name in self.fields}
        fields = {ours: theirs for ours, theirs in self.fields.items() if ours not in point}
        made_of: dict[str, object] = {
            ours: theirs[0] if len(theirs) == 1 else {"join": theirs} if ours == "text" else theirs
            for ours, theirs in fields.items()
        }
        if "order.kind" in made_of:
            made_of["order.kind"] = {"from": made_of["order.kind"], "table": dict(self.kinds)}
        if "order.limit" in made_of:
            made_of["order.limit_unit"] = {"default": "workdays"}
        table: dict[str, object] = {
            "name_zh": "待改名", "name_en": "to be renamed", "source": self.source.value, "formats": [self.kind],
            "zone": "Asia/Shanghai", "fields": made_of,
        }  # fmt: skip
        if len(point) == 2:
            table["point"] = point | {"is": "unknown"}
        lines = ["# Proposed by `enforcement sources guess`: check each line, then try it (docs/sources.md)."]
        lines += [f"# missing: {name}" for name in ("source_no", "reported_at") if name not in fields]
        if "order.limit" in fields:
            lines.append("# order.limit_unit: workdays where the values name no unit")
        if self.unknown_kinds:
            lines.append(f"# order.kind, not known: {', '.join(self.unknown_kinds)}")
        if self.unused:
            lines.append(f"# not used: {', '.join(self.unused)}")
        text = yaml.safe_dump(table, allow_unicode=True, sort_keys=False, width=140)
        return "\n".join((*lines, text))


def guessed(file: BinaryIO, source: Source, mappings: Sequence[SourceMapping]) -> Proposal:
    """The proposal for a file.

    Raises:
        BadFile: it cannot be read, or holds nothing that looks like records.
    """
    kind, records = _records(file)
    values: dict[str, list[object]] = {}
    for record in records:
        for name, value in _flat(record):
            if not is_nothing(value) and not is_placeholder(value):
                values.setdefault(name, []).append(value)
    if not values:
        raise BadFile("format_unknown", "FILE", "records with named fields")
    known, words = _known(mappings), _kinds(mappings)
    fields: dict[str, list[str]] = {}
    unused = []
    for name, found in values.items():
        ours = known.get(plain_name(name)) or _by_name(name) or _by_values(found)
        if ours == "order.due_at" and not _fits(ours, found):
            ours = "order.limit"
        if ours == "order.kind" and words.keys().isdisjoint(_texts(found)):
            ours = "category"
        if ours and _fits(ours, found):
            fields.setdefault(ours, []).append(name)
        else:
            unused.append(name)
    seen = {text for name in fields.get("order.kind", ()) for text in _texts(values[name])}
    known_words = {word: words[word] for word in sorted(seen) if word in words}
    return Proposal(source, kind, fields, unused, known_words, sorted(seen - words.keys()))


def _records(file: BinaryIO) -> tuple[str, list[Mapping[object, object]]]:
    begin, kind = begin_and_kind(file)
    if kind == "xlsx":
        return kind, _named(cell_tables.first_rows(begin + file.read(WHOLE_BYTES_MAX + 1)))
    stream = BufferedReader(InUtf8(begin, file))
    if kind == "csv":
        lines = (line.decode(errors="replace") for line in stream)
        return kind, _named(cell_tables.first_rows(lines))
    rows: Iterator[Row] = (
        xml_files.rows(stream, _is_some_record)
        if kind == "xml"
        else inner_rows(json_files.rows(stream), _is_some_record)
    )
    return kind, [row.record for row in islice(rows, ROWS_LOOKED_AT) if isinstance(row.record, Mapping)]


def _is_some_record(record: Mapping[str, object]) -> bool:
    """Several values that are no objects."""
    return sum(not isinstance(value, Mapping | list) for value in record.values()) > _FIELDS_MIN


def _named(rows: Iterator[cell_tables.Cells]) -> list[Mapping[object, object]]:
    """The rows below the first that is full of different texts: the header."""
    every = [*islice(rows, ROWS_LOOKED_AT)]
    width = max((sum(not is_nothing(cell) for cell in cells) for cells in every), default=0)
    for place, cells in enumerate(every):
        texts = {cell for cell in cells if isinstance(cell, str) and cell.strip()}
        if len(texts) >= max(2, width * _MOSTLY):
            below: list[Mapping[object, object]] = [
                dict(zip(map(str, cells), row, strict=False)) for row in every[place + 1 :]
            ]
            return below or [dict.fromkeys(map(str, cells), "?")]
    return []


def _flat(record: Mapping[object, object], before: str = "") -> Iterator[tuple[str, object]]:
    for name, value in record.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{before}{name}.")
        elif name:
            yield f"{before}{name}", value


def _known(mappings: Sequence[SourceMapping]) -> Mapping[str, str]:
    """What fields of known formats are ours, by plain name; the one that most formats agree on."""
    votes: dict[str, Counter[str]] = {}
    for mapping in mappings:
        for ours, rule in mapping.table.fields.items():
            for name in rule.names:
                votes.setdefault(plain_name(name), Counter())[ours] += 1
    return {name: count.most_common(1)[0][0] for name, count in votes.items()}


def _texts(values: Sequence[object]) -> set[str]:
    return {str(plain(value)).strip() for value in values}


def _kinds(mappings: Sequence[SourceMapping]) -> Mapping[str, str]:
    """The words for kinds of order that known formats have."""
    words: dict[str, str] = {}
    for mapping in mappings:
        rule = mapping.table.fields.get("order.kind")
        words |= dict(rule.table or {}) if rule else {}
    return words


def _by_name(name: str) -> str | None:
    last = name.rpartition(".")[2]
    return next((ours for ours, pattern in _PATTERNS.items() if pattern.search(last)), None)


def _by_values(values: Sequence[object]) -> str | None:
    """What most of the values look like: phones, times, degrees."""
    texts = [str(plain(value)) for value in values]
    if _share(_PHONE.fullmatch(text) is not None for text in texts) >= _MOSTLY:
        return "caller.phone"
    if _share(_is_time(value) for value in values) >= _MOSTLY:
        return "reported_at"
    for ours, low, high in (("lon", 73.0, 136.0), ("lat", 17.0, 54.0)):
        if _share("." in text and _is_between(text, low, high) for text in texts) >= _MOSTLY:
            return ours
    return None


def _fits(ours: str, values: Sequence[object]) -> bool:
    """Whether the values may be that: no time that is none, no phone without digits."""
    if ours in ("reported_at", "occurred_at", "order.due_at"):
        return _share(_is_time(value) for value in values) >= _MOSTLY
    if ours == "order.limit":
        return _share(_is_limit(value) for value in values) >= _MOSTLY
    if ours == "caller.phone":
        return _share(any(map(str.isdigit, str(value))) for value in values) >= _MOSTLY
    return True


def _share(answers: Iterator[bool]) -> float:
    found = [*answers]
    return sum(found) / len(found) if found else 0.0


def _is_limit(value: object) -> bool:
    text = number_text(plain(value))
    return text is not None and LIMIT_TEXT.fullmatch("".join(str(text).split())) is not None


def _is_time(value: object) -> bool:
    try:
        return len(str(value)) >= _TIME_LENGTH_MIN and bool(moment(value, None, "ms").value)
    except BadMessage:
        return False


def _is_between(text: str, low: float, high: float) -> bool:
    figure = number(text)
    return isinstance(figure, int | float) and low <= figure <= high


_FIELDS_MIN: Final = 2
_TIME_LENGTH_MIN: Final = 8
