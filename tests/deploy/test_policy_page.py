"""`docs/policy.md` says what the rules say: the page is whole, and its links lead somewhere."""

import re
from pathlib import PurePosixPath

from deploy.monitoring import all_alerts
from deploy.policy_page import PAGE
from pipeline.indicators.objectives import load_objectives
from pipeline.rulebook import load_rules
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
