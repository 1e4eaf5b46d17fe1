"""What came of a day: counted from its journal as the monthly report counts, and what the auditor says is missing or there twice.

reports       records in reports.v1, bad ones and repeats too
cases         cases opened
merged        reports that joined an open case
answered      reports that are nothing to enforce, answered directly; no cases
assessed      cases under assessment, of which a person of the centre said what they are about, or where
repeated      reports whose number was there already; they got their first receipt again
refused       reports understood and refused
dead_letters  records of either input that could not be read
closed, open  cases with and without an end
on_time       cases whose last handling, alone or joint, was done by its deadline
breached      cases whose last handling was done late, or runs although its deadline is over
              (in neither: a find disposed of on the spot, a case that rests, is void or another organ's)
returned, suspended, extended, reopened   how often a task was given back, a case rested, had more time, was taken up again
joint, voided, transferred, penalties     cases with joint enforcement, void ones, those gone elsewhere, those with a procedure
lost          input records without a journal entry (those acknowledged to a pusher but not found in the topic too),
              and entries whose receipt is missing
doubled       input records with more than one entry, report numbers with more than one case, receipts beyond one per entry

Of what is lost or doubled at most 200 of an invariant are counted: so many findings the auditor keeps.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Final, NamedTuple

import duckdb

from pipeline.audit.audit_run import AuditScope, run
from pipeline.audit.checks.check_context import AuditSetup
from pipeline.audit.findings import Findings
from pipeline.audit.model.rules_reader import read_audit_rules
from pipeline.core.rules.rules import Rules
from pipeline.kafka_log.connection import Connection
from pipeline.monthly.as_of import SHOWN
from pipeline.monthly.counting import connected, counted
from pipeline.monthly.rows.journal_parts import gathered
from pipeline.monthly.window import window_of
from pipeline.settings import Settings
from schemas import topics
from schemas.journal.entry import JournalEntry

Place = tuple[str, int, int]
"""Topic, partition, offset of an input record."""

_LOST: Final = ("input_lost", "acknowledged_lost")
_DOUBLED: Final = ("input_decided_twice", "report_twice")
_UNACCOUNTED: Final = ("outcome_unclear", "records_unbalanced", "unbalanced")
_INSTANT: Final = timedelta(microseconds=1)

_EVENTS: Final = """
SELECT count(*) FILTER (event = 'case_voided'), count(*) FILTER (event = 'case_transferred'),
       count(DISTINCT case_id) FILTER (event = 'penalty_moved'),
       count(*) FILTER (event = 'case_opened' AND report = 'answered')
       - count(*) FILTER (event = 'case_under_assessment' AND reason = 'answered'),
       count(DISTINCT case_id) FILTER (event = 'case_under_assessment')
