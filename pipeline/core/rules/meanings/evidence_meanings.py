"""What is wrong with evidence that is handed in."""

from collections.abc import Mapping
from typing import Final

from pipeline.core.rules.meanings.report_meanings import Meaning

EVIDENCE_MEANINGS: Final[Mapping[str, Meaning]] = {
    "evidence_missing": Meaning(
        "缺少结案所需材料，请按清单补齐", "Evidence that closing needs is missing; add what is listed"
    ),
    "after_photo_not_later": Meaning(
        "处置后照片须晚于处置前照片，返工须重新拍摄",
        "The after photo must be later than the before photo; after a rework take it anew",
    ),
    "evidence_predates_case": Meaning(
        "材料时间早于案件，请核对设备时钟", "The evidence is older than the case; check the device's clock"
    ),
    "evidence_in_future": Meaning(
        "材料时间晚于当前时间，请核对设备时钟", "The evidence lies in the future; check the device's clock"
    ),
    "evidence_ends_before_begin": Meaning(
        "音像记录的结束时间早于开始时间", "The recording ends before it begins; check both times"
    ),
    "bodycam_not_on_site": Meaning(
        "执法记录仪录像不在到场期间，请提交到场期间的录像",
        "No body-camera clip of the time on site; hand in one that was taken there",
    ),
    "same_photo_twice": Meaning(
        "同一文件不得用作两种材料，请提交另一份",
        "The same content cannot be two pieces of evidence; hand in another",
    ),
    "evidence_of_other_case": Meaning(
        "另一案件（所附编号）已有同一影像，一份影像只证明一案，请提交为本案拍摄的影像",
        "Another case, whose id stands beside this, has the photo or clip: hand in one that was taken for this case",
    ),
    "evidence_contradicts": Meaning(
        "同一文件此前提交时的时间、设备、人员或大小与此不同，请按原样提交",
        "The same content is there with another time, device, officer or size; hand it in as it was",
    ),
}
