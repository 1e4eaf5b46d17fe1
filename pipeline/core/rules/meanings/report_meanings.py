"""What a report is told: that it is accepted, how it is answered, or why it is refused; in Chinese and English."""

from collections.abc import Mapping
from typing import Final, NamedTuple


class Meaning(NamedTuple):
    """A code in words: the reason, and what to do."""

    zh: str
    en: str


REPORT_MEANINGS: Final[Mapping[str, Meaning]] = {
    "accepted": Meaning("已受理", "Accepted"),
    "merged": Meaning(
        "与在办案件重复，已并案，办结后一并答复", "Merged into an open case; you are answered with it"
    ),
    "answered": Meaning(
        "不属于执法事项，已直接答复（见答复内容）；如有异议，请注明事项代码用新编号推送，或请指挥中心重新研判",
        "Nothing to enforce, so it is answered directly, by the words in `answer`. Who objects pushes it under a new number with a "
        "matter, or asks the centre to recognise it",
    ),
    # reports that come again
    "updated": Meaning("补充内容已并入原案，已告知承办人", "Added to its case; whoever has it is told"),
    "urged": Meaning("催办已记录，已告知承办人", "The urging is counted; whoever has the case is told"),
    "nothing_new": Meaning(
        "已收到，没有新内容，原案照常办理",
        "Received; there is nothing new in it, and its case goes on as before",
    ),
    "change_offered": Meaning(
        "事项或地点有变，已报指挥中心审核；审核前按原内容办理，结果另行通知",
        "Another matter or place: the centre decides on it. Until then the case is handled as it was; you are told what was decided",
    ),
    "change_noted": Meaning(
        "事项或地点有变，本案已不能变更，已告知承办人和指挥中心；如为另一问题，请用新编号上报",
        "Another matter or place: the case cannot be changed any more, or is of others too. Whoever has it and the centre are told. "
        "If it is another problem, report it under a new number",
    ),
    "withdrawal_filed": Meaning(
        "撤销已提请审核，批准前照常办理，结果另行通知",
        "The withdrawal waits to be decided. Until then the case is handled; you are told what was decided",
    ),
    "withdrawal_noted": Meaning(
        "撤销已记录，已告知承办人和指挥中心；本案另有来源，或已在核查回访，不因此终止",
        "The withdrawal is noted; whoever has the case and the centre are told. The case does not end by it: others reported it too, or "
        "it is being confirmed or rests, or a withdrawal waits already",
    ),
    "updated_after_end": Meaning(
        "案件已办结，本次内容已存入原案并转告指挥中心；如需再次处理，请用新编号上报",
        "Its case has ended. This is kept with it, and the centre is told, which may take it up again. If something is to be done, "
        "report it under a new number",
    ),
    "withdrawal_of_unknown": Meaning(
        "没有此编号的工单可撤销，请核对编号和街道",
        "There is no report of this number in this street to be withdrawn; check the number and the street",
    ),
    "too_many_updates": Meaning(
        "该编号补充次数已达上限，如有新情况请用新编号上报",
        "This number was added to as often as it may be; report what is new under a new number",
    ),
    # reports
    "unknown_street": Meaning(
        "不在本中心辖区，请转派所属街道", "Not a street of this centre; send it to its own street"
    ),
    "matter_missing": Meaning(
        "缺少执法事项，请补充事项代码", "No matter is named; give its code from the catalogue"
    ),
    "unknown_matter": Meaning(
        "不在执法事项目录内，请核对事项代码", "Not in the catalogue of matters; check the code"
    ),
    "occurred_in_future": Meaning(
        "发生时间晚于当前时间，请核对时钟", "The time lies in the future; check the clock"
    ),
    "place_missing": Meaning(
        "缺少地点，请补充地址、网格或坐标", "No place: give an address, a grid or a point"
    ),
    "grid_not_in_street": Meaning(
        "网格不属于该街道，请核对网格编码", "The grid is not of this street; check its code"
    ),
    "place_outside_street": Meaning(
        "坐标不在辖区内，请核对坐标系", "The point is outside the street; check its crs"
    ),
    "alarm_unsure": Meaning(
        "设备置信度低于该算法的门槛，不予受理此报警",
        "The device is less sure than its algorithm must be; the alarm is not taken on",
    ),
    "alarm_too_brief": Meaning(
        "停留时间短于该算法的门槛，不予受理此报警",
        "What it saw stayed for less time than its algorithm must see it; the alarm is not taken on",
    ),
    "alarm_muted": Meaning(
        "该设备在此处误报已确认，到期前不予受理",
        "This device is known for false alarms there; none is taken on until the day named",
    ),
    "self_disposal_not_allowed": Meaning("仅网格巡查可自行处置", "Only a patrol disposes of its own find"),
}
"""By the code of the receipt."""
UNDER_ASSESSMENT: Final = Meaning(
    "已收到，事项或地点尚待研判，由指挥中心研判后派单，无需重复推送",
    "Received; somebody of the centre will say what it is about, or where, and then a team is sent. Nothing need be pushed again",
)
"""Beside `accepted`, where somebody of the centre is to say what is missing."""
EMERGENCY: Final = Meaning(
    "紧急警情！请立即拨打110、119或120，本中心不派执法队伍；已同时告知指挥中心。如判断有误，请注明事项代码用新编号推送",
    "EMERGENCY: call 110, 119 or 120 at once. No team is sent from here; the centre is told as well. If it is none, push it under a "
    "new number with a matter",
)
"""Beside `answered`, where it is about danger to life."""

ANSWER_MEANINGS: Final[Mapping[str, Meaning]] = {
    "nobody_to_contact": Meaning(
        "无须联系：没有留下电话的来电人，或来电人不要回访",
        "Nobody is to be contacted: no caller left a phone, or wishes to be called",
    ),
    "contact_by_hotline": Meaning(
        "保密工单由热线联系来电人，承办单位不直接联系",
        "The order is secret: the hotline turns to the caller, not whoever handles it",
    ),
    "answer_not_written": Meaning(
        "有来电人的案件，承办队伍须先拟写答复，核查才能通过",
        "There is a caller: the team that handled it writes the answer before it passes verification",
    ),
    "answer_incomplete": Meaning(
        "答复须写明办理情况，以及依据或理由",
        "An answer says what was done, and by which law or for which reason",
    ),
    "demand_unproven": Meaning(
        "认定不合理诉求须附证据，并写明要求的内容和理由",
        "That a demand is unreasonable is shown with evidence, and with a note on what is demanded and why nobody can give it",
    ),
    "answer_too_long": Meaning(
        "答复过长，请精简办理情况或依据，或自行拟写正文",
        "The answer is too long: shorten what was done or the basis, or write the text",
    ),
}
"""Of contacting and answering whoever reported a case."""
