"""A sender that loses nothing while the broker is away: reports wait on disk until they are answered. Run: python examples/push_through_outages.py"""

from datetime import UTC, datetime

from pipeline.edge.client import Client, Unavailable
from pipeline.edge.client.outbox import Outbox
from schemas.outputs import Receipt

report = {
    "source": "12345",
    "source_no": f"outbox-{datetime.now(UTC):%Y%m%d%H%M%S%f}",
    "street": "140109004",
    "matter": "SR-001",
    "reported_at": datetime.now(UTC).isoformat(),
    "place": {"address": "兴华街18号"},
}
with Outbox("reports.outbox") as outbox, Client() as client:
    outbox.put(report)  # on disk now, whether or not a broker is there
    try:
        for number, answer in outbox.deliver(client):
            print(number, answer.outcome if isinstance(answer, Receipt) else answer)
    except Unavailable as why:
        print(why, "- still waiting:", len(outbox.waiting()))
