"""Prometheus' rules: each fires when it should and not before, and each has a runbook.

When an alert fires is told in deploy/prometheus/tests/, in promtool's own language; here they are run, and looked at for gaps.
"""

import re
from collections import defaultdict
from functools import cache

import pytest
import yaml

import pipeline.audit.broker_watch
import pipeline.notify.notify_metrics  # noqa: F401  and so are the notifier's
from deploy.alerts.alert_names import NAME
from pipeline import metrics
from pipeline.broker import exporter
from pipeline.indicators.alert_tables import AlertsTable, alert_name
from pipeline.indicators.objectives import load_objectives
from pipeline.indicators.stock_records import SERIES, asks_for_stock
from tests.deploy.test_boards import BOARDS, queries_of
from tests.deploy.tools import ROOT, run

FOLDER = ROOT / "deploy" / "prometheus"
CASES = sorted((FOLDER / "tests").glob("*.yaml"))
VARIANT_LABELS = {"HandlingBurn": "window", "GoalMissed": "indicator"}
"""Alerts of several rules, and the label that tells these apart."""
FIRING = re.compile(r'ALERTS\{alertname="(\w+)", alertstate="firing"')


@cache
def rules():
    """All rules as they are committed."""
    texts = [(FOLDER / name).read_text() for name in ("recording.yaml", "alerts.yaml")]
    return [rule for text in texts for group in yaml.safe_load(text)["groups"] for rule in group["rules"]]


def alerts():
    """The alert rules."""
    return [rule for rule in rules() if "alert" in rule]


def names():
    """The names of the alerts, each once."""
    return sorted({rule["alert"] for rule in alerts()})


@cache
def told():
    """Of each alert: the labels of what its tests expect to fire, and how many expect nothing of it."""
    fires: defaultdict[str, list[str]] = defaultdict(list)
    silent: defaultdict[str, int] = defaultdict(int)
    for path in CASES:
        for group in yaml.safe_load(path.read_text())["tests"]:
            for case in group.get("promql_expr_test", ()):
                for name in FIRING.findall(case["expr"]):
                    fires[name] += [sample["labels"] for sample in case["exp_samples"]]
                    silent[name] += not case["exp_samples"]
    return fires, silent


def kafka_names():
    """What a broker shows of itself: the gauges named in its exporter's file."""
    rules = yaml.safe_load(exporter.NAMES.read_text())["rules"]
    shown = [(re.search(r"name=\(([\w|]+)\)", rule["pattern"]), rule["name"]) for rule in rules]
    return {
        name.replace("$1", word).lower()
        for found, name in shown
        for word in (found[1].split("|") if found else [""])
    }


def metric_names():
    """Every series that a worker, an auditor or a broker exports, and what Prometheus adds of its own."""
    described = [(metric.name, metric.kind) for metric in metrics.CATALOGUE]
    suffixes = {
        "counter": ("_total",),
        "histogram": ("_bucket", "_sum", "_count"),
        "gaugehistogram": ("_bucket", "_gsum", "_gcount"),
        "summary": ("_sum", "_count"),
    }
    return (
        {f"{name}{end}" for name, kind in described for end in suffixes.get(kind, ("",))}
        | kafka_names()
        | {
            "up",
            "process_start_time_seconds",
        }
    )


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_each_alert_fires_when_it_should_and_not_before(path):
    """promtool evaluates the rules on series that are written by hand."""
    result = run("promtool", "test", "rules", path)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("name", names())
def test_each_alert_has_a_case_where_it_fires_and_one_where_it_does_not(name):
    """Also for each window, and for each indicator."""
    fires, silent = told()
    assert silent[name], "no case expects nothing"
    severities = {rule["labels"]["severity"] for rule in alerts() if rule["alert"] == name}
    for severity in severities:
        assert any(f'severity="{severity}"' in labels for labels in fires[name])
    label = VARIANT_LABELS.get(name)
    for rule in alerts():
        if label and rule["alert"] == name:
            assert any(f'{label}="{rule["labels"][label]}"' in labels for labels in fires[name]), rule[
                "labels"
            ]


def test_no_case_tells_of_an_alert_that_is_not_there():
    """A test of a name with a typing error would pass for ever."""
    fires, silent = told()
    assert {*fires, *silent} == set(names())


def test_every_alert_of_the_objectives_is_there():
    """In the order of the file, each by its own name."""
    expected = [alert_name(field) for field in AlertsTable.model_fields]
    assert sorted(expected) == names()


def test_what_counts_for_a_rule_or_a_panel_stands_at_0_from_the_start():
    """Else the first failure, refusal or late case is no growth: there was nothing before it."""
    begun = {metric._name for metric, _ in metrics.INITIAL}
    asked = " ".join(
        [
            *(rule["expr"] for rule in rules()),
            *(query for board in BOARDS.values() for query in queries_of(board)),
        ]
    )
    used = set(re.findall(r"\benforcement_\w+", asked))
    counters = [metric for metric in metrics.CATALOGUE if metric.kind in ("counter", "histogram", "summary")]
    counted = [
        metric
        for metric in counters
        if used & {f"{metric.name}{end}" for end in ("_total", "_bucket", "_sum", "_count")}
    ]
    assert len(counted) > 20
    assert [metric.name for metric in counted if metric.labels and metric.name not in begun] == []


