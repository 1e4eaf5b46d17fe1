"""Every sentence and column head of the commands, by name."""

from collections.abc import Mapping
from typing import Final

from pipeline.words.language import Both, both

LABELS: Final[Mapping[str, Both]] = {
    "due": both("时限", "due"),
    "case": both("案件", "case"),
    "what": both("事项", "what"),
    "where": both("地点", "where"),
    "task": both("任务", "task"),
    "nothing": both("没有待办任务", "nothing to do"),
    "stage": both("阶段", "stage"),
    "held_by": both("承办", "held by"),
    "offered_to": both("可领单队伍", "offered to"),
    "since": both("{at} 起", "since {at}"),
    "officers": both("到场人员", "on site"),
    "opened": both("登记", "opened"),
    "closed": both("结案", "closed"),
    "clocks": both("时限", "clocks"),
    "reports": both("来件", "reports"),
    "evidence": both("证据", "evidence"),
    "left_out": both("未采用", "left out"),
    "hotline_due": both("热线要求 {at} 前办结", "the hotline wants it by {at}"),
    "repeats": both("来源称重复件，原工单 {number}", "its sender says it repeats order {number}"),
    "evidence_item": both("第{number}件证据", "evidence {number}"),
    "returns": both("退单", "returned"),
    "reworks": both("返工次数", "reworks"),
    "reopens": both("重办次数", "reopened"),
    "text": both("内容", "told"),
    "answer_found": both("是否属实", "found"),
    "answer_done": both("办理情况", "what was done"),
    "answer_basis": both("依据或理由", "law or reason"),
    "answer_next": both("下一步时间", "goes on by"),
    "answer_text": both("答复正文", "text for the caller"),
    "nobody": both("无", "nobody"),
    "late": both("已超期", "LATE"),
    "met": both("按期", "in time"),
    "missed": both("超期", "was late"),
    "lapsed": both("期满", "ran out"),
    "no_deadline": both("无时限", "no deadline"),
    "unchecked_year": both("暂定", "provisional"),
    "team": both("承办", "team"),
    "allowed": both("应为", "allowed"),
    "rule": both("依据", "rule"),
    "row": both("第{row}行", "row {row}"),
    "understood": both("读取说明（行数）：", "understood (rows):"),
    "rows": both(
        "共{rows}行：受理{accepted}，并案{merged}，直接答复{answered}，原案补充{updated}，不予受理{refused}，无回执{unanswered}",
        "{rows} rows: {accepted} accepted, {merged} merged, {answered} answered directly, {updated} updates, {refused} refused, {unanswered} not answered yet",
    ),
    "refused_rows_in": both(
        "不予受理的{count}行写入 {file}：改正后可再推送",
        "the {count} refused rows are in {file}: mend and push it",
    ),
    "added": both("新增", "added"),
    "urges": both("催办{count}次", "asked for again {count} times"),
    "again": both("可重复推送，不会重复立案", "pushing again is safe: it opens no second case"),
    "done": both("已办理", "done"),
    "no_case": both("没有此案件", "no such case"),
    "kept_no_longer": both("已过保留期，依台账所载", "kept no longer, told from the journal"),
    "secret_place": both(
        "保密工单：门牌和精确位置仅回访员可查",
        "a secret order: its door and exact point are known to the clerk who calls back alone",
    ),
    "check_id": both("请核对案件编号", "check its id"),
    "start_worker": both(
        "请确认处理进程在运行（enforcement worker），然后重试",
        "check that a worker runs (enforcement worker), then try again",
    ),
    "mend": both("请改正后重试，未发送任何内容", "mend it and try again; nothing was sent"),
    "start_broker": both(
        "请启动或指定消息服务（enforcement broker up，或 --brokers host:port）",
        "start one (enforcement broker up) or name one (--brokers host:port)",
    ),
    "apply_topics": both(
        "请先建主题（enforcement topics apply）", "make them first: enforcement topics apply"
    ),
    "partitions_added": both(
        "请告知管理消息服务的人员：主题的分区数被改动（docs/runbooks/CrashLoop.md）",
        "tell whoever runs the brokers: somebody added partitions (docs/runbooks/CrashLoop.md)",
    ),
    "update_client": both(
        "请升级本程序到与处理端相同的版本", "use the version of this program that the pipeline runs"
    ),
    "stopped_at": both(
        "已停止：已发送至第{sent}行，其中{unanswered}行尚无回执；第{next}行起未发送",
        "stopped: sent up to row {sent}, {unanswered} of them not answered yet; nothing from row {next} on was sent",
    ),
    "nothing_sent": both("已停止：一行也未发送", "stopped: nothing was sent"),
    "progress": both("… 已发送{sent}行，已有结果{told}行", "… {sent} rows sent, {told} answered"),
    "also": both("另有", "also"),
    "sent_only": both("已发送，尚无回执", "sent, not answered yet"),
    "not_answered": both(
        "{unanswered}行已发送，尚无回执：记录已入日志，处理进程恢复后即办。请确认其在运行（enforcement worker）；"
        "稍后可查（enforcement receipts 来件号）",
        "{unanswered} rows are sent and not answered yet: they are in the log and will be decided. Check that a worker runs "
        "(enforcement worker); ask later: enforcement receipts NUMBER",
    ),
    "request": both("待审批", "to be decided"),
    "suspended": both("挂账", "suspended"),
    "like_case": both("可能与 {case} 重复", "likely one with {case}"),
    "asked_by": both("{by}申请", "asked by {by}"),
    "granted_by": both("{by}批准", "granted by {by}"),
    "until": both("至{at}", "until {at}"),
    "stands": both("暂停计时", "stands"),
    "next": both("下一节点", "next"),
    "stood_times": both("暂停计时{times}次", "stood {times}×"),
    "extended_by": both("延期{more}", "extended by {more}"),
    "stages_done": both("已完成阶段", "stages done"),
    "partner": both("联合部门", "partner"),
    "blocks": both("待完成，期限{due}", "blocks, due {due}"),
    "critical": both("制约环节", "critical path"),
    "merged_into": both("并入", "merged into"),
    "joined": both("并入本案", "merged into this"),
    "call_due": both("已到期，待回访来电人", "the time is over: the caller is to be asked"),
    "failed_calls": both("未接通{calls}次（{days}天）", "not reached {calls}× on {days} days"),
    "no_beginning": both("台账中没有此案件的开头", "the journal does not hold the beginning of this case"),
    "whole_journal": both(
        "请指向保存全部台账（journal.v1）的消息服务", "name the brokers that hold all of journal.v1"
    ),
    "not_yet": both("{at}时此案件尚未登记", "at {at} this case was not open yet"),
    "later": both("请给出登记以后的时间", "give a time after it was opened"),
    "bad_rules": both("规则有误：{why}", "the rules are wrong: {why}"),
    "unknown_team": both(
        "规则中没有队伍、岗位或部门“{unknown}”", "no team, post or department is called {unknown}"
    ),
    "unknown_street": both("规则中没有街道“{unknown}”", "no street has the code {unknown}"),
    "nearest": both("相近的有：{near}", "nearest: {near}"),
    "none_near": both("无", "none"),
    "act_again": both(
        "该操作编号为 {action_id}，可能稍后生效；以同一编号重发不会重复办理：{line}",
        "its id is {action_id}, and it may still be decided; with the same id it is never done twice: {line}",
    ),
    "check_rules": both("请检查（enforcement rules check）", "see what is wrong: enforcement rules check"),
    "several_cases": both("该编号对应多个案件：{ids}", "several cases answer for this number: {ids}"),
    "name_one": both("请用案件编号指定其中一个", "name one of them by its id"),
    "no_receipts": both(
        "近7天没有“{number}”的回执",
        "no receipt for {number} in the last 7 days, as long as receipts are kept",
    ),
    "ask_case": both("请查案件（enforcement case 来件号）", "ask for its case: enforcement case NUMBER"),
    "no_notices_of": both("没有关于编号 {number} 的通知", "no notice about number {number}"),
    "no_notices": both("没有发给 {to} 的通知", "no notice to {to}"),
    "recipients": both("现有收件方：{names}", "notified so far: {names}"),
}
