"""A source's pusher: one report, and what became of it. Run: python examples/push_report.py"""

from datetime import UTC, datetime

from pipeline.edge.client import Client

report = {
    "source": "12345",
    "source_no": f"example-{datetime.now(UTC):%Y%m%d%H%M%S%f}",  # the same number again gives the same receipt
    "street": "140109004",
    "matter": "SR-001",
    "reported_at": datetime.now(UTC).isoformat(),
    "place": {"address": "兴华街18号"},
    "text": "门口有人占道卖水果",
    "caller": {"name": "张某", "phone": "13800005678"},
}
with Client() as client:
    receipt = client.push(report)
    print(receipt.outcome, receipt.code, receipt.case_id, "team", receipt.team, "due", receipt.due_at)