def test_an_alert_on_what_stands_goes_on_while_nobody_can_count():
    """It looks at what stood when every partition was last counted, and what its goal's share is made of does too."""
    recorded = {rule["record"]: rule["expr"] for rule in rules() if "record" in rule}
    assert sum(record.endswith(":last") for record in recorded) > 3
    stock = re.compile("|".join(rf"\b{series}\b" for series in SERIES))
    for rule in rules():
        if rule.get("record", "").endswith((":now", ":last")):
            continue
        assert not stock.search(rule["expr"]), rule
        assert not asks_for_stock(rule["expr"]), rule
    for record, expr in recorded.items():
        if record.endswith(":last"):
            counted = expr.partition(" or ")[0]
            of_an_hour = re.escape(f"last_over_time({record}") + r"\[\w+\]\)"
            before = re.escape(f"({record} or (") + of_an_hour + re.escape(f" unless on () {record}))")
            named = {
                "case_due": "enforcement:overdue_cases:now",
                "step_due": "enforcement:overdue_clocks:now",
            }
            known = next((stock for part, stock in named.items() if part in record), counted)
            kept = re.escape(f"{counted} or (") + before + re.escape(f" unless on () {known})")
            assert re.fullmatch(kept, expr), expr


def test_what_is_recorded_seldom_is_there_until_it_is_recorded_again():
    """A sample holds for five minutes. A goal that is missing while the next is being computed lets the two hours of its alert begin anew."""
    groups = yaml.safe_load((FOLDER / "recording.yaml").read_text())["groups"]
    seldom = [int(group["interval"].removesuffix("m")) for group in groups if "interval" in group]
    assert seldom
    assert max(seldom) <= 4


def test_an_alert_that_is_told_at_once_is_not_told_as_over_at_once():
    """What comes and goes, or a restart, is one alert and not many."""
    for rule in alerts():
        assert "for" in rule or "keep_firing_for" in rule, rule["alert"]


@pytest.mark.parametrize("name", names())
def test_each_alert_has_a_runbook(name):
    """Its address in the alert is that of a file which is about it."""
    for rule in alerts():
        if rule["alert"] == name:
            path = ROOT / rule["annotations"]["runbook_url"]
            assert path == ROOT / load_objectives().table.runbooks / f"{name}.md"
            assert path.read_text().startswith(f"# {name} ")


def test_no_runbook_is_of_an_alert_that_is_not_there():
    """What is no longer told needs no page."""
    assert sorted(path.stem for path in (ROOT / "docs" / "runbooks").glob("*.md")) == names()


def test_each_rule_asks_for_metrics_that_are_exported():
    """Or for what another rule records: otherwise it would be silent for ever."""
    exported = metric_names() | {rule["record"] for rule in rules() if "record" in rule}
    for rule in rules():
        if rule.get("record") == NAME:
            continue  # it is its own
        used = set(
            re.findall(
                r"(?<![\w:])(?:enforcement|team|category|process|kafka)[_:][\w:]+|(?<!\w)up(?=\{)",
                rule["expr"],
            )
        )
        assert used, rule
        assert used <= exported, used - exported


def test_an_alert_speaks_only_of_labels_that_it_has():
    """Prometheus would put nothing in their place."""
    for rule in alerts():
        labels_used = set(re.findall(r"\$labels\.(\w+)", str(rule["annotations"])))
        kept = set(re.findall(r"\w+", " ".join(re.findall(r"by \(([\w, ]*)\)", rule["expr"]))))
        of_up = {"instance"} if rule["expr"].startswith("up{") else set()
        assert labels_used <= kept | of_up, rule


def test_the_texts_are_in_chinese_and_english():
    """Whoever is called reads one of them."""
    for rule in alerts():
        for text in (rule["annotations"]["summary"], rule["annotations"]["description"]):
            assert re.search(r"[\u4e00-\u9fff]{3}", text), text
            assert re.search(r"[a-z]{3,} [a-z]{2,}", text), text


def test_promtool_finds_nothing_wrong_with_the_files():
    """Rules, templates and scrape jobs are read as Prometheus reads them."""
    for words in (
        ("check", "rules", FOLDER / "recording.yaml", FOLDER / "alerts.yaml"),
        ("check", "config", FOLDER / "prometheus.yaml"),
    ):
        result = run("promtool", *words)
        assert result.returncode == 0, result.stdout + result.stderr


def test_amtool_finds_nothing_wrong_and_every_alert_reaches_its_receiver():
    """By the label that the rule gives it."""
    config = ROOT / "deploy" / "alertmanager" / "alertmanager.yaml"
    checked = run("amtool", "check-config", config)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    for labels in sorted({(rule["labels"]["receiver"], rule["labels"]["severity"]) for rule in alerts()}):
        words = (f"receiver={labels[0]}", f"severity={labels[1]}")
        routed = run("amtool", "config", "routes", "test", f"--config.file={config}", *words)
        assert routed.stdout.strip() == labels[0], routed.stdout + routed.stderr
