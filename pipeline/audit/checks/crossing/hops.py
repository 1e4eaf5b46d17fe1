"""I1, I2: a record that a worker forwarded to its street's partition is decided there exactly once, and none is made up."""

from collections.abc import Sequence
from typing import Final

from pipeline.audit.checks.check_context import CheckContext
from pipeline.audit.findings import Findings, Invariant
from pipeline.audit.log.entry_join import Join, JoinedEntry
from pipeline.audit.model.crossing.hop_account import HopStart, hop_end
from pipeline.audit.model.fold import Touched
from schemas.journal.entry import RecordCause
from schemas.journal.events import RecordForwarded
from schemas.partitioning import partition_of
from schemas.wire.hop import read_hop

_ELSEWHERE: Final = "the other partition of a forwarded record was not read"


class Hops:
    """Notes both ends of every hop of one partition; `judge` compares them when all partitions are read."""

    def __init__(self, context: CheckContext) -> None:
        self._context = context
        self._holds = context.findings.holds
        account = context.findings.hops
        account.read.add(context.partition)
        if context.is_whole:
            account.whole.add(context.partition)

    def check_entry(self, joined: JoinedEntry, touched_cases: Sequence[Touched]) -> None:
        """An entry."""
        entry, cause = joined.entry, joined.entry.cause
        if not isinstance(cause, RecordCause):
            return
        account = self._context.findings.hops
        for event in entry.events:
            if isinstance(event, RecordForwarded):
                self._left(joined, event)
                start = HopStart(cause.topic, cause.partition, cause.offset)
                account.left[start] = hop_end(event.to, cause.sha256, joined.place)
        if cause.origin is not None:
            start = HopStart(cause.topic, cause.origin.partition, cause.origin.offset)
            account.came[start].append(hop_end(cause.partition, cause.sha256, joined.place))
            if joined.input is not None:
                hop = read_hop(joined.input.headers)
                told = hop is not None and HopStart(hop.topic, hop.partition, hop.offset) == start
                self._holds("hop_untold", told, joined.place, where=start)

    def end(self, join: Join) -> None:
        """The rest is judged when all partitions are read."""

    def _left(self, joined: JoinedEntry, event: RecordForwarded) -> None:
        """It goes to its street's partition, and did not stand there with its key already, and was not forwarded before."""
        entry, cause = joined.entry, joined.entry.cause
        right = entry.street is not None and event.to == partition_of(
            entry.street, self._context.setup.partitions
        )
        here = event.to == self._context.partition
        needed = not here or joined.input is None or not joined.input.key
        first = isinstance(cause, RecordCause) and cause.origin is None
        self._holds("hop_needless", right and needed and first, joined.place, to=event.to)


def judge(findings: Findings) -> None:
    """Compare both ends of every hop; `findings` hold what all partitions know."""
    account, holds = findings.hops, findings.holds
    lost = account.missing()
    for start, end in account.left.items():
        if end.to not in account.read:
            findings.skip((Invariant.I1,), _ELSEWHERE)
            continue
        holds("hop_lost", start not in lost, end.place, where=start, to=end.to)
        came = account.came.get(start, ())
        holds("hop_twice", len(came) <= 1, came[1].place if len(came) > 1 else end.place, where=start)
        for there in came:
            same = (there.to, there.sha256) == (end.to, end.sha256)
            holds("hop_differs", same, there.place, where=start)
    for start, ends in account.came.items():
        if start in account.left:
            continue
        if start.partition not in account.whole:
            findings.skip((Invariant.I2,), _ELSEWHERE)
            continue
        holds("hop_invented", False, ends[0].place, where=start)
