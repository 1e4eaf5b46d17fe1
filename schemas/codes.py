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
        "空报文", "A record without a value", "推送内容，不推空值", "Push a message, not nothing"
    ),
    "too_large": Explained(
        "报文超过字节上限",
        "More bytes than a message may have",
        "缩短文字，附件只传地址与哈希",
        "Shorten the text; evidence travels as address and hash",
    ),
    "wrong_key": Explained(
        "记录无键，或键与街道不符",
        "The record has no key, or one that is not the street of the message",
        "以九位街道代码为键；操作取案件编号前九位",
        "Use the 9-digit street code as key; for an action the first 9 digits of the case id",
    ),
    "wrong_partition": Explained(
        "记录不在该街道的分区，由系统转入应在分区",
        "The record is not in its street's partition; the pipeline moves it there",
        "分区须为键的 murmur2:librdkafka 设 partitioner=murmur2_random，勿自选分区",
        "The partition is murmur2 of the key: with librdkafka set partitioner=murmur2_random; choose none yourself",
    ),
    "too_many_headers": Explained("记录头过多", "Too many headers", "减少记录头", "Send fewer headers"),
    "header_too_long": Explained("记录头过长", "A header is too long", "缩短记录头", "Shorten the header"),
    "wrong_specversion": Explained(
        "不是 CloudEvents 1.0",
        "Not CloudEvents 1.0",
        "specversion 填 1.0，或不用信封",
        "Say specversion 1.0, or push plain JSON",
    ),
    "wrong_type_name": Explained(
        "CloudEvents 类型与主题不符",
        "The CloudEvents type is not that of this topic",
        "改用提示的类型，或改推对应主题",
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
        "错误过多，不再逐一列出",
        "Too many faults to list",
        "对照接口文档检查整条报文",
        "Check the whole message against the contract",
    ),
    # its fields
    "field_missing": Explained("缺少必填字段", "A required field is missing", "补充该字段", "Add the field"),
    "unknown_field": Explained(
        "接口中没有的字段",
        "A field that the contract does not have",
        "核对字段名的拼写，或去掉该字段",
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
        "改用对应的来源，或去掉该字段",
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
        "核对单位与范围，经纬度勿颠倒",
        "Check unit and range; longitude and latitude may be swapped",
    ),
    "not_a_number": Explained(
        "不是有限数值", "Not a finite number", "去掉 NaN 与无穷大", "Send neither NaN nor infinity"
    ),
    "number_rounded": Explained(
        "编号成了小数或科学计数，尾数可能已丢失",
        "The number came as a decimal, as spreadsheets write long ones: its last digits may be lost",
        "把编号列设为文本，从原系统重新导出",
        "Format its column as text, and export it anew from where it came",
    ),
    "placeholder": Explained(
        "必填项中是占位内容（无、不详、-、null、0、1970-01-01、空文件的哈希）",
        "A required field holds what stands for no value (null, -, 0, 1970-01-01, the hash of an empty file)",
        "填写真实的编号、时间或哈希；非必填项无内容可留空",
        "Give the number, time or hash itself; an optional field may be left empty",
    ),
    "too_long": Explained("文字过长", "The text is too long", "缩短到提示的字数", "Shorten it to the limit"),
    "too_short": Explained(
        "文字过短", "The text is too short", "填写内容，或去掉该字段", "Fill it in or leave it out"
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
        "时间格式不符", "Not a time", "按 RFC 3339 填写，秒为 00–59", "Write RFC 3339, seconds 00 to 59"
    ),
    "naive_time": Explained(
        "时间没有时区", "A time without its offset", "补上时区，如 +08:00", "Add the offset, such as +08:00"
    ),
    "time_out_of_range": Explained(
        "时间不在 2000–2100 年之内", "Not in the years 2000 to 2100", "核对时钟", "Check the clock"
    ),
    # a file of a sender's own format
    "format_unknown": Explained(
        "认不出文件格式",
        "In no format that is known",
        "用 enforcement sources guess 生成映射，或用 --as 指明格式",
        "Make a mapping with enforcement sources guess, or name the format with --as",
    ),
    "broken_quotes": Explained(
        "CSV 引号未闭合",
        "Quotes of a CSV row are not closed",
        "补上引号后重推该行",
        "Close them and push the row again",
    ),
    "cells_shifted": Explained(
        "单元格多于表头",
        "More cells than the header has",
        "含分隔符的内容加引号后重推该行",
        "Put quotes around a text that holds the delimiter, and push the row again",
    ),
    "broken_xml": Explained(
        "不是合法的 XML", "Not well-formed XML", "用标准库生成 XML", "Write it with an XML library"
    ),
    "xml_declares": Explained(
        "XML 声明了实体或文档类型",
        "The XML declares entities or a document type",
        "去掉 DOCTYPE 与 ENTITY 声明",
        "Leave DOCTYPE and ENTITY declarations out",
    ),
    "broken_workbook": Explained(
        "不是可读的 Excel 文件",
        "Not a workbook that can be read",
        "另存为不带密码的 xlsx 或 CSV",
        "Save it as xlsx without a password, or as CSV",
    ),
    "street_unknown": Explained(
        "不能确定所属街道",
        "It cannot be told which street it is of",
        "填写街道名称或代码，或在地址中写明街道",
        "Give the street's name or code, or an address that names it",
    ),
    "crs_unknown": Explained(
        "坐标系不明，且别无地点",
        "The coordinate system is unknown, and nothing else says where",
        "注明坐标系，或补充地址",
        "Say the coordinate system, or give an address",
    ),
    # ours
    "wrong_number": Explained(
        "编号与原报文不同",
        "Another number than the original has",
        "沿用原报文的编号：换号会重复立案",
        "Keep the number of the original: under another one its caller would have two cases",
    ),
    "unknown_letter": Explained(
        "该分区没有此死信",
        "There is no such dead letter in this partition",
        "用 enforcement dead-letters list 核对编号",
        "Look its id up: enforcement dead-letters list --all",
    ),
    "internal_error": Explained(
        "系统内部错误",
        "An error of the pipeline",
        "无需重推，值班人员会处理",
        "Do not push again: people look at it",
    ),
}


