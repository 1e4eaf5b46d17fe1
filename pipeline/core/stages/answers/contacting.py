"""联系来电人: once the team has signed, it turns to the caller; how soon is a clock of its own, which every way of reaching somebody stops."""

from datetime import datetime, timedelta

from pipeline.core.case.decision_context import Decided, DecisionContext
from pipeline.core.case.reporters import is_secret, wants_call_back
from pipeline.core.rules.refusals import Refusal
from pipeline.core.rules.rules import Policy
from schemas.inputs.action import Contact
from schemas.journal.answer_events import CallerContacted
from schemas.state.case import Case


def decide_contact(context: DecisionContext, action: Contact) -> Decided:
    """Reached, or tried: after so many attempts, each so long after the one before, nobody is asked to go on.

    Attempts that are nearer together are on file and count once.
    """
    policy, case, at = context.rules.policy, context.case, context.at
    if not wants_call_back(case):
        return Refusal("nobody_to_contact", "action", "a case with a caller who left a phone")
    if is_secret(case):
        return Refusal("contact_by_hotline", "action", "tell the hotline, which calls")
    since = case.task.since if case.task else at
    contacted_at = max(min(action.acted_at, at), min(since, at))
    counted = not action.reached and _is_apart(policy, case, contacted_at)
    missed = (case.contact.counted if case.contact else 0) + counted
    is_over = case.contact is not None and case.contact.is_over
    event = CallerContacted(
        case_id=case.case_id,
        at=at,
        contacted_at=contacted_at,
        by=action.actor.id,
        way=action.way,
        reached=action.reached,
        counted=counted or action.reached,
        given_up=not action.reached and not is_over and missed >= policy.unreached_attempts,
        note=action.note,
    )
    return (event,)


def _is_apart(policy: Policy, case: Case, contacted_at: datetime) -> bool:
    missed_at = case.contact.missed_at if case.contact else None
    return missed_at is None or contacted_at >= missed_at + timedelta(minutes=policy.unreached_apart_minutes)
