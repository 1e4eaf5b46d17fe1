"""The words that everything rests on: code, Chinese, what it is. Closed lists are not here: their codes have words of their own."""

from typing import Final

_FIELD: Final = """
report | 上报、来件 | what a source pushes: somebody saw something somewhere
source | 来源 | who reports: a hotline, a grid patrol, electronic monitoring; its number and the report's make a report known
case | 案件 | what the centre handles until it is closed; opened by a report
matter | 执法事项 | one of the 53 things the street enforces, with its law, team, clock and evidence
severity | 事项等级 | P1 to P4 of a matter: P1 and P2 run day and night, P3 and P4 in office hours
street | 街道 | the unit of command; its code of 9 digits is the partition key
grid | 网格 | the smallest area, 15 digits; a street has up to 171
centre | 执法中心 | all of a street's state; the module where the stages meet
team, post | 执法队、岗 | who handles; who verifies (核查岗) or calls back (回访岗)
officer | 执法人员 | a person of a team; two of them handle a case on site
roster | 队伍花名册 | teams, posts, officers, partners and their hours: `rules/roster.yaml`
role | 角色 | in what capacity somebody acts; says what they may do: `rules/roles.yaml`
caller | 来电人 | who reported to a hotline; a token stands for the person everywhere but in `callers.v1`
accept | 受理立案 | the report is within what the street handles
check | 立案前核实 | somebody looks before it is filed
dispatch; offer, claim | 派单；领单 | a team is named; a pool of teams may take it, the first wins
sign | 签收 | the team confirms that it has the task
return | 退单 | the team gives it back with a reason; limited
objection | 派单异议 | the team says that the task is not its own; somebody else decides, and that binds
arrive | 到场 | at least two officers are on site
dispose | 处置 | the problem is dealt with, with evidence
self-disposed | 自处置 | the finder dealt with it on the spot
verify | 核查 | somebody other than the handler looks
rework | 返工 | verification failed; the same team goes again on the same clock
contact | 联系 | the team that signed turns to the hotline's caller, on a clock of its own; of a secret order the hotline does
answer | 答复 | what the caller is told: found so or not, what was done, by which law or for which reason, what comes next
call back | 回访 | the hotline's caller is asked: when it is verified, and at the deadline if it is not done by then
unreasonable demand | 不合理诉求 | what a caller asks for and nobody can give: with evidence and the hotline's consent it is counted apart
close | 结案 | the loop is closed
kind of closing | 办结类型 | what the month's report counts a case as that ended, the first of these that is so: 特殊、差错、超时、正常
buck-passing | 推诿 | a team gave a task back or objected to it and was not right: refused, or it was sent again
overdue multiple | 超时倍数 | of what was handled late: time that the handling took over its limit, both by its own clock
suspend, extend | 挂账、延期 | the clock stands for a while, the deadline moves; asked for, and granted by somebody else
act instead | 代处置、代履行 | the street has done what the owner or the party did not do, who bears the costs
unit's own limit | 权属单位时限 | the owner of a pipe or a lamp has so many percent of the matter's time for handling
order to correct, re-inspection | 责令限期改正、复查 | the party is to put it right by a date that rests the case; then somebody looks again, and it is obeyed or not
interim answer | 阶段答复 | not done yet: what is being done, and by when
void, transfer, reopen | 作废、移送、重办 | it never was a case; it is another organ's; it was not solved after all
decline | 不予受理、退回 | an order that is not for the street: another way is open, or another organ's; a second person or the hotline agrees
assign | 二级派遣 | within a team: its leader names who goes; no clock changes
supervise, raise | 挂牌督办、疑难工单 | the district watches a case, which is over only when it agrees; the district takes a case for a hard one, with more time
appeal, lift | 考核申诉、不纳入考核 | a unit asks that what is counted against it (考核扣分) be not; the centre decides, also of a case that is over
terminate | 终止办理 | given up by a written request that the hotline has reviewed
merge, split | 并案、拆案 | a report or a case joins one of the same thing, its caller is answered too; and is taken out again where that was wrong
relapse | 回潮 | the same again within days of closing; a case that knows the first
whistle, joint task | 吹哨、联合任务 | partner departments are called; what one of them is to do, on a clock of its own
coordinator, waiver | 牵头人、免于报到 | who leads joint enforcement; a partner that need not come
evidence | 证据 | photos, recordings, documents, by hash, chained for each case
assignment | 任务单 | what a team is asked to do, whole in itself
receipt | 回执 | what became of a report or an action, at once
notice | 通知 | a warning, a breach, a request, a final answer to a source
channel | 通知渠道 | where notices leave the pipeline: a reader of `notices.v1`, such as a webhook
""".strip()

_TIME: Final = """
clock, deadline, breach | 时限、到期、超期 | what may be taken, until when, and that it was exceeded
office hours, duty hours | 工作时间、值班时间 | when working time runs; when whoever holds a case may be notified
natural time | 自然时间 | day and night; calendar days are the law's
window | 当事人期限 | a limit that is the party's: it ends, and nobody is late
ladder, rung | 催办督办阶梯 | who is notified when: 催办通知书、督办单、通报批评
provisional | 暂定 | a deadline that counts on a year whose holidays are not announced
timer | 定时器 | what is due at an instant though no record comes: a warning, a breach, the end of a suspension
policy, edition | 时限政策、版本 | limits and ladders in force from a date: `rules/sla/`; a case keeps the edition it was opened under
""".strip()

_LAW: Final = """
penalty procedure | 行政处罚程序 | beside the case, step by step, each guarded by the law as data: `rules/procedure.yaml`
penalty kind | 处罚种类 | what a decision lays on somebody, out of the law's list
party | 当事人 | who is to be punished
guard | 法定条件 | what the law asks before a step, with article and version in the refusal
hearing | 听证 | offered before a heavy decision; the party is notified 7 workdays before
measure | 查封、扣押、先行登记保存 | what is done to things before a decision; ends with a decision on the things
late fee | 加处罚款 | what paying late costs, up to the fine itself
""".strip()

_MACHINE: Final = """
entry, journal | 台账 | one line per input record or timer: what happened and why
event | 事件 | what an entry says became of a case; never edited once released
snapshot | 案件快照 | a case as it stands, in `cases.v1`; what a worker restores from
refusal | 不予受理、不予办理 | an answer with a stable code, never an exception
dead letter | 死信 | a message that could not be understood; its bytes are sealed with the callers
turn | 轮次 | one record or timer decided: partition, number and instant
partition | 分区 | streets whose records one thread decides in order; their number is for ever
ledger, position | 提交、位置 | the transaction of a batch; where a partition stands, written in it
owner, epoch | 分区持有者、任期 | the worker that has a partition; grows by one with each owner
rules version | 规则版本 | stands on each entry: the rules that decided it
three rates | 三率 | of callers: contacted in time (响应率), problem solved (解决率), satisfied (满意率)
indicator | 指标 | a figure of the work with a formula: on a board and in the month's report it is the same
goal | 目标 | what an indicator should reach: `rules/objectives.yaml`
invariant | 不变量 | what the auditor proves of the log
""".strip()


def words() -> tuple[tuple[str, tuple[tuple[str, ...], ...]], ...]:
    """Head and rows of each table; a row is code, Chinese, and what it is."""
    tables = {"The work 业务": _FIELD, "Time 时间": _TIME, "The law 法制": _LAW, "The machine 系统": _MACHINE}
    return tuple((head, tuple(map(_row, text.splitlines()))) for head, text in tables.items())


def _row(line: str) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in line.split("|"))
