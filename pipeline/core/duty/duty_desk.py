"""The people and devices of one street (值班台), and the only place where that state changes: `decide` reads, `apply` takes over.

DutyAction ─► known before? ─► role, post, time ─► decider ─► DutyChange + DutyActionAccepted ─► evolved ─► Decision.duty
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

from pipeline.core.case.decision import AcceptedDuty, Decision, RefusedDuty
from pipeline.core.case.task_rights import post_of
from pipeline.core.case.turn import Turn
from pipeline.core.duty import device_changes, people_changes
from pipeline.core.duty.duty_context import DutyContext, DutyDecided
from pipeline.core.duty.duty_evolve import evolved, is_within_limits
from pipeline.core.duty.who_is_there import DutyView, KnownDuty
from pipeline.core.rules.identity import duty_digest
from pipeline.core.rules.redaction import without_personal_data
from pipeline.core.rules.refusals import Refusal
from pipeline.core.rules.rules import Rules, Street
from schemas.duty.duty_actions import DutyAction
from schemas.duty.duty_events import (
    DutyActionAccepted,
    DutyActionRefused,
    DutyActionRepeated,
    DutyChange,
)
from schemas.duty.street_duty import DutyActionRef, StreetDuty

DUTY_ACTIONS: Final[Mapping[str, Callable[..., DutyDecided]]] = {
    "take_leave": people_changes.take_leave,
    "end_leave": people_changes.end_leave,
    "swap_shift": people_changes.swap_shift,
    "call_out": people_changes.call_out,
    "lend": people_changes.lend,
    "end_loan": people_changes.end_loan,
    "issue_certificate": people_changes.issue_certificate,
    "withdraw_certificate": people_changes.withdraw_certificate,
    "hand_out": device_changes.hand_out,
    "hand_back": device_changes.hand_back,
    "mark_device": device_changes.mark_device,
}
"""What decides each action, by its code. Who may do it is `may_duty` of `rules/roles.yaml`."""


class DutyDesk:
    """What is known of a street's people: the file of the rules, and what happened since."""

    def __init__(self, street: Street, rules: Rules) -> None:
        self._street: Final = street
        self._rules: Final = rules
        self.people: Final = rules.people.get(street.code)
        """The street's file; None where nobody has listed its people."""
        self.state: StreetDuty | None = None
        """What happened since the file was written; None where nothing did."""
        self._known = None if self.people is None else KnownDuty(self.people, None)

    def apply(self, state: StreetDuty) -> None:
        """This is the state now."""
        self.state = state
        self._known = None if self.people is None else KnownDuty(self.people, state)

    def view(self, at: datetime) -> DutyView | None:
        """Who is there at that instant; None in a street without a file of its people: nothing is checked there."""
        return None if self._known is None else DutyView(self._known, at)

    def decide(self, action: DutyAction, turn: Turn) -> Decision:
        """Repeat the first answer, refuse, or accept: in this order."""
        for done in self.state.actions if self.state else ():
            if done.action_id == action.action_id:
                if done.content != duty_digest(action):
                    return refuse_duty(action, Refusal("id_used_otherwise", "action_id", "a new id"))
                again = DutyActionRepeated(street=self._street.code, action_id=action.action_id)
                return Decision((again,), reply=AcceptedDuty(action.actor.id, done))
        decided = self._decided(without_personal_data(action), turn)
        if isinstance(decided, Refusal):
            return refuse_duty(action, decided)
        return self._accept(action, decided, turn)

    def _decided(self, action: DutyAction, turn: Turn) -> DutyDecided:
        view = self.view(turn.at)
        refusal = self._may_not(action, turn)
        if refusal is not None:
            return refusal
        if view is None:
            return Refusal("people_unknown", "street", "a street with a file in rules/people")
        return DUTY_ACTIONS[action.action](DutyContext(self._rules, self._street, view, turn.at), action)

    def _may_not(self, action: DutyAction, turn: Turn) -> Refusal | None:
        actor, roles = action.actor, self._rules.may_duty[action.action]
        if actor.role not in roles:
            return Refusal("role_not_allowed", "actor.role", ", ".join(sorted(roles)))
        if actor.street not in (None, self._street.code):
            return Refusal("not_your_task", "actor.street", self._street.code)
        post = post_of(self._rules, actor.role)
        if post is not None and actor.team not in (None, post):
            return Refusal("not_your_task", "actor.team", post, post)
        skew_s = self._rules.policy.future_skew_s
        if action.acted_at > turn.at + timedelta(seconds=skew_s):
            return Refusal("acted_in_future", "acted_at", f"at most {skew_s} s ahead")
        return None

    def _accept(self, action: DutyAction, decided: DutyChange, turn: Turn) -> Decision:
        done = DutyActionRef(
            action_id=action.action_id,
            entry_id=turn.entry_id,
            at=turn.at,
            content=duty_digest(action),
        )
        accepted = DutyActionAccepted(
            street=self._street.code,
            action=action.action,
            actor=action.actor.id,
            role=action.actor.role,
            team=action.actor.team,
            acted_at=action.acted_at,
            done=done,
            kept_since=turn.at - timedelta(days=self._rules.policy.duty_kept_days),
        )
        after = evolved(self.state, self._street.code, (decided, accepted), turn.entry_id)
        if not is_within_limits(after):
            return refuse_duty(action, Refusal("duty_full", "street", "fewer at a time"))
        return Decision((decided, accepted), reply=AcceptedDuty(action.actor.id, done), duty=after)


def refuse_duty(action: DutyAction, refusal: Refusal) -> Decision:
    """The action is not accepted; nothing changes."""
    event = DutyActionRefused(
        street=action.street,
        action_id=action.action_id,
        action=action.action,
        actor=action.actor.id,
        code=refusal.code,
        field=refusal.field,
    )
    return Decision((event,), reply=RefusedDuty(action, refusal))
