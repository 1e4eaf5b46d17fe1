"""What a real worker serves to Prometheus."""

import json
import urllib.request
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from pipeline.metrics import CATALOGUE
from tests.deploy.test_truth import NEEDS_A_WORKER
from tests.edge.test_loop import order, pushed


def page(worked: dict[str, str]) -> str:
    """Of the worker, as it is now."""
    port = json.loads(Path(worked["ENFORCEMENT_STATUS_FILE"]).read_text())["http_port"]
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        return bytes(answer.read()).decode()


def test_every_metric_of_the_catalogue_is_there_and_a_case_shows_as_flow_and_as_stock(worked: dict[str, str]):
    """One order, pushed and accepted: it was opened once, and it is open once; its caller is nowhere on the page."""
    [receipt] = pushed(worked, order())
    assert receipt["outcome"] == "accepted"
    text = page(worked)
    families = {family.name: family for family in text_string_to_metric_families(text)}
    samples = [sample for family in families.values() for sample in family.samples]
    wanted = {one.name for one in CATALOGUE if not one.name.startswith("enforcement_audit_")}
    assert wanted - set(families) == set()
    assert NEEDS_A_WORKER - {"up"} <= {sample.name for sample in samples}
    total = {
        name: sum(sample.value for sample in samples if sample.name == name)
        for name in ("enforcement_cases_opened_total", "enforcement_open_cases", "enforcement_held_cases")
    }
    assert set(total.values()) == {1.0}
    assert "13800000001" not in text
    assert "张某" not in text
