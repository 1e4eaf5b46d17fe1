"""What `enforcement act` teaches of each action, in Chinese and English. Which options there are, the contracts say.

A new action needs a row here; only where an option is not called like its field does the row say how it is spelled.
"""

from collections.abc import Mapping
from typing import Final

from pipeline.words.act_help import DESIGNATED, ActionWords, OptionWords
from pipeline.words.request_action_words import REQUEST_ACTION_WORDS
from schemas.values.terms import Role

ACTION_WORDS: Final[Mapping[str, ActionWords]] = {
    **REQUEST_ACTION_WORDS,
    "claim": ActionWords(
        "领单",
        Role.TEAM,
        "领取待领案件，先到先得。",
        "take an offered case; the first one wins.",
        ("enforcement act CASE claim --actor W0931 --team area-west",),
    ),
    "dispatch": ActionWords(
        "派单",
        Role.DISPATCHER,
        "把待派或待领案件派给一个队伍。",
        "send an offered case to a team.",
        ("enforcement act CASE dispatch --actor D001 --to city-appearance",),
        {"team": OptionWords("承办队伍", "The team that gets it.", "--to"), "designated": DESIGNATED},
    ),
    "sign": ActionWords(
        "签收",
        Role.TEAM,
        "队伍确认收到任务。",
        "the team has the task.",
        ("enforcement act CASE sign --actor W0931 --team city-appearance",),
    ),
    "return": ActionWords(
        "退单",
        Role.TEAM,
        "说明理由，退回任务。",
        "give the task back, with a reason.",
        ("enforcement act CASE return --reason not_our_area --actor W0931 --team city-appearance",),
        {"reason": OptionWords("退单理由", "Why it is given back.")},
    ),
    "arrive": ActionWords(
        "到场",
        Role.OFFICER,
        "执法人员到场，至少两人。",
        "officers are on site, at least two.",
        ("enforcement act CASE arrive --officer C001 --officer C002 --actor W0931 --team city-appearance",),
        {
            "officers": OptionWords(
                "执法证号；到场人员每人一次", "Certificate number; once for each on site.", "--officer"
            )
        },
    ),
    "dispose": ActionWords(
        "处置",
        Role.OFFICER,
        "问题已处置，附证据。",
        "the problem is dealt with, and here is the proof.",
        (
            "enforcement act CASE dispose --evidence before.jpg --kind photo_before --evidence after.jpg --kind photo_after \\\n"
            "  --evidence clip.mp4 --kind bodycam --actor W0931 --team city-appearance",
        ),
    ),
    "verify": ActionWords(
        "核查",
        Role.VERIFIER,
        "由承办人以外的人核查。",
        "somebody other than the handler looked.",
        ("enforcement act CASE verify --passed --actor V001 --team verification",),
        {
            "passed": OptionWords(
                "是否解决；不通过须有 --note",
                "Whether it is solved; a failure needs a --note.",
                "--passed/--failed",
            ),
            "answer": OptionWords(
                "处置后又有来件反映的，写明核实情况，否则不能通过",
                "What was found of reports that came after the disposal; it does not pass without.",
            ),
        },
    ),
    "call_back": ActionWords(
        "回访",
        Role.CALLBACK_CLERK,
        "已回访来电人，或未接通。时限已到而仍在办理的，也须回访。",
        "the caller was asked, or not reached. At the deadline also while the case is still being handled.",
        (
            "enforcement act CASE call-back --reached --solved --satisfied --actor H001 --team callback",
            "enforcement act CASE call-back --reached --unsolved --unsatisfied --cause unreasonable --note 要求免除全部处罚 --evidence document:2026-11-24T10:00:00+08:00:call.pdf --actor H001 --team callback",
        ),
        {
            "reached": OptionWords(
                "是否接通", "Whether the caller was spoken to.", "--reached/--not-reached"
            ),
            "solved": OptionWords(
                "来电人称是否解决", "Whether the caller says that it is solved.", "--solved/--unsolved"
            ),
            "satisfied": OptionWords(
                "来电人是否满意", "Whether the caller is satisfied.", "--satisfied/--unsatisfied"
            ),
            "cause": OptionWords(
                "未解决、不满意的原因：承办单位原因的，退回重办；不合理诉求，须附 --evidence 和 --note，由热线认定，认定后不计入解决率、满意率",
                "Why the caller is not content: the unit's fault is done again; an unreasonable demand needs --evidence and a --note, and the "
                "hotline's consent: then it counts in neither share.",
            ),
            "answer": OptionWords(
                "处置后又有来件反映的，写明核实情况，否则不能结案",
                "What was found of reports that came after the disposal; the case does not close without.",
            ),
        },
    ),
    "progress": ActionWords(
        "阶段答复",
        Role.TEAM,
        "尚未办结；把正在采取的措施和预计时间告知来件人。不暂停计时。",
        "not done yet; whoever reported it is told what is being done and by when. No clock stops.",
        (
            'enforcement act CASE progress --measure "已立案调查，责令限期拆除" --expected 2026-12-10T17:30:00+08:00 --actor W0931 --team planning',
        ),
        {
            "measure": OptionWords("正在采取的措施", "What is being done."),
            "expected_at": OptionWords(
                "预计办结时间，RFC 3339", "By when it will be done, RFC 3339.", "--expected", "TIME"
            ),
        },
    ),
    "contact": ActionWords(
        "联系来电人",
        Role.TEAM,
        "签收后联系来电人：何时、以何种方式、是否联系上。联系上即停止计时；多次联系不上的，按规则停止计时。",
        "after signing turn to the caller: when, how, and whether somebody was reached. Reaching somebody stops its clock; so do as many attempts as the rules ask for.",
        ("enforcement act CASE contact --way phone --reached --actor W0931 --team city-appearance",),
        {
            "way": OptionWords("联系方式", "How."),
            "reached": OptionWords(
                "是否联系上", "Whether the caller was reached.", "--reached/--not-reached"
            ),
        },
    ),
    "answer": ActionWords(
        "拟写答复",
        Role.TEAM,
        "写明是否属实、办理情况、依据或理由和下一步时间；正文不写的，按 rules/answers.yaml 的模板生成：先看草稿（--draft），可修改（--edit）或自拟（--text、--text-file）。返工后须重新答复。",
        "what was found and done, by which law or for which reason, and what comes next. Without a text that of rules/answers.yaml is filled in: look at it (--draft), change it (--edit), or write one's own (--text, --text-file). After rework it is written anew.",
        (
            'enforcement act CASE answer --found true --done "摊贩已劝离，路面已清扫" --actor W0931 --team city-appearance --draft',
            'enforcement act CASE answer --found true --done "摊贩已劝离，路面已清扫" --actor W0931 --team city-appearance --edit',
            'enforcement act CASE answer --found beyond_us --done "已告知物业" --basis "属业主共有部分，由业主大会决定" --actor W0931 --team planning',
        ),
        {
            "found": OptionWords("是否属实", "Whether what was reported was found to be so."),
            "done": OptionWords("办理情况", "What was done."),
            "basis": OptionWords(
                "依据的法律条款，或理由；属实而不写的，取事项的依据",
                "The law and article, or the reason; of what was found to be so that of the matter by default.",
            ),
            "text": OptionWords("答复正文", "The text for the caller."),
            "next_at": OptionWords(
                "下一步办理时间，RFC 3339", "By when it goes on, RFC 3339.", "--next", "TIME"
            ),
        },
    ),
    "reach_stage": ActionWords(
        "阶段完成",
        Role.OFFICER,
        "事项的一个阶段已完成，其时限停止。",
        "a stage of the matter is done, and its clock stops.",
        (
            "enforcement act CASE reach-stage --stage stop_work --evidence notice.jpg --kind document --actor W0931 --team planning",
        ),
        {
            "stage": OptionWords(
                "政策中的阶段名，如 stop_work；见 enforcement why",
                "Its name in the policy, such as stop_work; see: enforcement why.",
            )
        },
    ),
    "recognise": ActionWords(
        "研判",
        Role.DISPATCHER,
        "待研判案件属于哪个事项，或属于哪类非执法事项；直接答复有误的，重新受理。",
        "what a case is about, of which nobody knew it; or that it is nothing to enforce. Also where it was answered directly by mistake.",
        (
            "enforcement act CASE recognise --matter SR-001 --actor D001",
            "enforcement act CASE recognise --non-enforcement consult --actor D001",
        ),
        {
            "matter": OptionWords("事项代码", "The matter's code."),
            "kind": OptionWords(
                "非执法类别，如 private_dispute；以其答复语直接答复，不派单",
                "The kind of what is nothing to enforce, such as consult or private_dispute: it is answered directly, by its reply.",
                "--non-enforcement",
            ),
        },
        "事项、地点都已明确的，视同完整来件：与在办案件相同的并案，其余核实或派单；时限自上报起算。",
        "When nothing is missing any more it goes on as if it had been reported so: joined with an open case of the same, checked or "
        "dispatched; its clocks count from when it was reported.",
    ),
    "locate": ActionWords(
        "定位",
        Role.DISPATCHER,
        "待研判案件在何处：网格、坐标或地址。",
        "where a case is, of which nobody knew it: a grid, a point or an address.",
        (
            "enforcement act CASE locate --grid 140109004005001 --actor D001",
            "enforcement act CASE locate --address 兴华街18号 --point 112.50,37.88,WGS84 --actor D001",
        ),
        {
            "grid": OptionWords("网格编码，十五位", "The grid's code, 15 digits."),
            "address": OptionWords("地址", "The address."),
        },
    ),
    "check": ActionWords(
        "立案前核实",
        Role.DISPATCHER,
        "立案前核实所报问题是否存在。",
        "whether what was reported is there, before it is filed.",
        (
            "enforcement act CASE check --valid --actor D001",
            'enforcement act CASE check --nothing --reason nothing_found --note "回看视频，未发现问题" --actor D001',
        ),
        {
            "valid": OptionWords(
                "所报问题是否存在", "Whether what was reported is there.", "--valid/--nothing"
            ),
            "reason": OptionWords(
                "不予立案的理由；与 --nothing 同用", "Why it is not filed; needed with --nothing."
            ),
        },
    ),
    "order_check": ActionWords(
        "派员核实",
        Role.DISPATCHER,
        "对热线工单存疑：队伍签收之前，先派人到场核实。",
        "an order is doubtful: before a team signs for it, somebody looks.",
        ('enforcement act CASE order-check --note "同一号码多次误报" --actor D001',),
        {"note": OptionWords("为何存疑", "Why it is doubtful.")},
        "每案一次。核实属实的重新派单，不实的不予立案，均答复诉求人。",
        "Once for a case. What is there is dispatched anew; what is not there is not filed, and whoever reported it is told.",
    ),
    "transfer": ActionWords(
        "移送",
        Role.DISPATCHER,
        "超出街道权限，已由其他机关接收。",
        "beyond the street's powers, and another organ has taken it.",
        ('enforcement act CASE transfer --to 区水务局 --receipt SW-2026-118 --note "河道管理" --actor D001',),
        {
            "to": OptionWords("接收机关", "The organ that has taken it."),
            "receipt": OptionWords(
                "接收机关的编号；没有则案件不移送", "Its own number for it: without one the case stays here."
            ),
            "note": OptionWords("为何由其管辖", "Why it is theirs."),
        },
    ),
    "move": ActionWords(
        "跨街道移交",
        Role.DISPATCHER,
        "案件在其他街道辖区：移交该街道继续办理，办理时限不变。",
        "it lies in another street, which goes on with it by the same deadline.",
        (
            'enforcement act CASE move --to 140109001 --address "千峰南路12号" --note "在千峰街道辖区" --actor D001',
            'enforcement act CASE move --to 140109001 --grid 140109001001003 --note "在千峰街道辖区" --actor D001',
        ),
        {
            "to": OptionWords(
                "接收街道的代码，九位", "The code of the street that goes on with it, nine digits."
            ),
            "grid": OptionWords("在接收街道的网格", "Its grid in that street."),
            "address": OptionWords("在接收街道的地址", "Its address in that street."),
            "note": OptionWords("为何属该街道", "Why it is theirs."),
        },
        "本案在此结束，在接收街道以新编号继续办理，热线另行获知；最终答复由接收街道作出。移交而来的案件不得再移交或者退回，"
        "有异议的报区级指定管辖。",
        "The case ends here and goes on there under an id of its own, which the hotline is told; the final answer comes from there. "
        "What came from another street is not moved on, nor back: the district says whose it is.",
    ),
    "merge": ActionWords(
        "并案",
        Role.DISPATCHER,
        "CASE 与另一未结案件同一事项、同一问题；到场之前。",
        "CASE tells of the same as another open case of its matter; before anybody has arrived.",
        ('enforcement act CASE merge --into 140109004-E2RRVT6Q509DJ --note "同一摊位" --actor D001',),
        {
            "into": OptionWords(
                "办理并统一答复的案件", "The case that is handled and answers for both.", metavar="CASE"
            )
        },
        "以两案中较早的时限为准，两案的来件人都得到答复。可撤销：split。",
        "The earlier of the two deadlines holds, and everybody who reported either is answered. Undone with: split.",
    ),
    "split": ActionWords(
        "拆案",
        Role.DISPATCHER,
        "来件误并入 CASE；拆出单独成案，时限自成。",
        "a report was merged into CASE wrongly; it becomes the case that it would have been, with its own clocks.",
        (
            'enforcement act CASE split --source 12345 --number 140100-20261124-000123 --note "不是同一处" --actor D001',
        ),
        {
            "source": OptionWords("误并来件的来源", "Of the report that was merged wrongly."),
            "source_no": OptionWords("来源处的编号", "Its number at the source.", "--number"),
        },
        "随整案并入的来件，连同原案一并拆出：从原处继续，时限视同未停。来件人会得到告知。",
        "A report that came with a whole case takes that case with it: it goes on where it stood, its clocks as if "
        "they had never stopped. Whoever reported it is told.",
    ),
    "reopen": ActionWords(
        "重办",
        Role.HOTLINE,
        "已结案件并未解决；原队伍再办，沿用原时限。",
        "a closed case is not solved after all; the same team goes again, on the first clock.",
        ('enforcement act CASE reopen --note "又堆上了" --actor H001',),
        {"note": OptionWords("哪里未解决", "What is not solved.")},
    ),
    "joint_step": ActionWords(
        "报到",
        Role.DEPARTMENT,
        "部门告知任务进展，或为何不来。",
        "a partner department says how far it has come with its task, or why it does not come.",
        (
            "enforcement assignments --team traffic-police",
            "enforcement act CASE joint-step --status arrived --actor P001 --team traffic-police",
        ),
        {
            "status": OptionWords(
                "进展；refused 须有 --note", "How far the department has come; `refused` needs a note."
            )
        },
    ),
    "penalise": ActionWords(
        "行政处罚",
        Role.OFFICER,
        "处罚程序的下一步；程序有自己的时限，结案后仍继续。",
        "the next step of the penalty procedure, which has clocks of its own and goes on after the case is closed.",
        (
            "enforcement act CASE penalise --step filed --fact party=citizen --evidence filing.json --actor W0931 --team planning",
            "enforcement act CASE penalise --step noticed --fact fine_yuan=8000 --fact kinds=fine,business_stopped \\\n"
            "  --fact hearing_offered=true --evidence notice.json --actor W0931 --team planning",
            "enforcement act CASE penalise --step hearing_notified --fact hearing_at=2026-12-15T09:00:00+08:00 \\\n"
            "  --fact hearing_place=街道办会议室 --evidence hearing-notice.json --actor W0931 --team planning",
            "enforcement act CASE penalise --step demanded --fact until=2026-12-25T17:30:00+08:00 --evidence demand.json \\\n"
            "  --actor W0931 --team planning",
            "enforcement act CASE penalise --step reconsideration_ended --fact outcome=changed --fact fine_yuan=500 \\\n"
            "  --evidence reconsideration.json --actor W0931 --team planning",
        ),
        {
            "step": OptionWords(
                "刚完成的步骤；顺序依程序", "What has just been done; the order is the procedure's."
            )
        },
    ),
    "measure": ActionWords(
        "查封、扣押、先行登记保存",
        Role.OFFICER,
        "处罚程序进行中对物品采取的措施；有法定期限。",
        "a measure on things while a penalty procedure is open; it has a clock of the law's.",
        (
            "enforcement act CASE measure --measure seizure --step begun --fact officers=C001,C002 --fact identity_shown=true \\\n"
            "  --fact approved_by=L001 --evidence seizure.json --actor W0931 --team planning",
            "enforcement act CASE measure --measure seizure --step testing --fact until=2026-12-15T17:30:00+08:00 \\\n"
            "  --fact told_in_writing=true --evidence testing.json --actor W0931 --team planning",
            'enforcement act CASE measure --measure seizure --step extended --fact "more=20 calendar_days" \\\n'
            "  --fact approved_by=L001 --fact told_in_writing=true --evidence extension.json --actor W0931 --team planning",
            "enforcement act CASE measure --measure seizure --step ended --fact disposal=returned --evidence release.json \\\n"
            "  --actor W0931 --team planning",
        ),
        {
            "measure_kind": OptionWords(
                "措施种类；同类同时只有一项", "Which measure; one of a kind at a time.", "--measure"
            ),
            "step": OptionWords("刚完成的步骤", "What has just been done."),
        },
        "检测鉴定期间暂停计时，至 --step tested 或告知当事人的时间为止。物品未处理完毕，案卷不得归档。",
        "While things are tested the clock stands, until --step tested or the time that the party was told. A file is "
        "not archived while things are held.",
    ),
}
"""By the action's code."""
