"""Words of the actions by which something is asked for and somebody else decides; part of `pipeline.words.action_words`."""

from collections.abc import Mapping
from typing import Final

from pipeline.words.act_help import DESIGNATED, ActionWords, OptionWords
from schemas.values.terms import Role

REQUEST_ACTION_WORDS: Final[Mapping[str, ActionWords]] = {
    "suspend": ActionWords(
        "申请挂账",
        Role.TEAM,
        "在此之前无法办理。",
        "the case cannot be worked on until then.",
        (
            "enforcement act CASE suspend --reason weather --until 2026-11-26T09:00:00+08:00 --actor W0931 --team city-appearance",
        ),
        {
            "reason": OptionWords("为何暂时无法办理", "Why it cannot be worked on now."),
            "until": OptionWords(
                "最迟何时自动恢复，RFC 3339",
                "When it goes on by itself at the latest, RFC 3339.",
                metavar="TIME",
            ),
        },
        "申请本身不暂停计时。值班长批准（decide）后，政策允许暂停计时的时限暂停计时，截止时间按暂停计时的长度顺延。",
        "Asking stops no clock. When a duty chief grants it (decide), the clocks that the policy lets stand do, and "
        "their deadlines move by as much of their own time as they stood.",
    ),
    "extend": ActionWords(
        "申请延期",
        Role.TEAM,
        "增加办理时间；须在时限届满前申请并获批准。",
        "more time; asked for and granted before the deadline, or not at all.",
        (
            'enforcement act CASE extend --reason complex --more "2 workdays" --actor W0931 --team city-appearance',
        ),
        {
            "reason": OptionWords("为何无法按期", "Why the deadline cannot be kept."),
            "more": OptionWords(
                '延长多少："2 workdays", "3 work_hours", "12 natural_hours"',
                'How much: "2 workdays", "3 work_hours", "12 natural_hours".',
                metavar="LIMIT",
            ),
        },
        "由值班长批准（decide），每案一次，不超过原时限。",
        "A duty chief grants it (decide), once for a case and by no more than the original limit.",
    ),
    "object": ActionWords(
        "派单异议",
        Role.TEAM,
        "不属本队；由他人裁定（decide），裁定有约束力。",
        "the task is not ours; somebody else decides (decide), and the decision binds.",
        (
            'enforcement act CASE object --reason not_our_matter --note "属市场物业组" --actor W0931 --team city-appearance',
            "enforcement act CASE decide --grant --to market-property --actor C001",
        ),
        {
            "reason": OptionWords("异议理由", "Why the team objects."),
            "note": OptionWords("为何不属本队", "Why it is not the team's."),
        },
        "裁定之前仍由本队承办，各项时限照计。不成立：本队不得再退单。成立：改派其他队伍。",
        "Until then the team holds it and every clock runs. Kept: the team may not return it either. Granted: another "
        "team gets it.",
    ),
    "void": ActionWords(
        "申请作废",
        Role.DISPATCHER,
        "到场之前；由另一人审批（decide）。",
        "before anybody has arrived; a second person decides (decide).",
        ("enforcement act CASE void --reason entered_twice --actor D001",),
        {"reason": OptionWords("为何本不应登记", "Why it should never have been a case.")},
    ),
    "terminate": ActionWords(
        "申请终止办理",
        Role.DISPATCHER,
        "无法继续办理；由热线审核书面申请（decide --role hotline）。",
        "it cannot be gone on with; the hotline reviews the written request (decide --role hotline).",
        ('enforcement act CASE terminate --paper ZZ-2026-012 --note "当事人已撤回诉求" --actor D001',),
        {
            "paper": OptionWords("书面申请的编号", "The number of the written request."),
            "note": OptionWords("为何无法继续", "Why it cannot be gone on with."),
        },
    ),
    "decline": ActionWords(
        "申请不予受理或者退回",
        Role.DISPATCHER,
        "到场之前；不予受理由另一人审批，退回由热线审批（decide）。",
        "before anybody has arrived; a second person decides, of an order that goes back the hotline (decide).",
        (
            "enforcement act CASE decline --reason in_litigation --actor D001",
            "enforcement act CASE decline --reason repeated --earlier 140100-20261001-000088 --actor D001",
            'enforcement act CASE decline --reason other_organ --answer "您反映的路灯由区照明所负责，已退回热线转办。" --actor D001',
        ),
        {
            "reason": OptionWords("依据规则中的理由", "A ground of the rules."),
            "answer": OptionWords(
                "告知诉求人的内容；默认用规则中的答复",
                "What the citizen is told; default: the words of the rules.",
            ),
            "earlier": OptionWords("重复的是哪一工单", "The number of the order that it repeats."),
        },
    ),
    "whistle": ActionWords(
        "吹哨",
        Role.TEAM,
        "请部门到场；中心批准（decide）后，各部门各有任务。",
        "partner departments are asked to come; the centre decides (decide), then each has a task of its own.",
        (
            "enforcement act CASE whistle --department traffic-police --optional sanitation --actor W0931 --team utilities",
        ),
        {
            "departments": OptionWords("必须报到的部门；可多次", "Must come; several times.", "--department"),
            "optional": OptionWords(
                "牵头队伍可免其报到的部门；可多次", "May be waived by the lead; several times."
            ),
        },
    ),
    "decide": ActionWords(
        "审批",
        Role.DUTY_CHIEF,
        "由他人批准或不批准申请。终止办理、退回由热线审批（--role hotline）。",
        "what was asked for is granted or denied, by somebody else. A termination and an order that goes back are the hotline's (--role hotline).",
        (
            "enforcement assignments --team duty            (approve: what waits to be decided)",
            "enforcement act CASE decide --grant --actor C001",
            'enforcement act CASE decide --deny --note "the rain is over" --actor C001',
            "enforcement act CASE decide --request extension --grant --actor C001",
        ),
        {
            "granted": OptionWords("是否批准", "Whether it may be.", "--grant/--deny"),
            "request": OptionWords(
                "审批哪一项申请；有多项待审批时须指明", "Which request, where several wait to be decided."
            ),
            "team": OptionWords(
                "异议成立时：改派的队伍",
                "Of an objection that is granted: the team that gets the case.",
                "--to",
            ),
            "designated": DESIGNATED,
        },
    ),
    "resume": ActionWords(
        "恢复办理",
        Role.TEAM,
        "挂账案件提前恢复办理。",
        "a suspended case goes on before its time.",
        ("enforcement act CASE resume --actor W0931 --team city-appearance",),
    ),
    "settle": ActionWords(
        "协调",
        Role.DUTY_CHIEF,
        "免除部门报到，或要求其到场。牵头队伍可免除非必须的部门（--role team），中心可免除任何部门。",
        "a partner is waived or must come. The lead may waive an optional one (--role team), the centre any.",
        ('enforcement act CASE settle --department sanitation --waive --note "不需到场" --actor C001',),
        {
            "department": OptionWords("部门", "The partner."),
            "waive": OptionWords("免于报到，或必须到场", "It need not come, or it must.", "--waive/--insist"),
            "note": OptionWords("理由", "Why."),
        },
    ),
    "order_correction": ActionWords(
        "责令限期改正",
        Role.TEAM,
        "责令当事人限期改正；案件停至期限届满，届时复查。",
        "the party is to put it right by a date; the case rests until then, and is inspected again.",
        (
            'enforcement act CASE order-correction --what "拆除占道货架" --party citizen --until 2026-11-30T18:00:00+08:00 --paper 责改〔2026〕12号 --served in_person --evidence notice.jpg --kind document --actor W0931 --team city-appearance',
        ),
        {
            "what": OptionWords("改正什么", "What is to be put right."),
            "party": OptionWords("当事人", "Who the party is."),
            "until": OptionWords("改正期限，RFC 3339", "By when, RFC 3339.", metavar="TIME"),
            "paper": OptionWords("责令改正通知书文号", "The number of the notice."),
            "served": OptionWords("送达方式", "How the notice was served."),
            "basis": OptionWords("法律依据；默认为事项的依据", "The law; default: that of the matter."),
        },
        "当场改正（即查即改）的不需要责令，直接处置（dispose）。期限届满或者提前改正后须复查（reinspect）；复查前、逾期未改正而未立案处罚的，不能处置完毕。",
        "What is put right on the spot needs no order: dispose of it. When the date is over, or it is put right before, reinspect; until then, or while "
        "it is disobeyed and no penalty procedure is filed, the case is not disposed of.",
    ),
    "extend_correction": ActionWords(
        "延长改正期限",
        Role.TEAM,
        "当事人在期限届满前申请，只能延长一次。",
        "asked for by the party before the date is over, once.",
        (
            'enforcement act CASE extend-correction --until 2026-12-04T18:00:00+08:00 --reason "当事人申请，货架定制中" --actor W0931 --team city-appearance',
        ),
        {
            "until": OptionWords("新的改正期限，RFC 3339", "The new date, RFC 3339.", metavar="TIME"),
            "reason": OptionWords("当事人的理由", "Why the party needs more time."),
        },
    ),
    "reinspect": ActionWords(
        "复查",
        Role.TEAM,
        "复查是否已改正；未改正须在期限届满后认定。",
        "whether it was put right; that it was not is known only when the date is over.",
        (
            "enforcement act CASE reinspect --result obeyed --evidence after.jpg --kind photo --actor W0931 --team city-appearance",
        ),
        {"result": OptionWords("复查结果", "What was found.")},
    ),
    "release_correction": ActionWords(
        "撤回责令改正或者不再追究",
        Role.DUTY_CHIEF,
        "值班长说明理由；未参与本案办理。",
        "a head who did not handle the case says why nothing more follows.",
        ('enforcement act CASE release-correction --note "当事人已搬离，责令改正无对象" --actor C001',),
        {"note": OptionWords("理由", "Why.")},
    ),
    "act_instead": ActionWords(
        "代处置、代履行",
        Role.DUTY_CHIEF,
        "权属单位或者当事人未处置，街道代为处置，费用由其承担。",
        "the owner or the party did not do it: the street had it done, and they bear the costs.",
        (
            'enforcement act CASE act-instead --ground owner --unit pipeline-owner --what "更换井盖" --performer "市政养护队" --cost-yuan 860 --evidence record.jpg --kind document --actor C001',
        ),
        {
            "ground": OptionWords("依据", "On which ground."),
            "what": OptionWords("做了什么", "What was done."),
            "performer": OptionWords("实施单位", "Who did it."),
            "cost_yuan": OptionWords("费用，元", "What it cost, in yuan."),
            "unit": OptionWords("代哪个权属单位", "In the stead of which unit."),
            "party": OptionWords("代哪类当事人", "In the stead of which party."),
            "demanded_at": OptionWords(
                "催告时间，RFC 3339", "When it was demanded, RFC 3339.", metavar="TIME"
            ),
            "paper": OptionWords("代履行决定书文号", "The number of the decision."),
            "present": OptionWords("到场监督人员", "Who of the street was present."),
            "told": OptionWords("事后已告知当事人", "The party was told afterwards.", "--told/--not-told"),
        },
        "权属单位：该事项的承办单位；立即代履行：道路、河道、公共场所的遗洒物、障碍物，事后告知；催告后代履行：催告三日后，凭决定，派员到场监督。",
        "An owner is a unit that handles the matter; at once: litter and obstacles in public places, told afterwards; after a demand: three days later, by a "
        "decision, somebody present.",
    ),
    "claim_costs": ActionWords(
        "追偿代处置费用",
        Role.DUTY_CHIEF,
        "追偿、收回或者不再追偿代处置费用；不再追偿由值班长说明理由。",
        "the costs are claimed, recovered, or given up, which a duty chief says why.",
        ("enforcement act CASE claim-costs --costs claimed --actor C001",),
        {"costs": OptionWords("费用的状态", "What becomes of the costs.")},
    ),
    "supervise": ActionWords(
        "申请挂牌督办",
        Role.DISPATCHER,
        "请区督办部门督办；由其审批（decide --role district）。",
        "the district is asked to supervise the case, and decides (decide --role district).",
        ("enforcement act CASE supervise --reason overdue --actor D001",),
        {"reason": OptionWords("为何须督办", "Why it is to be supervised.")},
        "挂牌期间，须经督办部门解除督办（end_supervision）方可核查通过和办结。",
        "Until the district ends its supervision (end_supervision) verification does not pass and the case is not over.",
    ),
    "end_supervision": ActionWords(
        "解除督办",
        Role.DISTRICT,
        "督办部门认可办理情况，案件可以办结。",
        "the supervisor has seen what was done, and the case may be over.",
        ('enforcement act CASE end-supervision --note "现场已整改到位" --actor Q001',),
        {"note": OptionWords("认可的理由", "What was seen.")},
    ),
    "raise_hard": ActionWords(
        "上报疑难",
        Role.TEAM,
        "街道难以单独解决；由区督办部门审批（decide --role district）。",
        "too hard for the street alone; the district decides (decide --role district).",
        (
            'enforcement act CASE raise-hard --reason several_units --note "涉及三家管线单位" --actor W0931 --team city-appearance',
        ),
        {
            "reason": OptionWords("为何疑难", "Why it is hard."),
            "note": OptionWords("难在何处", "What is hard about it."),
        },
        "每案一次。认定后未逾期的处置时限按政策延长，但不超过热线时限。",
        "Once for a case. A handling that is not late then has the policy's time more, but none past the hotline's own deadline.",
    ),
    "appeal": ActionWords(
        "考核申诉",
        Role.TEAM,
        "被考核单位申请不纳入考核，附证据；由中心审批（decide）。结案后也可申诉。",
        "the unit asks that what is counted against it be not, with evidence; the centre decides (decide), also when the case is over.",
        (
            'enforcement act CASE appeal --demerit overdue --reason legal_procedure --note "等待鉴定结论" --evidence document:2026-11-24T10:00:00+08:00:report.pdf --actor W0931 --team city-appearance',
        ),
        {
            "demerit": OptionWords("申诉哪一项考核扣分", "What is counted."),
            "reason": OptionWords("为何不应计入", "Why it should not be."),
            "note": OptionWords("事实和理由", "What happened."),
        },
        "结案后在政策规定的期限内（appeal_within）提出，每项一次；中心未参与本案的人员决定。同意后该项不再计入，原记录保留。",
        "Within the policy's time after the case is over (appeal_within), once for each; somebody of the centre who had no part in the case decides. Granted, it is counted no longer, and stays on file.",
    ),
    "assign": ActionWords(
        "二级派遣",
        Role.TEAM,
        "队长把任务派给本队队员或者班组；时限不变。",
        "the leader names the members, or the squad, of the team who go; no clock changes.",
        ("enforcement act CASE assign --member W0931 --member W0940 --actor L001 --team city-appearance",),
        {"members": OptionWords("派给谁；可多次填写", "Who goes; may be given several times.", "--member")},
        "任务单上列出其姓名编号；再次派遣的，以最后一次为准。",
        "The task then names them; named anew, the last ones hold.",
    ),
}
