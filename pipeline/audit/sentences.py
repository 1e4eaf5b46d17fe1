"""The sentence of each violation in English and in Chinese, by a code that never changes; words in braces are filled in.

A code belongs to one invariant. `case_id` and place stand beside the sentence and are not repeated in it.
"""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple


class Sentence(NamedTuple):
    """The invariant of a code, and its sentence in both languages."""

    invariant: str
    en: str
    zh: str


_TEXT: Final = """
T0 transaction_hangs     | an open transaction has held readers up for {seconds} s: {behind} offsets behind it cannot be read | 有事务悬挂已{seconds}秒，其后{behind}个偏移不可读
T1 input_unseen          | entry decides {where}, which is no committed record | 台账处理了{where}，而该处没有已提交的记录
T1 cause_elsewhere       | entry names {where}, which is not an input of this partition | 台账所指{where}不是本分区的输入
T2 read_otherwise        | a second reader finds another value here | 再次读取，此处的值不同
T2 read_missing          | a second reader does not find the record that the first found | 再次读取，此处的记录不见了
T3 acknowledged_lost     | the broker acknowledged a record here to whoever pushed it, and it is not there | 此处的记录已向来源确认，日志中却没有
T4 entry_twice           | entry {entry_id} stands in the journal already | 台账编号{entry_id}重复
T4 entry_misnamed        | entry {entry_id} is not named after its partition, epoch and number | 台账编号{entry_id}与分区、任期、序号不符
T5 input_order           | {where} is decided after offset {last} | {where}在偏移{last}之后才处理，次序颠倒
T6 outputs_counted       | entry {entry_id} says it wrote {counted} records to {topic}; there are {present} | 台账{entry_id}称写入{topic}共{counted}条，实有{present}条
T6 entry_gap             | entry number {seq} follows {last} | 台账序号{seq}紧接{last}，不连续
T6 output_unreadable     | the record is not of its contract: {why} | 记录不合约定：{why}
T7 log_went_back         | {topic} ends at {end}; an earlier audit, at the entry of {at}, had seen {before}: the brokers have an older copy of their data, or the topic was made anew (if that was meant, remove the checkpoint) | {topic}止于{end}，而此前审计（至{at}的台账）所见已达{before}：消息服务所存为旧数据，或主题已重建（若属有意，请删除检查点文件）
T7 entry_replaced        | entry number {seq}, of {at}, is not there as an earlier audit saw it, or one before it is not | 台账序号{seq}（{at}）或其以前的台账已非此前审计所见
I1 input_lost            | no entry decides this record, and later ones are decided | 此记录没有台账，而其后的已处理
I1 undecided_gone        | the log begins at {begin} and the last that was decided is {last}: {many} records behind it were deleted undecided | 日志自{begin}起，最后处理的是{last}，其后{many}条未经处理即被清除
I1 input_decided_twice   | {where} was decided before | {where}已处理过
I1 outcome_unclear       | {where} is decided as: {outcomes}; exactly one outcome is due | {where}的处理结果为：{outcomes}；应恰有一个
I1 hop_lost              | {where} was forwarded to partition {to}, and is neither decided nor waits there | {where}已转入分区{to}，那里既未处理，也不在等待
I1 hop_twice             | {where} was forwarded once and is decided more than once | {where}只转过一次，却处理了多次
I1 move_lost            | report {number} went to another street with its case (partition {to}), and is neither decided nor waits there | 来件{number}已随案件移交其他街道（分区{to}），那里既未处理，也不在等待
I1 move_refused         | report {number} came from another street with its case, and was not taken over | 来件{number}随案件由其他街道移交而来，却未予承接
I1 move_twice           | report {number} went to another street once and is decided there more than once | 来件{number}只移交过一次，却承接了多次
I1 move_incomplete      | the case was moved with {many} reports; the entry says another number | 案件移交时有{many}件来件，台账所记件数不同
I1 entry_unreadable      | the entry is not of its contract: {why} | 台账不合约定：{why}
I2 cause_differs         | the record at {where} is not the one that was decided: its hash differs | {where}的记录与台账所记散列不同
I2 cause_other_street    | the record at {where} has another key than street {street} | {where}的记录键不是街道{street}
I2 case_other_street     | the case is not of street {street}, of which the entry is | 案件不属于台账所记街道{street}
I2 wrong_partition       | street {street} belongs to another partition | 街道{street}不归本分区
I2 hop_needless          | the record was forwarded to partition {to} though it stood where it belongs, or not to where it belongs | 记录本在应在分区却被转入分区{to}，或所转并非应在分区
I2 hop_differs           | what is decided as forwarded from {where} is not what was forwarded from there | 以转自{where}处理的，并非由该处转出的记录
I2 hop_untold            | the entry says that {where} was forwarded; the record does not say so | 台账称记录转自{where}，而记录本身未载明
I2 hop_invented          | the entry decides a record forwarded from {where}, and no entry there forwarded it | 台账处理的记录转自{where}，而该处没有台账将其转出
I2 move_invented        | report {number} is taken over as that of case {where}, which was not moved here | 来件{number}按案件{where}移交承接，而该案并未移交
I2 move_pretended       | the case is said to come from {where}, or comes from there and does not say so | 案件称由{where}移交而来，或确由其移交而来却未载明
I2 move_unsaid          | the entry says that the report came with case {where}; the record does not say so | 台账称来件随案件{where}移交而来，而记录本身未载明
I2 move_astray          | report {number} is in another case or partition than it was sent to, {to} | 来件{number}所在案件或分区，并非移交所指{to}
I2 timer_not_armed       | nothing had armed {timer} of clock {clock} for {due}, or it was disarmed | 时钟{clock}的{timer}（{due}）未曾设定，或已撤销
I2 timer_of_nobody       | {timer} of clock {clock}, due {due}, fires for a case that is not there | 时钟{clock}的{timer}（{due}）触发，案件却不存在
I3 report_twice          | report {number} has a case already: {home} | 来件{number}已有案件：{home}
I3 repeat_of_other_case  | report {number} came again and was told of another case than its own, {home} | 重复来件{number}被告知的不是其所属案件{home}
I3 other_answer          | {number} came again and got another receipt than the first time | {number}重复，所得回执与首次不同
I3 other_end             | what the answer says of the end of a case of before is not so: {right} | 所告知的原案结果不符，应为：{right}
I3 wrongly_gone          | the action is told that its case is kept no longer, and it is kept, or there never was one | 告知案件已不再保留，而案件仍在，或从未登记
I3 wrongly_unknown       | the action is told that there is no such case, and there is, or was | 告知没有此案件，而案件存在，或曾经登记
I3 told_apart            | {number} came again and was taken for another message though it says the same, or for the same though it says another | {number}再次到达，内容相同却作不同处理，或内容不同却作相同处理
I3 update_of_other_case  | report {number} says something else, and another case than its own, {home}, took that in | 来件{number}的补充内容并入的不是其所属案件{home}
I3 update_twice          | report {number} came again and said nothing else, and was taken for an update | 来件{number}再次到达，内容相同却按补充处理
I4 move_wrong           | the case was moved to {to}, which is its own street, has had it, or is not where its new case is; or others were merged into it | 案件移交至{to}，而该街道即本街道、曾经手该案，或并非新案件所在；或者尚有案件并入
I4 moved_too_often      | the case was moved on though it had come through {many} other streets | 案件已经{many}个街道移交，又再次移交
I4 illegal_move          | {event} may not happen to a case at stage {stage} | 案件在{stage}阶段不得发生{event}
I4 penalty_shut          | the penalty goes on to {step}, though {waits} comes first or has not ended | 处罚程序走到{step}，而{waits}应在其前或尚未结束
I4 approved_by_handler   | {who} handles the case and approves of {step} | {who}经办此案，又审批{step}
I4 never_opened          | something happens to a case that was never opened | 案件从未登记，却有后续
I4 other_deed            | action {action} was accepted, and what it is for did not happen | 动作{action}已受理，却没有相应的事项
I4 version_told          | the accepted {action} is told another version than the case has | 受理{action}时所告知的版本与案件不符
I4 stage_told            | the accepted {action} is told another stage than the case is at | 受理{action}时所告知的阶段与案件不符
I4 role_not_allowed      | {actor} may not do {action} as {role} | {actor}以{role}身份无权{action}
I4 by_handler            | {actor} handled the case and does {action} on it, too | {actor}经办此案，又作{action}
I4 self_decided          | {actor} decides what {actor} asked for | {actor}审批了自己的申请
I5 stale_accepted        | {expected} was expected and the case was at version {version}: the action was accepted all the same | 期望版本{expected}，案件已是{version}，动作仍被受理
I5 fresh_refused         | refused as stale, although version {expected} is the case's own, {version} | 以过期拒绝，而期望版本{expected}正是案件版本{version}
I5 claim_refused         | team {team} was told the claim is lost while the case was still offered to it | {team}被告知领单已晚，而案件仍在待领
I5 other_action          | what was accepted as {action} is not what the record asks for | 受理为{action}，与输入记录所请不同
I6 claimed_twice         | team {team} claims a case that another holds, or that was not offered to it | {team}领单时案件已有责任方，或未向其派发
I6 claimed_too_many      | team {team} claims another case while {claims} of its claims are unfinished; it may have {most} | {team}已有{claims}件领单未办结，上限{most}件，仍再领单
I6 lease_wrong           | what {team} claimed it has until {until}; by the policy it is {right} | {team}领单的到场期限记为{until}，按规则应为{right}
I6 lease_ignored         | {team} claimed and did not come in time, and the task went to nobody else | {team}领单后逾期未到场，任务未改派
I6 given_twice           | the task is given twice in one entry | 一条台账内任务派发两次
I6 not_the_holder        | {action} by team {team}; the task is held by {holder} | {team}作{action}，而任务由{holder}承办
I6 other_post            | {role} does {action} for {team}; that role belongs to {post} | {role}代表{team}作{action}，而该身份属于{post}
I6 other_street          | {action} by people of street {street}, on another street's case | 街道{street}的人员对其他街道的案件作{action}
I6 handed_over_wrong     | the task of {gone} goes to {successor}; by the roster it is {right} | {gone}的任务交由{successor}，按名册应为{right}
I6 two_holders           | several teams see the task as their own: {teams} | 多支队伍都视任务为己方：{teams}
I7 other_view            | teams see open: {seen}; the journal says: {true} | 队伍所见待办：{seen}；台账实为：{true}
I7 task_unfindable       | {tasks} is open, and neither an assignment that is kept nor the last snapshot shows it | {tasks} 未结，而留存的任务与最新快照均不显示
I7 other_callers_seen    | the clerk is to call {seen} callers; {true} wait for a call | 回访任务列有{seen}名诉求人，实有{true}名待回访
I7 other_deadline_seen   | a team sees another deadline than the case has: {seen} | 队伍所见时限与案件不同：{seen}
I8 deadline_wrong        | clock {clock}, {spent} from {start}: due {recorded}, computed {right} | 时钟{clock}自{start}起{spent}：记为{recorded}，应为{right}
I8 provisional_wrong     | clock {clock}, {spent} from {start}: provisional or not, it says the wrong one | 时钟{clock}自{start}起{spent}：暂定标记有误
I8 hotline_deadline_wrong | clock {clock} is bound by {recorded}; the hotline's deadline for the reports of this case is {right} | 时钟{clock}受热线时限{recorded}约束，本案诉求的热线时限应为{right}
I8 limit_wrong           | clock {clock} has the limit {spent}; the rules say {limit} | 时钟{clock}限期为{spent}，规则为{limit}
I8 roster_wrong          | clock {clock} counts by other hours than those of whoever holds the case: {roster} | 时钟{clock}未按承办方的工作时间{roster}计算
I8 limit_not_anew        | clock {clock} counts from {start}, though the step it begins with was taken again since | 时钟{clock}自{start}起算，而其起算步骤此后又重新进行
I8 other_clocks_run      | at stage {stage} run too many: {runs}; too few: {lacks} | 在{stage}阶段，多走的时钟：{runs}；少走的：{lacks}
I8 request_unclocked     | {request} was asked for and waits, and no clock for its decision runs | {request}申请待审批，却没有审批时钟在走
I8 decision_clock_left   | a clock for the decision on {request} runs, and nothing of the kind waits for one | {request}的审批时钟仍在走，而并无此项申请待审批
I9 moved_without_reason  | clock {clock}: {change}, but not as that may change it, or nothing gave it the right to | 时钟{clock}：{change}，但改动不当或缺乏事由
I9 moved_unstarted       | clock {clock}: {change}, and it never began | 时钟{clock}：{change}，而它从未起算
I9 deadline_earlier      | clock {clock}: {change} made the deadline earlier | 时钟{clock}：{change}使时限提前
I9 hotline_not_asked     | the hotline's deadline was moved to {due}, and the hotline did not grant it | 热线时限改为{due}，而热线并未批准
I9 begun_anew           | the case came from another street, and there its clock {clock}, or the time since when it waits, began anew | 案件由其他街道移交而来，其时钟{clock}或者受理时间却重新起算
I9 linked_left_behind    | the deadline of the case was moved, and {clocks}, which hang on it, were not moved with it | 案件时限已变更，与之关联的时钟{clocks}却未随之变更
I10 timer_early          | {timer} of clock {clock} fires before it is due, {due} | 时钟{clock}的{timer}早于到期时间{due}触发
I10 timer_passed_over    | something of this case was due {due} and did not fire before what came later | 本案有定时{due}到期，却未先于后来者触发
I10 timer_lateness       | {timer} of clock {clock}, due {due}, says another lateness than it has | 时钟{clock}的{timer}（{due}）所记迟延不符
I10 timer_other_event    | {timer} of clock {clock}, due {due}, is the cause, and the entry tells of no such timer | 起因为时钟{clock}的{timer}（{due}），台账中却没有
I10 level_twice          | {timer} of clock {clock} tells of a level that was told before | 时钟{clock}的{timer}层级已通知过
I10 level_wrong          | clock {clock} climbs to level {level}, which is not the one whose time has come | 时钟{clock}升至层级{level}，并非应到的层级
I10 rung_wrong           | clock {clock} is to wake somebody at {wake}; the ladder says {right} | 时钟{clock}定于{wake}提醒，按阶梯应为{right}
I11 time_back            | {at} after {last} | {at}在{last}之后，时间倒流
I11 set_back_wrong       | the time is set back to {at} from {before}; the entry before is of {last}, and nothing else may be in the entry | 时间由{before}拨回{at}，而前一条台账为{last}，且该条不得含其他事项
I11 set_back_unfounded   | the time is set back to {at}; {last}, of the entry before, was not ahead of {written}, when the log took this one | 时间拨回{at}，而前一条台账的{last}并未超前于写入日志的{written}
I11 time_ahead           | {at} is more than {skew_s} s ahead of {written}, when the log took it | {at}比写入日志的{written}早超过{skew_s}秒
I11 time_not_arrival     | counts as of {at}; its record arrived at {right}, or later entries stood before it until then | 按{at}计，而记录应按{right}到达计
I11 time_not_due         | counts as of {at}; its timer was due at {right}, or later entries stood before it until then | 按{at}计，而定时器应按{right}到期计
I11 decided_before       | decided at {decided}, before {at}, as of which it counts | 处理时间{decided}早于所计时间{at}
I11 decided_ahead        | decided at {decided}, more than {skew_s} s ahead of {written}, when the log took it | 处理时间{decided}比写入日志的{written}早超过{skew_s}秒
I12 case_forgotten       | the case is open at {stage} and nothing of it is due any more | 案件未结（{stage}），却再无任何定时
I12 no_final_answer      | the case is over and the source of {number} is not told | 案件已终结，未告知来件{number}
I12 move_untold         | the case is another street's now, and the source of {number} is not told | 案件已移交其他街道，未告知来件{number}
I12 closed_unhandled     | the case is closed and nobody has handled it, or not since it was opened again | 案件结案，却无人处置，或重办后未处置
I12 closed_uncalled      | the case is closed and its caller was not asked | 案件结案，却未回访诉求人
I12 closed_unanswered    | the case is closed and nobody has written what its caller is answered | 案件结案，却无人写明对诉求人的答复
I12 secret_contacted     | the team turned to the caller of a secret order, whom only the hotline contacts | 保密工单应由热线联系诉求人，却由承办单位联系
I12 demand_unproven      | a demand is held to be unreasonable without evidence, or without a reason | 申请认定不合理诉求，却无证据或理由
I12 demand_uncounted     | the hotline did not hold the demand unreasonable, and the call is not counted | 热线未认定不合理诉求，该次回访却未计入
I12 unconsented          | the case is closed as an unreasonable demand, and the hotline did not consent | 案件按不合理诉求结案，热线却未认定
I12 contradiction_missed | whether report {number} speaks against the disposal that waits to be confirmed is recorded wrongly | 来件{number}是否反映处置无效，记录有误
I12 contradiction_untold | report {number} came after the disposal, and whoever is to confirm that is not told | 来件{number}在处置后反映同一问题，却未告知核查或回访人
I12 contradiction_unanswered | what was reported again after the disposal ({number}) was passed over | 处置后再次反映的来件（{number}）未予核实即予通过
I12 urgency_lost         | report {number} joined the case, and the case is not as urgent as it | 来件{number}并入后，案件等级未随之提高
I12 rise_untold          | report {number} raised the case, and nobody is told | 来件{number}使案件升级，却无人被告知
I12 update_untold        | what came under the number {number} is told to nobody | 编号{number}的补充或催办未告知任何人
I12 dead_request         | {request} waits to be decided, and at {stage} or by now nobody can grant it any more | {request}申请仍待审批，而在{stage}阶段或此时已无法批准
I12 request_vanished     | {request} was asked for and waits no more: it was neither decided nor did it lapse | {request}申请不再待审批，却既未审批也未失效
I12 lapsed_alive         | {request} lapsed ({why}), and could still be granted, or was never asked for so | {request}申请失效（{why}），而其尚可批准，或并无此申请
I12 suspected_again      | the case is suspected to be one with {into}, of which somebody said that it is not | 案件再次被疑与{into}重复，而此前已认定不重复
I8  district_not_asked   | {request}: nobody of the district has granted it | {request}：未经区督办部门批准
I8  order_without_rest   | an order to correct and the rest of the case for it do not go together | 责令限期改正与案件等待复查不一致
I8  order_extended_wrongly | the date of an order to correct was moved twice, or too late, or the case does not rest until the new one | 改正期限延长两次、逾期延长，或者案件未等到新期限
I8  inspected_wrongly    | a re-inspection of no order, without new evidence, or one that finds it disobeyed before the date | 没有责令改正而复查、复查无新证据，或者期限未届满即认定未改正
I8  order_released_wrongly | an order to correct was released that is none, or by somebody who handled the case or its penalty | 撤回或者不再追究的责令改正不存在，或者由办理案件或者处罚的人员作出
I8  order_ended_request  | an order to correct ended what was asked for ({request}), and nobody had decided it | 责令改正使待审批的申请（{request}）未经审批即失效
I8  corrected_unseen     | nobody is punished since it is corrected, which no re-inspection has found | 以已改正为由不予处罚，而复查并未认定已改正
I8  order_unsettled      | done, ended or handed over, while the order to correct was not inspected again, or is disobeyed and nothing has followed since | 责令改正尚未复查，或者逾期未改正后并未处理，即办结、终止或者移送
I8  instead_wrongly      | done in somebody's stead without what its ground asks for | 代处置或者代履行缺少其依据所要求的条件
I8  costs_wrongly        | costs are recovered that were not claimed, or moved though none are open | 费用未追偿即收回，或者没有待追偿费用却有变动
I8  order_archived       | a penalty file is archived while the order to correct runs, or is neither obeyed, released nor enforced | 责令改正期限未届满，或者既未履行、撤回也未强制执行，处罚案卷即归档
I8  ended_under_supervision | the case is at {stage}, and the district has not ended its supervision | 案件处于{stage}，而督办部门尚未解除督办
I8  appeal_unproven      | an appeal against what is counted has no evidence, or no reason | 考核申诉没有证据或者理由
I8  appeal_of_nothing    | an appeal is against what is not counted against whoever asks, or was decided before | 考核申诉所指并未计入该单位考核，或者已有决定
I8  appeal_by_handler    | somebody who handled the case decides its appeal | 考核申诉由本案经办人员决定
I8  lifted_otherwise     | what is counted no longer is not what an appeal was granted against | 不纳入考核的事项与准许的考核申诉不符
I12 merged_elsewhere     | it was said to be one with {into}, and is not merged into it | 已认定与{into}重复，却未并入该案
I12 lapse_untold         | {request} lapsed ({why}), and {to} is not told | {request}申请失效（{why}），却未告知{to}
I12 extension_untold     | the hotline granted an extension, and the source of {number} is not told | 热线已批准延期，却未告知来件{number}
I12 closed_unreached     | the case is closed as unreached and nobody called | 案件以未接通结案，却没有拨打
I13 output_invented      | no entry of the journal wrote this record of {topic} | 没有台账写过{topic}的这条记录
I13 outputs_not_replayed | entry {entry_id} is to write {many} records to {topic}, and not what stands there | 台账{entry_id}应向{topic}写入{many}条，与实际不同
I13 key_wrong            | the record of {topic} has another key than what it says | {topic}的记录键与内容不符
I13 also_wrong           | the entry does not name the other cases that it touches: {cases} | 台账未列明所涉其他案件：{cases}
I13 output_misnumbered   | the record of {topic} is to be {name} | {topic}的记录应编号为{name}
I13 output_other_time    | the record of {topic} has another time than its entry | {topic}的记录与台账时间不同
I13 team_header          | the header names another team than {team} | 消息头所记队伍不是{team}
I14 entry_not_replayed   | the core decides otherwise for entry {entry_id}: {fields} | 重放台账{entry_id}结果不同：{fields}
I14 entry_not_replayable | the core cannot decide entry {entry_id}: {why} | 台账{entry_id}无法重放：{why}
I15 snapshot_differs     | the snapshot differs from the journal in: {fields} | 快照与台账不符：{fields}
I15 snapshot_missing     | the case's last entry is {entry_id}; its last snapshot is of {seen} | 案件最后台账为{entry_id}，最后快照却是{seen}
I15 snapshot_untouched   | the entry wrote a snapshot of a case that it does not touch | 台账写了未涉案件的快照
I15 snapshot_not_replayed | the core makes another snapshot at entry {entry_id} | 重放台账{entry_id}所得快照不同
I15 tombstone_missing    | the case is not kept any more and its snapshot still stands | 案件已不再保留，快照却仍在
I15 tombstone_unasked    | the entry deletes a snapshot that stays, or keeps one that goes | 快照该留而删，或该删而留
I15 tombstone_invented   | no entry of the journal deleted this snapshot | 没有台账删除过此快照
I15 retired_lost         | street {street}: {right} reports of cases that are gone are to be kept; {kept} are, or not as they were | 街道{street}：应永久保留{right}件来件的编号，实存{kept}件，或内容有误
I15 duty_differs         | what is kept of the people and devices of street {street} differs from the journal in: {fields} | 街道{street}的值班状态与台账不符：{fields}
I15 duty_missing         | the last entry on people and devices of street {street} is {entry_id}; what is kept is of {seen} | 街道{street}的值班状态应为台账{entry_id}所写，实为{seen}
I15 position_back        | the position runs back, to {seq} | 分区位置倒退至{seq}
I15 position_epoch       | the position at {seq} names another epoch than the journal | 位置{seq}的任期与台账不符
I15 position_input       | the position says {offset} of {topic}; the journal came to another offset | 位置记{topic}为{offset}，台账进度不同
I15 position_digest      | the position's digest at {seq} is not that of the snapshots | 位置{seq}的摘要与全部快照不符
I16 unbalanced           | street {street}, {name}: the journal says {journal}, the topics hold {topic} | 街道{street}，{name}：台账为{journal}，主题中为{topic}
I16 records_unbalanced   | {topic}: the journal decided {journal}, {present} were to be decided | {topic}：台账处理{journal}条，应处理{present}条
I17 no_receipt           | the record got {many} receipts; one is due | 该记录有{many}份回执，应为一份
I17 other_receipt        | the receipt says {receipt}; the entry says {entry} | 回执为{receipt}，台账为{entry}
I17 other_faults         | the faults that the receipt ({receipt}) lists do not begin with its own | 回执（{receipt}）所列错误未以其自身代码开头
I17 other_letter         | the dead letter ({why}) tells of another record or reason than its entry | 死信（{why}）所述记录或原因与台账不符
I17 original_missing     | the bytes of the dead letter are not kept under {token}, or were erased | 死信原文未存于{token}，或已删除
I17 original_differs     | the bytes kept under {token} are not those of the dead letter | {token}所存并非死信原文
I17 retry_untraced       | the record says that it is pushed again for dead letter {told}; its entry names {recorded} | 记录称为死信{told}重推，台账记为{recorded}
I17 discard_unknown      | dead letter {letter} is discarded, and there was none before | 作废的死信{letter}此前并不存在
I17 left_out_untold      | report {number} was sent with {field}; the case does not have it, and nobody is told that it was left out | 来件{number}带有{field}，案件中没有，也未载明未采用
I17 left_out_kept        | report {number}: {field} is said to be left out, and the case has it | 来件{number}载明未采用{field}，案件中却有
I17 left_out_real        | report {number}: {field} was left out as a placeholder, and says something | 来件{number}的{field}作占位内容未采用，实有内容
I17 left_out_differs     | the case was opened without {fields}; its receipt or assignment says otherwise | 案件未采用{fields}，回执或任务所载不同
I18 personal_data        | the record holds {what} | 记录中含有个人信息（{what}）
I18 secret_place         | of secret order {number} a door or the exact point stands where whoever handles it reads it | 保密工单{number}的门牌或精确位置出现在承办单位可见处
I18 forgotten_kept       | {token} was forgotten on {at}, and what stood under it is still here | {token}已于{at}删除，原内容却仍在此处
I18 forgotten_again      | {token} was forgotten on {at}, and what had come before stands here again | {token}已于{at}删除，此前的内容又写入此处
I18 forgotten_said       | the record that {token} was forgotten holds {what} | {token}的删除记录中含有个人信息（{what}）
I19 proves_two           | photo or clip {sha256} proves this case and case {other} too | 影像{sha256}既证明本案，又证明案件{other}
I19 set_aside_wrong      | whether photo or clip {sha256} of report {number} counts as evidence is recorded wrongly | 来件{number}的影像{sha256}是否可作证据，记录有误
I20 device_out_twice     | {device} is handed out to {officer} while {holder} has it | {device}由{holder}领用未还，又交{officer}领用
I20 device_back_from_other | {device} is handed back by {officer}, and {holder} had it | {device}由{officer}归还，而领用人为{holder}
I21 acted_without        | {action} by {officer} for team {team} is accepted: {lacks} | 已受理{officer}代表{team}所作的{action}，而{lacks}
I21 arrived_uncertified  | of those who arrived {certified} are certified, {least} are needed | 到场人员中持证者{certified}人，应有{least}人
I21 recorded_without     | evidence of {device} is accepted: {wrong} | 已采用{device}的证据，而{wrong}
I21 proposal_missing     | a team is given a case and nobody is proposed, or somebody is where no team is given it: {team} | 案件交办{team}时没有派员建议，或并未交办而有建议
I21 proposal_wrong       | who is proposed to team {team} could not go so: {wrong} | 向{team}建议的派员不符实情：{wrong}
"""


def _sentences(text: str) -> Iterator[tuple[str, Sentence]]:
    for line in text.strip().splitlines():
        head, en, zh = (part.strip() for part in line.split("|"))
        invariant, code = head.split()
        yield code, Sentence(invariant, en, zh)


SENTENCES: Final[Mapping[str, Sentence]] = dict(_sentences(_TEXT))
