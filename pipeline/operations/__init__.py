"""What whoever runs a deployment asks of it: settings, topics, group, lag, single records.

It reads, and changes nothing but topics and the time of a partition; dead letters it pushes again as a sender would.

| question | command |
|---|---|
| how much waits in each partition, since when, and who has it | `enforcement lag` |
| who is in the group | `enforcement group` |
| what stands at topic, partition, offset | `enforcement records` |
| what could not be worked, why, and what became of it | `enforcement dead-letters` |
| how large are the topics, how full the disks | `enforcement topics show` |
| whose transaction is open | `enforcement topics transactions` |
| are the topics as the contracts say | `enforcement topics check`, `apply` |
| a partition is dated ahead of the brokers: what, and back with it | `enforcement topics set-back` |
| which settings hold, and are they right | `enforcement config show`, `check` |
"""
