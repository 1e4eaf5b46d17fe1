"""Why something about people and devices (值班、装备) is refused; in Chinese and English."""

from collections.abc import Mapping
from typing import Final

from pipeline.core.rules.meanings.report_meanings import Meaning

DUTY_MEANINGS: Final[Mapping[str, Meaning]] = {
    "people_unknown": Meaning(
        "本街道没有人员装备档案，请先建档",
        "The street has no file of its people and devices; write one first",
    ),
    "unknown_officer": Meaning(
        "本街道没有此人员，请核对编号或者执法证号",
        "The street has no such officer; check the id or the certificate's number",
    ),
    "unknown_device": Meaning("本街道没有此装备，请核对编号", "The street has no such device; check its id"),
    "unknown_certificate": Meaning(
        "本街道没有此执法证，请核对证号", "Nobody of the street has a certificate of this number; check it"
    ),
    "span_wrong": Meaning("起止时间不正确，或者已经过去", "It ends before it begins, or is over already"),
    "leave_overlaps": Meaning(
        "与已登记的请假时间重叠，请先销假", "Leave is noted for a part of that time already; end that first"
    ),
    "not_on_leave": Meaning("该人员没有请假", "The officer is not on leave, and none is planned"),
    "swap_with_self": Meaning("不能与本人换班", "Nobody swaps with themselves"),
    "swap_other_team": Meaning(
        "不同队伍之间不能换班，请借调", "People of different teams do not swap shifts; lend somebody instead"
    ),
    "swap_uncertified": Meaning(
        "接班人员当日没有相应的执法证",
        "Whoever takes the shift has no certificate on that day for what the other may do",
    ),
    "no_shift_that_day": Meaning("该人员当日没有班次", "The officer has no shift that begins on that day"),
    "shift_begun": Meaning("该班次已经开始，不能换班", "The shift has begun; it is swapped no longer"),
    "shift_too_long": Meaning("连续在岗时间超过上限", "Nobody is on duty that long at a time"),
    "officer_absent": Meaning("该人员届时请假不在岗", "The officer is on leave then"),
    "already_on_duty": Meaning("该人员届时已在岗", "The officer is on duty then as it is"),
    "lent_to_own_team": Meaning("该人员本来就在此队伍", "The officer is of that team as it is"),
    "already_lent": Meaning("该人员届时已借调，请先归队", "The officer is lent then; end that first"),
    "not_lent": Meaning("该人员没有借调", "The officer is not lent, and will not be"),
    "certificate_ended": Meaning("执法证已过有效期", "The certificate is not valid any more"),
    "certificate_of_another": Meaning("此证号属于其他人员", "The number is that of somebody else"),
    "certificate_withdrawn": Meaning("执法证已收回", "The certificate is withdrawn already"),
    "device_out": Meaning("装备已被领用，请先归还", "The device is out; it is handed back first"),
    "device_not_out": Meaning("装备没有领用", "The device is not out"),
    "device_broken": Meaning("装备故障，请先修复", "The device is broken; it is repaired first"),
    "device_not_broken": Meaning("装备没有登记故障", "The device is not noted as broken"),
    "device_uncalibrated": Meaning(
        "装备检定已过期，请先检定", "The device's calibration is over; it is calibrated first"
    ),
    "calibration_end": Meaning(
        "请填写检定有效期，不得早于今天", "Say until when the calibration holds: today or later"
    ),
    "not_on_duty": Meaning(
        "该人员届时不在岗，请由所列在岗人员办理，或者先召回",
        "The officer is not on duty then; somebody who is does it, or the officer is called out first",
    ),
    "duty_full": Meaning(
        "本街道值班登记过多，请稍后再试", "Too much is noted for the street at a time; try again later"
    ),
}

FIELD_MEANINGS: Final[Mapping[str, Meaning]] = {
    "officer_of_other_team": Meaning(
        "该人员不属于承办队伍，也没有借调到该队伍，请由所列人员办理，或者先借调",
        "The officer is neither of the team nor lent to it; somebody listed does it, or the officer is lent first",
    ),
    "not_certified": Meaning(
        "执法人员须持有当日有效且包含本事项的执法证，人数符合法定要求，请由所列人员办理",
        "Officers hold a certificate that is valid on that day and covers the matter, as many as the law asks; somebody listed does it",
    ),
    "override_reason_missing": Meaning(
        "改派建议以外的人员，请说明理由", "Others than those who were proposed are to go; say why"
    ),
    "camera_missing": Meaning("请填写是哪一台执法记录仪所录", "Say which body camera recorded it"),
    "camera_not_theirs": Meaning(
        "所填执法记录仪当时不是由在场人员领用，请核对编号和时间",
        "The camera was not out with anybody who was there; check its id and the time",
    ),
}
"""Why somebody cannot have acted on site, or a recording cannot have been made there, beside those of the same street above."""