class Noted(NamedTuple):
    """A note in words: what had to be understood of a row."""

    zh: str
    en: str


NOTES: Final[Mapping[str, Noted]] = {
    "encoding": Noted("文件编码", "The encoding of the file"),
    "delimiter": Noted("CSV 分隔符", "The delimiter of the CSV"),
    "sheet": Noted("取自工作表", "The sheet that was read"),
    "placeholder": Noted("占位内容，已略去", "A placeholder: left out"),
    "unknown_word": Noted("不识别的用词，已略去", "An unknown word: left out"),
    "number_rounded": Noted("号码被表格舍入，已略去", "Rounded by a spreadsheet: left out"),
    "several_phones": Noted("有多个号码，取第一个", "Several phones: the first counts"),
    "epoch_unit": Noted("时间为 1970 年起的秒或毫秒", "A time in seconds or milliseconds since 1970"),
    "excel_serial": Noted("时间为 Excel 日期序号", "A time as a spreadsheet's number of days"),
    "day_only": Noted("只有日期，按零点计", "A day without a time: its midnight"),
    "day_end": Noted("时限只有日期，按当日末计", "A deadline without a time: the end of its day"),
    "order_unread": Noted(
        "热线时限或原工单号无法识别，已略去",
        "The hotline's deadline, or the number of the order that it repeats, cannot be read: left out",
    ),
    "time_stands_in": Noted("没有来电时间，按此字段计", "No time of the report: that of this field counts"),
    "time_by_number": Noted(
        "没有时间，按编号中的日期零点计", "No time: the midnight of the day in its number counts"
    ),
    "mercator": Noted("坐标由墨卡托米换算为度", "Metres of a Mercator, converted to degrees"),
    "lonlat_swapped": Noted("经纬度颠倒，已对调", "Longitude and latitude were swapped"),
    "crs_unknown": Noted("坐标系不明，坐标已略去", "The coordinate system is unknown: the point is left out"),
    "crs_likely": Noted(
        "按所在街道和地址推断的坐标系，未采用坐标，请在映射中写明",
        "The system that its street and address speak for, first; the point is left out: say it in the mapping",
    ),
    "crs_doubtful": Noted(
        "坐标与地址或辖区不符，换一坐标系则相符，请核对",
        "In the system that is named the point is outside, or far from its address; in another it is not: check it",
    ),
    "point_incomplete": Noted("坐标不全，已略去", "Half a point: left out"),
    "place_unknown": Noted(
        "没有地点，只有文字：指挥中心将核实", "Nothing but the text may say where: the centre will ask"
    ),
    "street_by_address": Noted("街道取自地址", "The street is that of the address"),
    "street_by_text": Noted("街道取自内容中的地点", "The street is that of the place in the text"),
    "street_by_point": Noted("街道取自坐标", "The street is that of the point"),
    "street_default": Noted("街道取映射的默认值", "The street is the mapping's default"),
    "matter_unknown": Noted(
        "没有事项代码，按内容和来源分类识别",
        "No matter of ours is named; it will be recognised by its text and the sender's category",
    ),
    "evidence_unhashed": Noted(
        "附件没有哈希，未能下载的不采用，并请补交",
        "An attachment without its hash: left out unless it is fetched, and asked for again",
    ),
    "evidence_fetched": Noted("附件已下载并计算哈希", "An attachment was fetched, and hashed"),
    "evidence_unfetched": Noted("附件未能下载", "An attachment could not be fetched"),
    "model_asked": Noted(
        "已询问模型，附上其排序", "The deployment's model was asked; its ranking goes along"
    ),
    "model_silent": Noted(
        "模型没有可用的答复，按规则识别", "The model gave no answer of use: recognised by the rules"
    ),
    "fields_unread": Noted(
        "此格式没有的字段，未采用，请在映射中写明",
        "Fields that this format does not know: left out; write them into the mapping",
    ),
    "urged": Noted("催办", "It is asked for again"),
    "changed": Noted("内容有变", "It has changed"),
    "withdrawn": Noted("来源已撤回，作为撤销推送", "Withdrawn by its sender: pushed as a withdrawal"),
}
"""What a row of a sender's own format is noted for (`enforcement sources try`)."""


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
    lines += [
        "",
        "## Notes 读取说明",
        "",
        "What had to be understood of a row in a sender's own format: [sources.md](sources.md).",
        "",
    ]
    lines += ["| code | meaning |", "|---|---|"]
    lines += [f"| `{code}` | {note.zh}<br>{note.en} |" for code, note in NOTES.items()]
    return "\n".join(lines) + "\n"
