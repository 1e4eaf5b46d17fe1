"""What each code of a malformed message means and what its sender does about it, in Chinese and English.

Only the codes of `BadMessage`: what a well-formed message is refused for is said where it is decided (the core's
refusals). Codes are stable: one may be added, none is renamed or given another meaning.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple


class Explained(NamedTuple):
    """A code in words: what was wrong, and what to do."""

    zh: str
    en: str
    do_zh: str
    do_en: str


CODES: Final[Mapping[str, Explained]] = {
    # the record
    "empty": Explained(
        "空报文", "A record without a value", "推送内容,不推空值", "Push a message, not nothing"
    ),
    "too_large": Explained(
        "报文超过字节上限",
        "More bytes than a message may have",
        "缩短文字,附件只传地址与哈希",
        "Shorten the text; evidence travels as address and hash",
    ),
    "wrong_key": Explained(
        "记录无键,或键与街道不符",
        "The record has no key, or one that is not the street of the message",
        "以九位街道代码为键;操作取案件编号前九位",
        "Use the 9-digit street code as key; for an action the first 9 digits of the case id",
    ),
    "wrong_partition": Explained(
        "记录不在该街道的分区,由系统转入应在分区",
        "The record is not in its street's partition; the pipeline moves it there",
        "分区须为键的 murmur2:librdkafka 设 partitioner=murmur2_random,勿自选分区",
        "The partition is murmur2 of the key: with librdkafka set partitioner=murmur2_random; choose none yourself",
    ),
    "too_many_headers": Explained("记录头过多", "Too many headers", "减少记录头", "Send fewer headers"),
    "header_too_long": Explained("记录头过长", "A header is too long", "缩短记录头", "Shorten the header"),
    "wrong_specversion": Explained(
        "不是 CloudEvents 1.0",
        "Not CloudEvents 1.0",
        "specversion 填 1.0,或不用信封",
        "Say specversion 1.0, or push plain JSON",
    ),
    "wrong_type_name": Explained(
        "CloudEvents 类型与主题不符",
        "The CloudEvents type is not that of this topic",
        "改用提示的类型,或改推对应主题",
        "Use the type that is allowed here, or push to its topic",
    ),
    "batch": Explained(
        "一条记录中有多个事件",
        "Several events in one record",
        "每个事件单独推送一条记录",
        "Push each event as a record of its own",
    ),
    # its JSON
    "broken_json": Explained(
        "不是合法的 UTF-8 JSON",
        "Not JSON in UTF-8",
        "用标准库生成 JSON,UTF-8 编码、无 BOM",
        "Write it with a JSON library, in UTF-8 without BOM",
    ),
    "broken_text": Explained(
        "不是 UTF-8 文本", "Not text in UTF-8", "转为 UTF-8 后再推送", "Convert it to UTF-8 and push again"
    ),
    "nested_too_deep": Explained(
        "嵌套过深", "Nested too deep", "按接口的层级组织", "Keep to the contract's shape"
    ),
    "too_many_faults": Explained(
        "错误过多,不再逐一列出",
        "Too many faults to list",
        "对照接口文档检查整条报文",
        "Check the whole message against the contract",
    ),
    # its fields
    "field_missing": Explained("缺少必填字段", "A required field is missing", "补充该字段", "Add the field"),
    "unknown_field": Explained(
        "接口中没有的字段",
        "A field that the contract does not have",
        "核对字段名的拼写,或去掉该字段",
        "Check its spelling, or leave it out",
    ),
    "wrong_type": Explained(
        "字段类型不符", "Another type is expected", "按提示的类型填写", "Give the type that is allowed"
    ),
    "not_allowed": Explained(
        "不在允许的取值之内",
        "Not one of the allowed values",
        "从提示的取值中选一个",
        "Use one of those that are",
    ),
    "wrong_source": Explained(
        "来源与所用通道不符",
        "The report names another source than the one it is pushed for",
        "改用对应的来源,或去掉该字段",
        "Push it for its own source, or leave the field out",
    ),
    "wrong_format": Explained(
        "格式不符",
        "Not in the format of this field",
        "按提示的格式填写",
        "Follow the pattern that is allowed",
    ),
    "out_of_range": Explained(
        "数值超出范围",
        "The number is out of range",
        "核对单位与范围,经纬度勿颠倒",
        "Check unit and range; longitude and latitude may be swapped",
    ),
    "not_a_number": Explained(
        "不是有限数值", "Not a finite number", "去掉 NaN 与无穷大", "Send neither NaN nor infinity"
    ),
    "number_rounded": Explained(
        "编号成了小数或科学计数,尾数可能已丢失",
        "The number came as a decimal, as spreadsheets write long ones: its last digits may be lost",
        "把编号列设为文本,从原系统重新导出",
        "Format its column as text, and export it anew from where it came",
    ),
    "placeholder": Explained(
        "必填项中是占位内容(无、不详、-、null、0、1970-01-01、空文件的哈希)",
        "A required field holds what stands for no value (null, -, 0, 1970-01-01, the hash of an empty file)",
        "填写真实的编号、时间或哈希;非必填项无内容可留空",
        "Give the number, time or hash itself; an optional field may be left empty",
    ),
    "too_long": Explained("文字过长", "The text is too long", "缩短到提示的字数", "Shorten it to the limit"),
    "too_short": Explained(
        "文字过短", "The text is too short", "填写内容,或去掉该字段", "Fill it in or leave it out"
    ),
    "too_many": Explained("项数过多", "Too many items", "减少到提示的项数", "Send no more than the limit"),
    "too_few": Explained("项数过少", "Too few items", "补足项数", "Send at least as many as the limit"),
    "control_character": Explained(
        "含控制字符",
        "Control characters in a text",
        "只保留可见字符、换行与制表符",
        "Keep to visible characters, newline and tab",
    ),
    "combining_marks": Explained(
        "叠加符号过多", "Too many combining marks", "去掉叠加符号", "Remove the piled-up marks"
    ),
    # its times
    "wrong_time": Explained(
        "时间格式不符", "Not a time", "按 RFC 3339 填写,秒为 00–59", "Write RFC 3339, seconds 00 to 59"
    ),
    "naive_time": Explained(
        "时间没有时区", "A time without its offset", "补上时区,如 +08:00", "Add the offset, such as +08:00"
    ),
    "time_out_of_range": Explained(
        "时间不在 2000–2100 年之内", "Not in the years 2000 to 2100", "核对时钟", "Check the clock"
    ),
    # ours
    "internal_error": Explained(
        "系统内部错误",
        "An error of the pipeline",
        "无需重推,值班人员会处理",
        "Do not push again: people look at it",
    ),
}


def as_markdown() -> str:
    """The table for people, in the order above."""
    lines = [
        "# Codes of malformed messages 报文错误代码",
        "",
        "A message that cannot be understood becomes a dead letter and is answered by a receipt with one of these codes,",
        "the field, and what is allowed. Made by `python -m schemas.publish`: do not edit.",
        "",
        "| code | meaning | what to do |",
        "|---|---|---|",
    ]
    lines += [
        f"| `{code}` | {meaning.zh}<br>{meaning.en} | {meaning.do_zh}<br>{meaning.do_en} |"
        for code, meaning in CODES.items()
    ]
    return "\n".join(lines) + "\n"
