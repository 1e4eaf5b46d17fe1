"""What the help of `enforcement act` is made of: words of options and actions, and what is the same whatever the action."""

from collections.abc import Mapping
from typing import Final, NamedTuple, TypeVar

from pipeline.words import field_words, penalty_words, request_words
from pipeline.words.field_words import Both, Lang, both
from schemas.values.terms import Role, Term

T = TypeVar("T", bound=Term)


class OptionWords(NamedTuple):
    """The help of an option; `spelled` where it is not the field's own name, `metavar` where TEXT says too little."""

    zh: str
    en: str
    spelled: str = ""
    metavar: str = ""

    def says(self, lang: Lang) -> str:
        """The help in one language."""
        return self.zh if lang is Lang.ZH else self.en


class ActionWords(NamedTuple):
    """An action: its Chinese name, who does it where `--role` is not given, a sentence, command lines that can be typed, the help
    of its options by field, and what else is to be known."""

    name_zh: str
    role: Role
    zh: str
    en: str
    examples: tuple[str, ...]
    options: Mapping[str, OptionWords] = {}
    more_zh: str = ""
    more_en: str = ""


STANDARD_OPTIONS: Final[Mapping[str, OptionWords]] = {
    "note": OptionWords("补充说明", "What else is to be said."),
    "evidence": OptionWords(
        "证据：照片、视频或文书文件本身（另给 --kind），或列出各项证据的 .json 文件；可多次给出",
        "Evidence: the photo, clip or document itself (with --kind), or a .json file that lists items. May be given several times.",
        metavar="FILE",
    ),
    "facts": OptionWords(
        "该步骤的依据：一个对象", "What the step rests on: one object.", metavar="FILE.json"
    ),
    "fact": OptionWords(
        "单项依据，补充文件所列；可多次给出，列表用逗号",
        "One of the facts, beside those of the file. May be given several times; lists with commas.",
        metavar="NAME=VALUE",
    ),
    "point": OptionWords(
        "地点，如 112.50,37.88,WGS84", "Where, such as 112.50,37.88,WGS84.", metavar="LON,LAT,CRS"
    ),
}
"""Words of fields that mean the same in every action; `fact` is one of the `facts`."""

EVIDENCE_KIND: Final = OptionWords(
    "上述证据文件的种类，每个文件一个，依次对应；散列值、时间（EXIF 或文件时间）和大小自动取得；指定文书写作 document：名称",
    "What the evidence's file is, one for each, in their order; its hash, time (EXIF's or the file's) and size are read from it; a "
    "particular paper as document:NAME",
)
"""Words of `--kind`, beside `--evidence`."""

COMMON_OPTIONS: Final[Mapping[str, OptionWords]] = {
    "actor": OptionWords("办理人：编号，如 W0931", "Who acts: an id, such as W0931."),
    "team": OptionWords("所代表的队伍或岗位", "The team or post acted for."),
    "street": OptionWords(
        "办理人所在街道；他街道的案件则拒绝",
        "The street that who acts belongs to; another street's case is refused.",
        metavar="CODE",
    ),
    "role": OptionWords("以何身份", "In what capacity."),
    "expect_version": OptionWords(
        "案件已超过此版本则拒绝", "Refuse if the case has moved on from this version."
    ),
    "acted_at": OptionWords("办理时间，RFC 3339；默认为当前", "When it was done, RFC 3339; default: now."),
    "action_id": OptionWords(
        "本次办理的编号，供重推；默认新编", "Of this action, to push it again; default: a new one."
    ),
    "timeout_s": OptionWords("等待回执的时间", "How long to wait for the receipt."),
}
"""Words of the options that every action has, by parameter."""


DRAFT_OPTIONS: Final[Mapping[str, OptionWords]] = {
    "draft": OptionWords("只显示答复草稿，不发送", "Show the draft and send nothing."),
    "edit": OptionWords(
        "在编辑器（EDITOR）中修改草稿，保存后发送；不保存则不发送",
        "Change the draft in the editor (EDITOR): what is saved is sent, unsaved nothing is.",
    ),
    "text_file": OptionWords(
        "从文件读取答复正文（UTF-8），代替 --text",
        "Read the text for the caller from a file in UTF-8, in place of --text.",
    ),
    "rules": OptionWords(
        "草稿所依据的规则目录；默认为 ENFORCEMENT_RULES_DIR，其次为本项目的规则",
        "The rules that make the draft; default: ENFORCEMENT_RULES_DIR, else those of this project.",
    ),
}
"""Words of the options by which the draft of an answer is seen and changed."""


def _by_code(words: Mapping[T, Both]) -> Mapping[str, Both]:
    return {term.value: both for term, both in words.items()}


DESIGNATED: Final = OptionWords("指定承办，不得退单", "That team may not return it (指定).")
"""Words of the field in a dispatch, and in a decision that dispatches."""

CHOICE_WORDS: Final[Mapping[str, Mapping[str, Both]]] = {
    "Source": _by_code(field_words.SOURCES),
    "ReturnReason": _by_code(field_words.RETURNS),
    "SuspensionReason": _by_code(field_words.SUSPENSIONS),
    "ExtensionReason": _by_code(field_words.EXTENSIONS),
    "RejectReason": _by_code(field_words.REJECTIONS),
    "VoidReason": _by_code(field_words.VOIDINGS),
    "DeclineReason": _by_code(field_words.DECLINES),
    "SupervisionReason": _by_code(field_words.SUPERVISIONS),
    "HardReason": _by_code(field_words.HARD_REASONS),
    "DemeritKind": _by_code(request_words.DEMERITS),
    "AppealReason": _by_code(request_words.APPEALS),
    "RequestKind": _by_code(field_words.REQUESTS),
    "JointStatus": _by_code(field_words.JOINT_STATUSES),
    "PenaltyStep": _by_code(penalty_words.PENALTY_STEPS),
    "MeasureKind": _by_code(penalty_words.MEASURE_KINDS),
    "MeasureStep": _by_code(penalty_words.MEASURE_STEPS),
    "PartyKind": _by_code(penalty_words.PARTIES),
    "InspectionResult": _by_code(penalty_words.INSPECTIONS),
    "InsteadGround": _by_code(penalty_words.INSTEAD_GROUNDS),
    "CostState": _by_code(penalty_words.COST_STATES),
    "ServiceWay": _by_code(penalty_words.SERVICES),
    "ContactWay": _by_code(field_words.WAYS),
    "UnsolvedCause": _by_code(field_words.CAUSES),
    "AnswerFinding": _by_code(field_words.FINDINGS),
}
"""Words of the codes that an option may have, by closed list."""

HELP_LABELS: Final[Mapping[str, Both]] = {
    "example": both("示例：", "Example:"),
    "at_most": both("至多{limit}项", "at most {limit}"),
    "at_most_characters": both("至多{limit}字", "at most {limit} characters"),
    "facts_of_steps": both("各步骤的依据：", "Facts of each step:"),
    "facts_of_lists": both("取自清单：", "Out of a list:"),
    "facts_yes_or_no": both("true 或 false:", "true or false:"),
}
"""Heads and limits, by name."""


def help_label(name: str, lang: Lang, **values: object) -> str:
    """One of `HELP_LABELS`, filled in."""
    return HELP_LABELS[name][lang].format(**values)
