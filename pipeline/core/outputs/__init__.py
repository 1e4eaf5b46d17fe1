"""What leaves the core, beside its entries and snapshots. `of` is the only maker: nobody else makes any of these.

decision.changes ─► assignments (what the teams are to do), notices (who is notified)
decision.reply   ─► receipt, and with it the caller of a new report, or a dead letter with its sealed bytes,
                    or a record on its way to its street's partition
"""

from typing import NamedTuple

from pipeline.core.case.decision import AcceptedReport, DeadRecord, Decision, ForwardedReply
from pipeline.core.case.turn import ForwardedRecord, Turn
from pipeline.core.outputs import assignments, dead_letters, notices, receipts
from pipeline.core.rules.rules import Rules
from schemas.inputs.report import Person, Report
from schemas.journal.entry import OutputCounts
from schemas.outputs import Assignment, Caller, CallerRecord, DeadLetter, Notice, Receipt


class Outputs(NamedTuple):
    """Everything that a decision sends out, each kind in the order of its numbers."""

    assignments: list[Assignment]
    receipts: list[Receipt]
    notices: list[Notice]
    callers: list[CallerRecord]
    dead_letters: list[DeadLetter]
    forwarded: ForwardedRecord | None

    def counts(self, cases: int) -> OutputCounts:
        """How many there are of each, as the entry states beside the number of `cases`."""
        return OutputCounts(
            cases=cases,
            assignments=len(self.assignments),
            receipts=len(self.receipts),
            notices=len(self.notices),
            callers=len(self.callers),
            dead_letters=len(self.dead_letters),
        )


def of(decision: Decision, turn: Turn, rules: Rules) -> Outputs:
    """Everything that `decision` sends out. Cases that are merged or split have only their own events each."""
    events, changes, reply, *_ = decision
    tasks: list[Assignment] = []
    notifications: list[Notice] = []
    for before, after, retired in changes:
        if retired:
            continue
        own = events
        if len(changes) > 1:
            own = tuple(event for event in events if getattr(event, "case_id", None) == after.case_id)
        tasks += assignments.of_change(rules, turn, before, after, own, len(tasks))
        notifications += notices.of_events(rules, turn, after, own, len(notifications))
    callers: list[CallerRecord] = []
    letters: list[DeadLetter] = []
    if isinstance(reply, AcceptedReport):
        if reply.caller and reply.report.caller:
            callers.append(_caller(reply.report.caller, reply.caller, reply.secret, turn))
    elif isinstance(reply, DeadRecord):
        callers.append(dead_letters.sealed(reply, turn))
        letters.append(dead_letters.letter(reply, turn))
    return Outputs(
        assignments=tasks,
        receipts=[] if reply is None else [receipts.of_reply(reply, turn, rules)],
        notices=notifications,
        callers=callers,
        dead_letters=letters,
        forwarded=reply.record if isinstance(reply, ForwardedReply) else None,
    )


def _caller(token: str, person: Person, secret: Report | None, turn: Turn) -> Caller:
    """Who called; of a secret order with all that its case may not hold."""
    if secret is None:
        return Caller(token=token, at=turn.at, person=person)
    return Caller(token=token, at=turn.at, person=person, place=secret.place, text=secret.text)
