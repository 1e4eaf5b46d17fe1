"""The worker: reads the inputs, drives the core, writes each batch as one transaction.

Faust is imported here and nowhere else, and in `lane` and `app` only. Nothing here knows a rule of the field.

    Faust worker ── fetches ──► Inbox ──► PartitionOwner (one thread) ──► core ──► Ledger (one transaction a batch)
         │                        ▲              │
         └─ assigns, revokes ─► Partitions ──────┘ opens: fence, wait, restore, check, seek
"""
