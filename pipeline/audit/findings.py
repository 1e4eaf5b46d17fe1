"""What an audit found: how much each invariant was checked, what was not checked and why, and each violation.

The invariants by number, with what they promise; the sentence of each finding is in `sentences`.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple

from pipeline.audit.log.checkpoint import Checkpoint
from pipeline.audit.log.partition_log import AuditRecord, LogPlace
from pipeline.audit.model.crossing.hop_account import HopAccount
from pipeline.audit.model.crossing.move_account import MoveAccount
from pipeline.audit.model.letter_account import LetterAccount
from pipeline.audit.sentences import SENTENCES
from pipeline.words.field_words import to_second

KEPT_MAX: Final = 200
"""So many findings of an invariant are kept word for word; the rest is only counted."""


class Invariant(StrEnum):
    """T: about the log itself; I: about what stands in it."""

    T0 = "T0"
    T1 = "T1"
    T2 = "T2"
    T3 = "T3"
    T4 = "T4"
    T5 = "T5"
    T6 = "T6"
    T7 = "T7"
    I1 = "I1"
    I2 = "I2"
    I3 = "I3"
    I4 = "I4"
    I5 = "I5"
    I6 = "I6"
    I7 = "I7"
    I8 = "I8"
    I9 = "I9"
    I10 = "I10"
    I11 = "I11"
    I12 = "I12"
    I13 = "I13"
    I14 = "I14"
    I15 = "I15"
    I16 = "I16"
    I17 = "I17"
    I18 = "I18"
    I19 = "I19"
    I20 = "I20"
    I21 = "I21"


MEANINGS: Final[Mapping[Invariant, tuple[str, str]]] = {
    Invariant.T0: ("no transaction hangs", "没有悬挂的事务"),
    Invariant.T1: ("nothing aborted is visible", "已回滚的内容不可见"),
    Invariant.T2: ("one value per offset, whoever reads", "每个偏移只有一个值"),
    Invariant.T3: ("what was acknowledged is in the log", "已确认接收的都在日志中"),
    Invariant.T4: ("no entry id twice", "台账编号不重复"),
    Invariant.T5: ("inputs are decided in their order", "按输入顺序处理"),
    Invariant.T6: ("a transaction is all or nothing", "事务要么全有要么全无"),
    Invariant.T7: ("the log goes on from where it was seen", "日志自上次所见之处延续"),
    Invariant.I1: (
        "nothing lost: one entry per input, one outcome each",
        "不丢失：每条输入一条台账、一个结果",
    ),
    Invariant.I2: ("nothing invented: each entry has its cause", "不虚构：每条台账都有来由"),
    Invariant.I3: (
        "one case per report number, the first answer again",
        "同一来件号只立一案，重复来件得同一回执",
    ),
    Invariant.I4: ("every move is legal, by whom it may be made", "每步流转合法，且由有权者作出"),
    Invariant.I5: ("the first in the log wins", "先到先得，过期版本不予受理"),
    Invariant.I6: ("one holder of a task", "一项任务只有一个责任方"),
    Invariant.I7: ("what a team sees is the truth", "队伍所见即实情"),
    Invariant.I8: ("every deadline is right to the second", "每个时限精确到秒"),
    Invariant.I9: ("a deadline moves only for a reason", "时限非因法定事由不变"),
    Invariant.I10: ("a timer fires once, not early, not late", "定时器只触发一次，不早不漏"),
    Invariant.I11: ("time does not run back", "时间不倒流"),
    Invariant.I12: ("the loop is closed, no case forgotten", "闭环：件件有答复，案案有人管"),
    Invariant.I13: ("outputs follow from the journal", "输出都由台账导出"),
    Invariant.I14: ("the same inputs give the same bytes again", "重放逐字节一致"),
    Invariant.I15: ("a snapshot is the fold of the journal", "快照等于台账的累积"),
    Invariant.I16: ("reports and cases add up", "收支平衡：来件与案件数相符"),
    Invariant.I17: ("every record is answered", "有报必复"),
    Invariant.I18: ("personal data stays where it belongs", "个人信息不外泄"),
    Invariant.I19: ("a photo or clip proves one case", "一份影像只证明一案"),
    Invariant.I20: ("a device is with one person at a time", "一件装备同时只由一人领用"),
    Invariant.I21: (
        "whoever acts is there and certified, and the camera theirs",
        "办案者在岗持证，所用记录仪由其领用",
    ),
}


_INVARIANT_OF: Final = {code: Invariant(sentence.invariant) for code, sentence in SENTENCES.items()}


class Finding(NamedTuple):
    """One violation. The code never changes; `en` and `zh` say the same, with `words` filled in."""

    invariant: Invariant
    code: str
    place: LogPlace
    case_id: str | None
    en: str
    zh: str
    words: Mapping[str, object]

    def as_dict(self) -> dict[str, object]:
        """As JSON shows it."""
        topic, partition, offset = self.place
        return {
            "invariant": self.invariant.value,
            "code": self.code,
            "topic": topic,
            "partition": partition,
            "offset": offset,
            "case_id": self.case_id,
            "en": self.en,
            "zh": self.zh,
        }


def _shown(word: object) -> object:
    """Instants as people read them: in the street's zone, with the offset."""
    return to_second(word) if isinstance(word, datetime) else word


