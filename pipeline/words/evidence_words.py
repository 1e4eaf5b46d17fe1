"""Words of `enforcement evidence` in Chinese and English: kinds of evidence, findings, labels."""

from collections.abc import Mapping
from typing import Final

from pipeline.words.field_words import Both, Lang, both
from schemas.state.case import SetAside
from schemas.values.terms import EvidenceKind

KINDS: Final[Mapping[EvidenceKind, Both]] = {
    EvidenceKind.PHOTO: both("照片", "photo"),
    EvidenceKind.PHOTO_BEFORE: both("处置前照片", "photo before"),
    EvidenceKind.PHOTO_AFTER: both("处置后照片", "photo after"),
    EvidenceKind.BODYCAM: both("执法记录仪录像", "body-camera clip"),
    EvidenceKind.VIDEO: both("视频", "video"),
    EvidenceKind.DOCUMENT: both("文书", "document"),
}
FINDINGS: Final[Mapping[str, Both]] = {
    "item_changed": both(
        "第{number}项与链接不符：内容被改动或被替换",
        "item {number} is not what was linked: changed or exchanged",
    ),
    "item_removed": both(
        "第{number}项之前缺少一项或多项", "one item or more before item {number} is missing"
    ),
    "item_added": both("第{number}项不在链上：事后添加", "item {number} is not of the chain: it was added"),
    "item_reordered": both("第{number}项排在其前一项之前", "item {number} stands before the one it follows"),
    "head_wrong": both(
        "链尾 {about} 不是最后一项的链接", "the head {about} is not the link of the last item"
    ),
    "other_head": both(
        "链尾 {about} 与所给的不同：整条链可能被重做",
        "its head {about} is not the one given: the whole chain may have been made anew",
    ),
    "bundle_changed": both(
        "封印不符：文件在生成后被改动",
        "the seal does not fit: something in the file was changed since it was made",
    ),
    "file_changed": both(
        "第{number}项的文件 {about} 哈希不符", "item {number}: its file {about} has another hash"
    ),
}
"""By the code of the finding; items are numbered from 1, in file order."""

SET_ASIDE: Final[Mapping[str, Both]] = {
    "evidence_of_other_case": both(
        "不作本案证据：案件 {other} 已有此影像",
        "no evidence of this case: case {other} has the same photo or clip",
    ),
    "evidence_in_future": both(
        "时间晚于来件，不予采用：请核对相机时钟",
        "its time is after the report came in and counts for nothing: the camera's clock is wrong",
    ),
    "evidence_predates_case": both(
        "时间过早，不予采用：请核对相机时钟",
        "its time is too long before the report and counts for nothing: the camera's clock is wrong",
    ),
    "evidence_ends_before_begin": both(
        "结束早于开始，时间不予采用",
        "it ends before it begins, and its time counts for nothing",
    ),
}
"""Why evidence of a report is kept and proves nothing, by the code of its mark."""

_LABELS: Final[Mapping[str, Both]] = {
    "items": both("{size}项证据", "{size} items of evidence"),
    "head": both("链尾", "head"),
    "by": both("提交", "handed in by"),
    "entry": both("台账", "entry"),
    "reviewed": both("已审核", "reviewed"),
    "not_reviewed": both("审核未通过", "not passed in review"),
    "written": both("已写入 {file}: {size}项", "{file} is written: {size} items"),
    "check_it": both(
        "离线核验：enforcement evidence verify {file}", "check it: enforcement evidence verify {file}"
    ),
    "whole": both("{case}: {size}项，证据链完整", "{case}: {size} items, the chain is whole"),
    "broken": both("{case}: {size}项，发现{found}处问题", "{case}: {size} items, {found} findings"),
    "files": both("文件：{size}项中核对{found}项", "files: of {size} items {found} are there and as linked"),
    "compare": both("链尾须与他处记录的一致（--head）", "compare its head with one noted elsewhere (--head)"),
    "exists": both("{file} 已存在", "{file} is there already"),
    "other_file": both("请另取文件名", "name another file"),
    "cannot_write": both("无法写入 {file}: {why}", "{file} cannot be written: {why}"),
    "cannot_read": both("无法读取 {file}: {why}", "{file} cannot be read: {why}"),
    "name_file": both("请检查路径与权限", "check its path and who may use it"),
    "no_bundle": both("{file} 不是证据包（应为 {allowed}）", "{file} is no bundle; allowed: {allowed}"),
    "make_one": both(
        "用 enforcement evidence CASE --bundle FILE 生成", "make one: enforcement evidence CASE --bundle FILE"
    ),
    "shared_content": both(
        "案件 {case_id} 第{number}项与案件 {other_case} 第{other_number}项是同一影像",
        "item {number} of case {case_id} is the same photo or clip as item {other_number} of case {other_case}",
    ),
    "one_head": both("--head 只对应一个证据包", "--head is of one bundle"),
    "one_file": both("请逐个核验", "verify each by itself"),
    "disagrees": both("快照与台账的证据不一致：{why}", "snapshot and journal do not agree: {why}"),
    "audit": both("请勿使用，并立即核查存储", "do not rely on it; have the brokers' storage looked at"),
}


def evidence_label(name: str, lang: Lang, **values: object) -> str:
    """A sentence or a head of a column, filled in."""
    return _LABELS[name][lang].format(**values)


def set_aside_text(mark: SetAside, lang: Lang) -> str:
    """Why an item proves nothing, in words."""
    return SET_ASIDE[mark.code][lang].format(other=mark.case_id)


def finding_text(code: str, lang: Lang, number: int | None, about: str) -> str:
    """A finding in words."""
    return FINDINGS[code][lang].format(number=number, about=about)
