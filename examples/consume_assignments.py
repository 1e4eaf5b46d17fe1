"""A team's consumer: prints each task as it comes, until Ctrl-C. Run: python examples/consume_assignments.py city-appearance"""

import sys

from pipeline.edge.client import Client

if len(sys.argv) != 2:
    sys.exit(__doc__)
with Client() as client:  # ENFORCEMENT_BROKERS, or the broker of this machine
    for task in client.assignments(sys.argv[1], follow=True):
        if task.status == "open":
            print(task.case_id, task.kind, task.matter_zh, task.place.address, "due", task.due_at, flush=True)
        else:
            print(task.case_id, task.kind, task.status, flush=True)