FROM events
"""
_ENDED: Final = "SELECT count(*) FILTER (NOT open), count(*) FILTER (open) FROM cases"
_HANDLED: Final = """
WITH handled AS (
  SELECT case_id, last(kept ORDER BY seq) AS kept FROM clocks WHERE clock IN ('dispose', 'joint') GROUP BY case_id
)
SELECT count(*) FILTER (NOT handling AND kept), count(*) FILTER (overdue OR (NOT handling AND NOT kept))
FROM cases LEFT JOIN handled USING (case_id)
WHERE NOT suspended AND coalesce(outcome, '') NOT IN ('voided', 'transferred', 'terminated', 'merged', 'declined', 'sent_back', 'moved')
"""


@dataclass(frozen=True, slots=True)
class DayCounts:
    """See the module. All are numbers of things, none is a share."""

    reports: int = 0
    cases: int = 0
    merged: int = 0
    answered: int = 0
    assessed: int = 0
    repeated: int = 0
    refused: int = 0
    dead_letters: int = 0
    closed: int = 0
    open: int = 0
    on_time: int = 0
    breached: int = 0
    lost: int = 0
    doubled: int = 0
    returned: int = 0
    joint: int = 0
    suspended: int = 0
    extended: int = 0
    voided: int = 0
    transferred: int = 0
    reopened: int = 0
    penalties: int = 0

    def as_dict(self) -> dict[str, int]:
        """By name, in this order."""
        return asdict(self)


class AuditCounts(NamedTuple):
    """What the auditor counts of a day. `unaccounted`: reports of which the journal does not say what became of them."""

    reports: int = 0
    lost: int = 0
    doubled: int = 0
    unaccounted: int = 0


def audit_day(settings: Settings, acknowledged: Iterable[Place]) -> AuditCounts:
    """What the auditor finds in the topics of a deployment whose worker has gone. Nothing is replayed.

    `acknowledged` are places that the brokers gave to whoever pushed there.

    Raises:
        Unavailable: the brokers do not answer.
        BadRules: the rules are wrong.
    """
    offsets: dict[tuple[str, int], set[int]] = {}
    for topic, partition, offset in acknowledged:
        offsets.setdefault((topic, partition), set()).add(offset)
    transaction_s = settings.transaction_timeout_ms / 1_000
    rules = read_audit_rules(settings.rules_dir)
    setup = AuditSetup(
        {rules.version: rules}.get,
        settings.partitions,
        code_version="",
        skew_s=None,
        transaction_s=transaction_s,
        acknowledged={place: frozenset(numbers) for place, numbers in offsets.items()},
    )
    connection = Connection(settings.brokers, settings.topic_prefix)
    return audit_counts(run(connection, setup, None, AuditScope(twice=False)))


def audit_counts(findings: Findings) -> AuditCounts:
    """What of an audit's findings is lost, doubled or unaccounted for. What nobody has decided in the end is lost."""
    codes = Counter(finding.code for finding in findings.kept)
    receipts = [finding.words["many"] for finding in findings.kept if finding.code == "no_receipt"]
    more = sum(many - 1 for many in receipts if isinstance(many, int) and many > 1)
    invented = sum(
        finding.code == "output_invented" and finding.place.topic == topics.RECEIPTS
        for finding in findings.kept
    )
    undecided = sum(findings.numbers[f"waiting {topic}"] for topic in topics.INPUTS)
    return AuditCounts(
        reports=findings.records[topics.REPORTS],
        lost=sum(codes[code] for code in _LOST) + receipts.count(0) + undecided,
        doubled=sum(codes[code] for code in _DOUBLED) + more + invented,
        unaccounted=sum(codes[code] for code in _UNACCOUNTED),
    )


def count_day(
    entries_by_partition: Mapping[int, Sequence[JournalEntry]],
    at: datetime,
    rules: Rules,
    audit: AuditCounts,
) -> DayCounts:
    """All counts of a journal whose entries are in log order, as things stand at `at` or after its last entry if that is later."""
    written = [entry.at for entries in entries_by_partition.values() for entry in entries]
    until = max([at, *written]) + _INSTANT
    window = window_of(min([at, *written]), until)
    with connected(gathered(entries_by_partition, window, rules)) as database:
        numbers = {
            key: int(indicator.numerator) for key, indicator in counted(database, SHOWN.values()).items()
        }
        voided, transferred, penalties, answered, assessed = _row(database, _EVENTS)
        closed, still_open = _row(database, _ENDED)
        on_time, breached = _row(database, _HANDLED)
    return DayCounts(
        reports=audit.reports,
        cases=numbers["opened"],
        merged=numbers["merged"],
        answered=answered,
        assessed=assessed,
        repeated=numbers["repeated"],
        refused=numbers["refused"],
        dead_letters=numbers["dead_letters"],
        closed=closed - answered,
        open=still_open,
        on_time=on_time,
        breached=breached,
        lost=audit.lost,
        doubled=audit.doubled,
        returned=numbers["returns"],
        joint=numbers["joint"],
        suspended=numbers["suspended"],
        extended=numbers["extended"],
        voided=voided,
        transferred=transferred,
        reopened=numbers["reopenings"],
        penalties=penalties,
    )


def _row(database: duckdb.DuckDBPyConnection, query: str) -> list[int]:
    return list(database.execute(query).fetchall()[0])
