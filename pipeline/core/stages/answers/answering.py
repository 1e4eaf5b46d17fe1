"""答复: before a caller is called back somebody of the team has written what was found, what was done and why."""

from datetime import datetime

from pipeline.core.case.decision_context import Decided, DecisionContext
from pipeline.core.case.reporters import current_answer, wants_call_back
from pipeline.core.correction_orders import is_penalised, latest
from pipeline.core.rules.law_in_time import bases
from pipeline.core.rules.refusals import Refusal, all_of
from pipeline.core.rules.rules import Rules
from schemas import limits
from schemas.inputs.action import WriteAnswer
from schemas.journal.answer_events import AnswerWritten
from schemas.state.answer import WrittenAnswer
from schemas.state.case import Case
from schemas.values.answer_terms import AnswerFinding
from schemas.values.placeholders import says_nothing


def decide_answer(context: DecisionContext, action: WriteAnswer) -> Decided:
    """What was written is on file; see `written_answer`."""
    answer = written_answer(context.rules, context.case, action, context.at)
    if isinstance(answer, Refusal):
        return answer
    return (AnswerWritten(case_id=context.case.case_id, answer=answer),)


def written_answer(rules: Rules, case: Case, action: WriteAnswer, at: datetime) -> WrittenAnswer | Refusal:
    """It says what was found, what was done and by which law or for which reason; a text that nobody wrote is that of the template.

    What was found to be so rests on the law of the matter, where no other is named.
    """
    basis = action.basis
    if says_nothing(basis) and action.found in (AnswerFinding.TRUE, AnswerFinding.PARTLY):
        basis = "、".join(bases(rules.matter_of(case.facts.matter).legal_basis, case, at))
    refusal = all_of(
        (
            Refusal("answer_incomplete", "done", "what was done") if says_nothing(action.done) else None,
            Refusal("answer_incomplete", "basis", "the law, or the reason") if says_nothing(basis) else None,
            _not_ahead(action, at),
        )
    )
    if refusal:
        return refusal
    text = action.text if not says_nothing(action.text) else _proposed(rules, case, action, basis)
    if len(text) > limits.NOTE_MAX or len(basis) > limits.NOTE_MAX:
        return Refusal("answer_too_long", "text", f"at most {limits.NOTE_MAX} characters")
    return WrittenAnswer(
        leg=case.task.leg if case.task else 0,
        at=at,
        by=action.actor.id,
        found=action.found,
        done=action.done,
        basis=basis,
        text=text,
        next_at=action.next_at,
    )


def _proposed(rules: Rules, case: Case, action: WriteAnswer, basis: str) -> str:
    """The text of the template for this matter and finding, filled in; what an order asks for is shortened before the text is too long."""
    order = latest(case)
    if order is None:
        return _filled_in(rules, case, action, basis, "")
    told = rules.answers.ordered(order, is_penalised=is_penalised(case))
    text = _filled_in(rules, case, action, basis, told)
    excess = len(text) - limits.NOTE_MAX
    if excess <= 0:
        return text
    less = rules.answers.ordered(order, is_penalised=is_penalised(case), longest=len(told) - excess)
    return _filled_in(rules, case, action, basis, less)


def _filled_in(rules: Rules, case: Case, action: WriteAnswer, basis: str, ordered: str) -> str:
    facts, done = case.facts, action.done
    more = [ordered] if ordered else []
    if case.done_instead:
        more.append(rules.answers.acted_instead(sum(one.cost_yuan for one in case.done_instead)))
    done = "；".join((done.rstrip("。；，.;, ") if more else done, *more))
    return rules.answers.answer(
        facts.matter,
        action.found,
        matter_zh=rules.matter_of(facts.matter).name_zh,
        place=facts.place.address,
        done=done,
        basis=basis,
        next_at=action.next_at,
    )


def refuse_unanswered(case: Case) -> Refusal | None:
    """A caller is called back about what somebody wrote; of what no team handled nobody did."""
    has_team = case.task is not None and case.task.team is not None
    if not has_team or not wants_call_back(case) or current_answer(case) is not None:
        return None
    team = case.task.team if case.task else None
    return Refusal(
        "answer_not_written", "action", "the team answers first: enforcement act CASE answer", team
    )


def _not_ahead(action: WriteAnswer, at: datetime) -> Refusal | None:
    if action.next_at is None or action.next_at > at:
        return None
    return Refusal("expected_in_past", "next_at", "a time after now")
