"""The generated pages are whole: `docs/policy.md` says what the rules say, `docs/settings.md` holds every variable that the programs read."""

import ast
import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from deploy.monitoring import all_alerts
from deploy.policy_page import PAGE
from deploy.settings_page import PAGE as SETTINGS
from deploy.settings_page import PREFIX, meaning_of
from pipeline.indicators.objectives import load_objectives
from pipeline.other_variables import OTHER_VARIABLES
from pipeline.rulebook import load_rules
from pipeline.settings import Settings
from tests.deploy.tools import ROOT


def page():
    """As it is committed."""
    return (ROOT / PAGE).read_text()


def test_every_matter_goal_and_alert_is_on_the_page():
    """Whoever looks for one finds it."""
    text, objectives = page(), load_objectives()
    assert [code for code in load_rules().matters if f"| {code} |" not in text] == []
    assert [key for key in objectives.goals if f"| `{key}` " not in text] == []
    assert {alert.name for alert in all_alerts(objectives)} == set(
        re.findall(r"^\| \[(\w+)\]", text, re.MULTILINE)
    )


def test_every_link_of_the_page_and_the_runbooks_leads_to_a_file():
    """Of this repository."""
    pages = [ROOT / PAGE, *(ROOT / "docs" / "runbooks").glob("*.md")]
    for path in pages:
        for target in re.findall(r"\]\(([^)]+)\)", path.read_text()):
            assert (path.parent / PurePosixPath(target)).is_file(), f"{path.name}: {target}"


def texts() -> Iterator[tuple[str, str]]:
    """Every string of the programs, docstrings and help among them, with its file."""
    for folder in ("pipeline", "schemas", "deploy"):
        for path in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    yield node.value, str(path.relative_to(ROOT))


def test_every_setting_says_what_it_means_in_both_languages():
    """And who reads it; a new setting cannot come without."""
    meanings = [meaning_of(field) for field in Settings.model_fields.values()]
    meanings += [variable.meaning for variable in OTHER_VARIABLES]
    assert all(meaning.en and meaning.zh and meaning.read_by for meaning in meanings)
    assert all(re.search("[\u4e00-\u9fff]", meaning.zh) for meaning in meanings)


def test_no_variable_is_read_that_the_page_does_not_list():
    """Each name with our prefix that stands anywhere in the programs is on the page."""
    page = (ROOT / SETTINGS).read_text("utf-8")
    ours = rf"(?<!_){PREFIX}[A-Z_]*[A-Z]"  # with a mark before it, it is click's, which completes commands
    named = {(name, path) for text, path in texts() for name in re.findall(ours, text)}
    assert len(named) > len(Settings.model_fields) // 2
    assert {place for place in named if f"`{place[0]}`" not in page} == set()


def test_each_variable_beside_the_settings_is_read_by_the_module_named():
    """A module that was moved, or reads it no longer, would leave the page wrong."""
    for variable in OTHER_VARIABLES:
        text = (ROOT / variable.module).read_text("utf-8")
        assert all(f'"{name}"' in text for name in variable.name.split(", ")), variable.name
