"""The runbooks say only what can be done: commands with options that exist, queries that Prometheus understands, metrics that are
exported, alerts and settings by their right names."""

import re
import shlex

import pytest
import yaml
from click.testing import CliRunner

from deploy.value_words import NAMES
from pipeline.cli import commands
from pipeline.settings import Settings
from tests.deploy.test_rules import metric_names, names, rules
from tests.deploy.tools import ROOT, command_of, options_of, run

PAGES = sorted((ROOT / "docs" / "runbooks").glob("*.md"))
HEADINGS = ["## Look", "## Do", "## Do not", "## Over when"]


def console(path):
    """The commands of a page, without what is said of them and what they are piped into."""
    block = re.search(r"```console\n(.*?)```", path.read_text(), re.DOTALL).group(1)
    return [shlex.split(line.removeprefix("$ "), comments=True) for line in block.splitlines()]


def inline(path):
    """The commands of ours that its sentences name."""
    return [shlex.split(text) for text in re.findall(r"`(enforcement [^`]+)`", path.read_text())]


def own(path):
    """All commands of ours, up to where their output goes."""
    for words in (*console(path), *inline(path)):
        if words[0] == "enforcement":
            ends = [n for n, word in enumerate(words) if word in ("|", ">")]
            yield words[1 : ends[0]] if ends else words[1:]


def queries(path):
    """What is asked of Prometheus."""
    return [words[-1] for words in console(path) if words[:3] == ["promtool", "query", "instant"]]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_runbook_has_all_its_parts(path):
    """In one order, so that nobody has to search at night."""
    text = path.read_text()
    assert re.findall(r"^## .*", text, re.MULTILINE) == HEADINGS
    assert "**For a manager:**" in text
    assert "**For an operator:**" in text
    assert re.match(r"# \w+ [\u4e00-\u9fff]", text)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_runbook_names_commands_and_options_that_exist(path):
    """Asked of the commands themselves."""
    for words in own(path):
        command = command_of(word for word in words if not word.startswith("-") and not word.isupper())
        assert {word for word in words if word.startswith("--")} <= options_of(command), words


def test_each_query_is_understood_and_asks_for_what_is_exported(tmp_path):
    """As recording rules, since promtool checks those."""
    exported = metric_names() | {rule["record"] for rule in rules() if "record" in rule}
    of_python = {"process_cpu_seconds_total", "process_resident_memory_bytes"}
    all_queries = [query for path in PAGES for query in queries(path)]
    assert len(all_queries) > len(PAGES)
    for query in all_queries:
        for name in re.findall(r"(?<![\w:=\"~])(?:enforcement|team|category|process)[_:][\w:]+", query):
            assert name in exported | of_python, query
    file = tmp_path / "queries.yaml"
    content = [{"record": f"asked:query:{n}", "expr": query} for n, query in enumerate(all_queries)]
    file.write_text(yaml.safe_dump({"groups": [{"name": "asked", "rules": content}]}))
    checked = run("promtool", "check", "rules", file)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_the_runbooks_name_settings_and_alerts_that_exist():
    """A name with a typing error would be set in vain."""
    known_settings = {f"ENFORCEMENT_{name.upper()}" for name in Settings.model_fields}
    for path in PAGES:
        text = path.read_text()
        assert set(re.findall(r"ENFORCEMENT_\w+", text)) <= known_settings, path.name
        services = {words.en for words in NAMES["channel"].values()}
        assert set(re.findall(r"\b(?:[A-Z][a-z]+){2,}\b", text)) <= {*names(), *services}, path.name


def test_the_help_of_the_commands_is_as_the_runbooks_were_written_for():
    """The check above rests on this: a wrong option is refused, a right one is not."""
    assert CliRunner().invoke(commands, ["audit", "--onse"]).exit_code == 2
    assert CliRunner().invoke(commands, ["audit", "--help"]).exit_code == 0
