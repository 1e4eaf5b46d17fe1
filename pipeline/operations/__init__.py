"""What whoever runs a deployment asks of it: settings, topics, group, lag, single records. It reads and changes nothing but topics.

| question | command |
|---|---|
| how much waits in each partition, since when, and who has it | `enforcement lag` |
| who is in the group | `enforcement group` |
| what stands at topic, partition, offset | `enforcement records` |
| how large are the topics, how full the disks | `enforcement topics show` |
| whose transaction is open | `enforcement topics transactions` |
| are the topics as the contracts say | `enforcement topics check`, `apply` |
| which settings hold, and are they right | `enforcement config show`, `check` |
"""
