"""The worker's pages, as a probe, a browser and a real Prometheus ask for them."""

import gzip
import json
import time
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest
from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram
from prometheus_client.openmetrics.parser import text_string_to_metric_families
from prometheus_client.registry import Collector

from deploy.render.prometheus_api import Prometheus
from pipeline.indicators.collector import CountedPartition, StockCollector
from pipeline.indicators.pending import PendingCounts
from pipeline.indicators.stock import Stock
from pipeline.stream.http_pages import Registries, WorkerPages
from pipeline.stream.partition.work_metrics import TransactionCounts
from tests.core.story import RULES, START, Story
from tests.deploy.prometheus import prometheus_on

CASE = "140109004-20261124-000001"
OPENMETRICS = {"Accept": "application/openmetrics-text;version=1.0.0,text/plain;q=0.5"}
SCRAPED_SECONDS_MAX = 60
SCRAPE = """
global: {{scrape_interval: 1s}}
scrape_configs: [{{job_name: worker, static_configs: [{{targets: ["127.0.0.1:{port}"]}}]}}]
"""


def counted() -> Collector:
    """Two registries: of the second a histogram in which a case was late."""
    records, late = CollectorRegistry(), CollectorRegistry()
    Counter("records", "Records", registry=records).inc(3)
    histogram = Histogram("late_seconds", "Late", registry=late, buckets=(1.0, 10.0))
    pending = PendingCounts()
    pending.observe_case(histogram, 4.0, CASE)
    pending.publish()
    return Registries(records, late)


def served(metrics: Collector) -> int:
    """The port where the pages of a worker are that lives and is not ready yet."""
    return WorkerPages(lambda: True, lambda: False, metrics).serve("127.0.0.1", 0)


@pytest.fixture(scope="module")
def port() -> int:
    """Of a worker with two metrics."""
    return served(counted())


def asked(port: int, path: str, method: str = "GET", **headers: str) -> tuple[HTTPResponse, bytes]:
    """The answer and its body."""
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request(method, path, headers=headers)
    answer = connection.getresponse()
    return answer, answer.read()


@pytest.mark.parametrize(
    ("path", "status"), [("/livez", 200), ("/readyz", 503), ("/metrics", 200), ("/nowhere", 404)]
)
def test_a_probe_that_asks_with_head_is_answered_without_the_page(port, path, status):
    """The status and the headers of the page itself."""
    page, body = asked(port, path)
    head, nothing = asked(port, path, "HEAD")
    assert (page.status, head.status, nothing) == (status, status, b"")
    assert head.getheader("Content-Length") == page.getheader("Content-Length") == str(len(body))
    assert head.getheader("Content-Type") == page.getheader("Content-Type")


def test_a_browser_reads_plain_text(port):
    """Neither packed nor with exemplars, which the plain format cannot show."""
    answer, body = asked(port, "/metrics")
    assert answer.getheader("Content-Encoding") is None
    assert str(answer.getheader("Content-Type")).startswith("text/plain")
    assert b"records_total 3.0" in body
    assert b'late_seconds_bucket{le="10.0"} 1.0' in body
    assert CASE.encode() not in body


def test_the_metrics_are_packed_for_who_accepts_gzip(port):
    """And for nobody else; the pages of probes never are."""
    answer, body = asked(port, "/metrics", **{"Accept-Encoding": "gzip"})
    assert answer.getheader("Content-Encoding") == "gzip"
    assert gzip.decompress(body) == asked(port, "/metrics")[1]
    assert asked(port, "/livez", **{"Accept-Encoding": "gzip"})[1] == b"yes\n"


def test_openmetrics_names_the_case_that_was_late(port):
    """One page of both registries with one end, which its parser reads to the end."""
    answer, body = asked(port, "/metrics", **OPENMETRICS)
    assert str(answer.getheader("Content-Type")).startswith("application/openmetrics-text")
    assert body.count(b"# EOF") == 1
    families = list(text_string_to_metric_families(body.decode()))
    assert [family.name for family in families] == ["records", "late_seconds"]
    (example,) = (sample.exemplar for family in families for sample in family.samples if sample.exemplar)
    assert (example.labels, example.value) == ({"case": CASE}, 4.0)


def test_a_real_prometheus_scrapes_all_that_a_worker_shows_and_knows_the_case(tmp_path: Path):
    """It asks for OpenMetrics and gzip by itself, reads every metric of the catalogue, and answers with the exemplar."""
    story, counts, stock = (
        Story().path("report", "sign").wait(days=9),
        TransactionCounts(RULES),
        Stock(RULES, START),
    )
    for outcome in story.outcomes:
        counts.note(outcome, ())
        stock.note(outcome.changes)
    counts.publish(entries=len(story.outcomes), seconds=0.01)
    stocks = CollectorRegistry()
    stocks.register(StockCollector(RULES, lambda: [CountedPartition(0, 1, stock, 0)], lambda: story.now))
    scrape = SCRAPE.format(port=served(Registries(REGISTRY, stocks)))
    with prometheus_on(tmp_path / "blocks", config=scrape) as server:
        late = "query_exemplars?query=enforcement_timer_late_seconds_bucket&start=0&end=4000000000"
        gives_up = time.monotonic() + SCRAPED_SECONDS_MAX
        while not (found := told(server, late)):
            assert time.monotonic() < gives_up, told(server, "targets")
            time.sleep(0.2)
        kinds = {name: facts["type"] for name, (facts, *_) in told(server, "metadata").items()}
    assert {"case": story.case.case_id} in [
        example["labels"] for series in found for example in series["exemplars"]
    ]
    assert kinds["enforcement_timer_late_seconds"] == "histogram"
    assert kinds["enforcement_open_case_age_seconds"] == "gaugehistogram"
    assert kinds["enforcement_open_cases"] == "gauge"


def told(server: Prometheus, question: str) -> Any:
    """What the server answers at one of its doors."""
    return json.loads(urlopen(f"{server.address}/api/v1/{question}", timeout=20).read())["data"]