class Findings:
    """Fed by the checks of one partition, or summed up over several."""

    def __init__(self) -> None:
        """Nothing was checked yet."""
        self.checked: Counter[Invariant] = Counter()
        self.violated: Counter[Invariant] = Counter()
        self.kept: list[Finding] = []
        self.skipped: Counter[tuple[Invariant, str]] = Counter()
        """How many checks of an invariant were left out, by reason."""
        self.not_checked: Counter[str] = Counter()
        """How many entries were not measured or not decided again for want of their rules or code, by reason."""
        self.lacking_rules: Counter[str] = Counter()
        """How many entries were decided by rules that are not at hand, by the version of these."""
        self.records: Counter[str] = Counter()
        """Records read, by topic."""
        self.numbers: Counter[str] = Counter()
        """What else was counted, such as reports that wait to be decided."""
        self.late_s: list[int] = []
        """How late each timer fired, in seconds."""
        self.checkpoints: dict[int, Checkpoint] = {}
        """By partition, how far all of it was seen; none where only a part was read."""
        self.hops: Final = HopAccount()
        """Records that were forwarded from one partition to another."""
        self.moves: Final = MoveAccount()
        """Reports of cases that were moved from one street to another."""
        self.letters: Final = LetterAccount()
        """What became of the dead letters."""

    def holds(
        self, code: str, is_so: object, place: LogPlace, case_id: str | None = None, **words: object
    ) -> bool:
        """Count a check of the invariant that `code` belongs to; where it does not hold, keep the finding."""
        invariant = _INVARIANT_OF[code]
        self.checked[invariant] += 1
        if is_so:
            return True
        self.violated[invariant] += 1
        if sum(finding.invariant is invariant for finding in self.kept) < KEPT_MAX:
            shown = {name: _shown(word) for name, word in words.items()}
            en, zh = (text.format(**shown) for text in (SENTENCES[code].en, SENTENCES[code].zh))
            self.kept.append(Finding(invariant, code, place, case_id, en, zh, words))
        return False

    def skip(self, invariants: Iterable[Invariant], reason: str, count: int = 1) -> None:
        """So many checks were not made, and why."""
        for invariant in invariants:
            self.skipped[invariant, reason] += count

    def waits(self, record: AuditRecord) -> None:
        """An input record that no entry decides yet."""
        self.hops.waits(record)
        self.moves.waits(record)

    def add(self, other: "Findings") -> None:
        """What another partition's audit found, too."""
        self.checked.update(other.checked)
        self.violated.update(other.violated)
        self.records.update(other.records)
        self.numbers.update(other.numbers)
        self.skipped.update(other.skipped)
        self.not_checked.update(other.not_checked)
        self.lacking_rules.update(other.lacking_rules)
        self.kept += other.kept
        self.late_s += other.late_s
        self.checkpoints.update(other.checkpoints)
        self.hops.add(other.hops)
        self.moves.add(other.moves)
        self.letters.add(other.letters)

    def reasons(self, invariant: Invariant) -> list[str]:
        """Why some checks of it were not made."""
        return sorted({reason for (skipped, reason), _ in self.skipped.items() if skipped is invariant})
