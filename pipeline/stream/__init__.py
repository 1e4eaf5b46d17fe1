"""The worker: reads the inputs, drives the core, writes each batch as one transaction.

Faust is imported in this package only: in `fetching.fetch`, `fetching.assignor` and `app`. Nothing here knows a rule of
the field.

    Faust worker ── fetches ──► Inbox ──► PartitionOwner (one thread) ──► core ──► Ledger (one transaction a batch)
         │                        ▲              │
         └─ assigns, revokes ─► Partitions ──────┘ opens: fence, wait, restore, check, seek
"""
