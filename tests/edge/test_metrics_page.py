"""What a real worker serves to Prometheus."""

import json
import time
import urllib.request
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from pipeline.metrics import CATALOGUE
from tests.deploy.test_truth import NEEDS_A_WORKER
from tests.edge.conftest import a_worker
from tests.edge.played import PARTITIONS
from tests.edge.test_loop import order, pushed

SHARED_S = 40
LOOKED_S = 30
OF_OTHER_PAGES = ("enforcement_audit_", "enforcement_notify_")
"""The catalogue holds them where a test of this run has imported the auditor or the notifier."""


def page(worked: dict[str, str]) -> str:
    """Of the worker that this environment names, as it is now."""
    port = json.loads(Path(worked["ENFORCEMENT_STATUS_FILE"]).read_text())["http_port"]
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        return bytes(answer.read()).decode()


def value(text: str, name: str, **labels: str) -> float:
    """The sum of a metric's samples with these labels."""
    return sum(
        sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == name and labels.items() <= sample.labels.items()
    )


def test_every_metric_of_the_catalogue_is_there_and_a_case_shows_as_flow_and_as_stock(worked: dict[str, str]):
    """One order, pushed and accepted: it was opened once, and it is open once; its caller is nowhere on the page."""
    [receipt] = pushed(worked, order())
    assert receipt["outcome"] == "accepted"
    deadline = time.monotonic() + LOOKED_S
    while "enforcement_lag_records{" not in (text := page(worked)):
        assert time.monotonic() < deadline, "the worker never looked at the topics"
        time.sleep(0.2)
    families = {family.name: family for family in text_string_to_metric_families(text)}
    samples = [sample for family in families.values() for sample in family.samples]
    wanted = {metric.name for metric in CATALOGUE if not metric.name.startswith(OF_OTHER_PAGES)}
    assert wanted - set(families) == set()
    assert NEEDS_A_WORKER - {"up"} <= {sample.name for sample in samples}
    for name in ("enforcement_cases_opened_total", "enforcement_open_cases", "enforcement_held_cases"):
        assert value(text, name) == 1.0, name
    assert "13800000001" not in text
    assert "张某" not in text


def is_shared_out(pages: list[str]) -> bool:
    """Whether each worker has partitions, and every partition one worker; on the way to it a page may still be the old one."""
    owned = [value(text, "enforcement_partitions", state="open") for text in pages]
    return min(owned) > 0 and sum(owned) == PARTITIONS


def test_with_two_workers_the_sum_is_the_whole(worked: dict[str, str], tmp_path: Path):
    """Cases of two streets, in two partitions: each worker tells of its own, nothing is told twice or by nobody."""
    second = {**worked, "ENFORCEMENT_STATUS_FILE": str(tmp_path / "second.json")}
    there = value(page(worked), "enforcement_open_cases")
    for region in ("140109004", "140109001", "140109002"):
        [receipt] = pushed(worked, order(region=region))
        assert receipt["outcome"] == "accepted"
    with a_worker(second):
        deadline = time.monotonic() + SHARED_S
        while not is_shared_out(pages := [page(worker) for worker in (worked, second)]):
            assert time.monotonic() < deadline, "the partitions are not shared out"
            time.sleep(0.1)
    assert sum(value(text, "enforcement_open_cases") for text in pages) == there + 3
    assert sum(value(text, "enforcement_snapshots") for text in pages) == there + 3
