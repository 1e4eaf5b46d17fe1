"""`outputs.of` alone makes what leaves: what each kind of decision sends out, told through the core's one door."""

import pytest

from pipeline.core import outputs
from pipeline.core.case.decision import Decision, RefusedReport
from pipeline.core.case.turn import Turn
from pipeline.core.outputs import Outputs
from pipeline.core.rules.refusals import Refusal
from schemas.inputs.intake import read_report
from tests.core.story import RULES, START, STREET, Story

SENT = {
    "a report that opens a case": (lambda story: story.report(), (1, 1, 0, 1, 0)),
    "the same report again": (lambda story: story.report().again(), (0, 1, 0, 0, 0)),
    "a report without a caller": (lambda story: story.report(caller=None), (1, 1, 0, 0, 0)),
    "a second report of the same": (lambda story: story.report().report(), (0, 1, 0, 1, 0)),
    "a refused report": (lambda story: story.report(matter="XX-999"), (0, 1, 0, 0, 0)),
    "an action of no case": (lambda story: story.act("sign"), (0, 1, 0, 0, 0)),
    "an action twice": (lambda story: story.path("report", "sign").again(), (0, 1, 0, 0, 0)),
    "a record that is no JSON": (lambda story: story.push_bytes("reports.v1", None, b"{"), (0, 1, 0, 1, 1)),
}
"""Assignments, receipts, notices, callers, dead letters."""


@pytest.mark.parametrize("when", SENT)
def test_what_a_decision_sends_out(when):
    """The caller is written once, with the report that is new; whoever sends a record gets exactly one receipt."""
    happen, sent = SENT[when]
    last = happen(Story()).last
    kinds = (last.assignments, last.receipts, last.notices, last.callers, last.dead_letters)
    assert tuple(map(len, kinds)) == sent
    counts = last.entry.counts
    assert sent == (counts.assignments, counts.receipts, counts.notices, counts.callers, counts.dead_letters)


def test_a_decision_without_reply_and_change_sends_nothing():
    """A timer that only warns nobody is such a one."""
    assert outputs.of(Decision(()), Turn(0, 1, 1, START), RULES) == Outputs([], [], [], [], [], None)


def test_a_refusal_is_answered_with_the_rule_behind_it():
    """The centre decides the code; words and rule are added where the receipt is made."""
    record = Story().report().pushed[0][0]
    report = read_report(record.key, record.headers, record.value)
    decision = Decision((), reply=RefusedReport(report, Refusal("unknown_street", "street", STREET)))
    (receipt,) = outputs.of(decision, Turn(0, 1, 7, START), RULES).receipts
    assert (receipt.receipt_id, receipt.code, receipt.allowed) == (
        "0:1:7:receipt:0",
        "unknown_street",
        STREET,
    )
    assert receipt.rule == f"streets.yaml streets; rules {RULES.version}"
    assert receipt.message_zh.startswith("不在本中心辖区")
