"""How findings are said: for people, for programs, for Prometheus."""

import io
import json
from urllib.request import urlopen

from prometheus_client import generate_latest
from rich.console import Console

from pipeline.audit import findings_text, gauges
from pipeline.audit.findings import KEPT_MAX, Findings, Invariant
from pipeline.audit.log.partition_log import LogPlace
from tests.audit.good_story.good import small_log
from tests.audit.logs import audited

HERE = LogPlace("journal.v1", 3, 17)


def found() -> Findings:
    """Something is wrong, and something could not be looked at."""
    made = Findings()
    made.holds("time_back", False, HERE, "140109004-0000000000000", at="09:00", last="10:00")
    made.skip((Invariant.I14,), "the log was read once only")
    made.late_s += [0] * 98 + [5, 60]
    return made


def shown(findings: Findings) -> str:
    """What a person sees."""
    text = io.StringIO()
    findings_text.print_text(findings, 1.0, Console(file=text, width=200))
    return text.getvalue()


def test_a_person_sees_each_violation_in_both_languages_and_where_it_is():
    """With the invariant, the code, topic, partition, offset and case; what was not checked says so."""
    text = shown(found())
    assert "I11 time_back journal.v1/3@17 case 140109004-0000000000000" in text
    assert "09:00 after 10:00" in text
    assert "09:00在10:00之后，时间倒流" in text
    assert text.count(findings_text.NOTHING) == len(Invariant) - 1
    assert "the log was read once only" in text
    assert "p50 0 s, p99 5 s, max 60 s" in text


def test_a_program_reads_a_line_for_each_violation_and_the_sums():
    """The last line has every invariant, checked or not."""
    *lines, summary = map(json.loads, findings_text.as_json(found(), 1.0).splitlines())
    assert [(line["invariant"], line["code"], line["offset"]) for line in lines] == [("I11", "time_back", 17)]
    assert not summary["clean"]
    assert [invariant["invariant"] for invariant in summary["invariants"]] == [
        invariant.value for invariant in Invariant
    ]


def test_a_flood_of_violations_is_counted_and_not_kept():
    """So that an audit of a broken log ends, and says how much there is."""
    made = Findings()
    for offset in range(KEPT_MAX + 50):
        made.holds("time_back", False, HERE._replace(offset=offset), None, at="", last="")
    assert (len(made.kept), made.violated[Invariant.I11]) == (KEPT_MAX, KEPT_MAX + 50)
    assert "50 more than shown" in shown(made)


def test_what_a_log_says_does_nothing_to_a_terminal():
    """Control characters in a finding are shown as such."""
    made = Findings()
    made.holds("entry_unreadable", False, HERE, None, why="\x1b[2J\nforged line")
    assert "\x1b" not in shown(made)
    assert "\nforged" not in shown(made)


def test_a_run_is_told_to_prometheus():
    """Violations and checks by invariant, records by topic, when the last run was; no label but from a closed list."""
    clean = audited(small_log())
    gauges.export(clean, 2.5)
    text = generate_latest(gauges.REGISTRY).decode()
    assert 'enforcement_audit_violations{invariant="I1"} 0.0' in text
    assert f'enforcement_audit_checks{{invariant="I8"}} {float(clean.checked[Invariant.I8])}' in text
    assert 'enforcement_audit_records{topic="journal.v1"}' in text
    gauges.export(found(), 2.5)
    text = generate_latest(gauges.REGISTRY).decode()
    assert 'enforcement_audit_violations{invariant="I11"} 1.0' in text
    stamp = next(
        line for line in text.splitlines() if line.startswith("enforcement_audit_last_run_timestamp")
    )
    assert float(stamp.split()[1]) > 0


def test_an_audit_that_could_not_read_is_seen_from_the_first_time_on() -> None:
    """Each reason is there at 0 before anything has failed; one that nobody foresaw counts as another."""
    with urlopen(gauges.serve("127.0.0.1", 0)) as page:
        begun = page.read().decode()
    assert 'enforcement_audit_failures_total{code="broker_unavailable"} 0.0' in begun
    assert 'enforcement_audit_failures_total{code="other"} 0.0' in begun
    gauges.failed("never_heard_of")
    gauges.failed("broker_unavailable")
    text = generate_latest(gauges.REGISTRY).decode()
    assert 'enforcement_audit_failures_total{code="broker_unavailable"} 1.0' in text
    assert 'enforcement_audit_failures_total{code="other"} 1.0' in text
    assert "never_heard_of" not in text
