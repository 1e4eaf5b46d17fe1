"""An order that comes again with more, through the command line, on a real worker: what its sender, its team and its clerk see."""

import json
from datetime import UTC, datetime
from typing import Any

from tests.edge.test_loop import enforcement, evidence, order, pushed


def test_an_order_is_added_to_urged_and_withdrawn_through_the_command_line(worked, tmp_path):
    """Each has a receipt of its own, the same for a copy; the case and its history say what was said when."""
    first = order()
    again = {**first, "attachments": evidence_of(tmp_path)}
    urged = {**first, "again": "催办", "content": "占道卖水果,第二次催"}
    withdrawn = {**first, "again": "撤销"}
    codes = [str(receipt["code"]) for receipt in pushed(worked, first, again, urged, again, withdrawn)]
    assert codes == ["accepted", "updated", "urged", "updated", "withdrawal_filed"]
    [receipt] = pushed(worked, again)
    case_id, team = str(receipt["case_id"]), "city-appearance"
    assert (receipt["outcome"], receipt["added"]) == ("updated", ["evidence"])
    [task] = [
        task for task in enforcement(worked, "assignments", "--team", team) if task["case_id"] == case_id
    ]
    assert task["urges"] == 1
    case: Any
    [case] = enforcement(worked, "case", case_id)
    assert len(case["evidence"]) == 1
    assert "第二次催" in str(case["facts"]["text"])
    assert case["request"]["kind"] == "termination"
    [decided] = enforcement(worked, "act", case_id, "decide", "--grant", "--actor", "H9", "--role", "hotline")
    assert decided["outcome"] == "accepted"
    late: Any
    [late] = pushed(worked, {**first, "accepted_at": datetime.now(UTC).isoformat(), "content": "又来了"})
    assert (late["code"], late["ended"]["outcome"]) == ("updated_after_end", "terminated")


def evidence_of(folder) -> object:
    """One photo, as the hotline attaches it."""
    return json.loads(evidence(folder / "photo.json", ["photo"]).read_text())
