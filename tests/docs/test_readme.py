"""The README: short, its links lead somewhere, and its lines run as they stand on a real broker of their own."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.additions import ROOT

LINES_MAX = 150
FOLDERS = ("pipeline", "schemas", "rules", "deploy", "docs", "examples", "benchmarks", "tests")
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
END = "trap 'kill %1 || true; wait; enforcement broker down' EXIT\n"
"""What is started ends, also where a line fails."""


def blocks(language: str) -> list[str]:
    """The README's blocks in this language, in order; `sh` is what runs, `console` is only shown."""
    text = (ROOT / "README.md").read_text("utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def test_it_is_short():
    """Who has an hour reads it whole; the rest is in docs/."""
    assert len((ROOT / "README.md").read_text("utf-8").splitlines()) <= LINES_MAX


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_each_link_leads_to_a_file(page):
    """Of this repository."""
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text("utf-8"))
    lost = [link for link in links if "://" not in link and not (page.parent / link).exists()]
    assert lost == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_each_path_that_is_named_is_there(page):
    """A file that was moved takes its mention with it."""
    pattern = rf"`((?:{'|'.join(FOLDERS)})/[\w./-]*)`"
    named = set(re.findall(pattern, page.read_text("utf-8")))
    assert sorted(path for path in named if not (ROOT / path).exists()) == []


def test_every_page_is_in_the_table_of_documents():
    """A page that nothing names is read by nobody."""
    table = (ROOT / "README.md").read_text("utf-8").partition("## Documents")[2]
    assert [page.name for page in PAGES[1:] if f"{page.name}](" not in table] == []


@pytest.mark.broker
def test_its_lines_run_as_they_stand(tmp_path):
    """From the broker's start to the closed case: a report, its team's work, the proof, verified by somebody else, the citizen called."""
    for name in ("examples", "rules"):
        (tmp_path / name).symlink_to(ROOT / name)
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("ENFORCEMENT_")},
        **{
            name: os.environ[name]
            for name in ("ENFORCEMENT_CACHE", "ENFORCEMENT_MAVEN")
            if name in os.environ
        },
        "ENFORCEMENT_HOME": str(tmp_path),
        "ENFORCEMENT_HTTP_PORT": "0",  # another worker on this machine may have the default one
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "LANG": "C.UTF-8",
    }
    ran = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", END + "".join(blocks("sh"))],
        cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    log = tmp_path / "worker.log"
    assert ran.returncode == 0, ran.stderr + (log.read_text() if log.exists() else "")
    [case] = set(re.findall(r"140109004-\w{13}", ran.stdout))
    assert re.search(rf"^✓ accepted · {case} · signed$", ran.stdout, re.MULTILINE)
    assert re.search(rf"^✓ accepted · {case} · on site$", ran.stdout, re.MULTILINE)
    assert re.search(rf"^✓ accepted · {case} · closed$", ran.stdout, re.MULTILINE)
    assert f"\n{case}  closed" in ran.stdout
    assert re.search(r"photo_before .*\n.* photo_after .*\n.* bodycam ", ran.stdout)


def test_each_benchmark_starts_as_it_is_written():
    """`python -m benchmarks.NAME`, by its own first lines, from the root of a checkout."""
    names = sorted(file.stem for file in (ROOT / "benchmarks").glob("[a-z]*.py"))
    asked = {
        name: subprocess.Popen(
            [sys.executable, "-m", f"benchmarks.{name}", "--help"],
            cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for name in names
    }  # fmt: skip
    answers = {name: process.communicate(timeout=300) for name, process in asked.items()}
    failed = {name: answers[name][1] for name, process in asked.items() if process.returncode != 0}
    assert failed == {}
    assert [name for name, (said, _) in answers.items() if f"usage: {name}.py" not in said] == []
