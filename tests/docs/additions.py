"""Walks a list of CONTRIBUTING.md: applies a toy addition to a copy of the repository, file by file, and runs what proves it."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

from pipeline.rulesdiff.rules_options import VARIABLE

ROOT: Final = Path(__file__).resolve().parents[2]
COPIED: Final = (
    *("pipeline", "schemas", "rules", "deploy", "docs", "examples", "tests"),
    *("pyproject.toml", "README.md", "CONTRIBUTING.md"),
)
NOT_COPIED: Final = ("*.png", "*.pyc.*", "recorded", "out", "dashboards")
COMMAND: Final = "from pipeline.cli import main; main()"
GENERATE: Final = """
from deploy import generate
from pipeline.cli import main
from schemas import publish

publish.main(())
generate.main()
main()
"""
"""All three generators in one process: most of the time of each is the imports."""
SECONDS_MAX: Final = 240


class NewFile(NamedTuple):
    """A file that was not there."""

    path: str
    text: str


class Insertion(NamedTuple):
    """Text before the line that begins, after its spaces, with `before`; the line is the file's first such line."""

    path: str
    before: str
    text: str


class Replacement(NamedTuple):
    """A text that stands once in the file, and what stands there instead."""

    path: str
    old: str
    new: str


Edit = NewFile | Insertion | Replacement


class Addition(NamedTuple):
    """What a newcomer does who follows the list under `head`; `files_max` is how many files that may touch."""

    head: str
    files_max: int
    edits: tuple[Edit, ...]


def listed(head: str) -> list[str]:
    """The file that each numbered item under `head` in CONTRIBUTING.md names first."""
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    section = text.partition(f"### {head}\n")[2].partition("\n##")[0]
    return re.findall(r"^\d+\. `([^`]+)`", section, re.MULTILINE)


def follows(path: str, named: str) -> bool:
    """Whether `path` is what the list calls `named`, in which <words> stand for any name."""
    pattern = re.sub(r"<[^>]+>", "[^/]+", re.escape(named).replace(r"\<", "<").replace(r"\>", ">"))
    return re.fullmatch(pattern, path) is not None


def copy_of_repository(folder: Path) -> Path:
    """What code, rules and tests need: no pictures and recordings, but compiled files, which stay valid (`.pyc.*`: half written)."""
    copy = folder / "repository"
    copy.mkdir()
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns(*NOT_COPIED))
        else:
            shutil.copy(source, copy / name)
    shutil.copytree(ROOT / "deploy/grafana/dashboards", copy / "deploy/grafana/dashboards")
    return copy


def apply(copy: Path, edits: Sequence[Edit]) -> None:
    """Make the edits; the place of each must be there."""
    for edit in edits:
        path = copy / edit.path
        if isinstance(edit, NewFile):
            assert not path.exists(), f"{edit.path} is there already"
            path.write_text(edit.text, "utf-8")
            continue
        text = path.read_text("utf-8")
        if isinstance(edit, Replacement):
            assert text.count(edit.old) == 1, f"{edit.path}: {text.count(edit.old)} x {edit.old!r}"
            path.write_text(text.replace(edit.old, edit.new), "utf-8")
            continue
        lines = text.splitlines(keepends=True)
        number = next((n for n, line in enumerate(lines) if line.lstrip().startswith(edit.before)), None)
        assert number is not None, f"{edit.path}: no line begins with {edit.before!r}"
        path.write_text("".join((*lines[:number], edit.text, *lines[number:])), "utf-8")


def generate(copy: Path) -> None:
    """What is made from code and rules is made anew, as the list says at its end."""
    run(copy, "-c", GENERATE, "procedure", "page")


def run(copy: Path, *arguments: str, **environment: str) -> str:
    """Run Python in the copy, on the copy's own code; what it printed."""
    surroundings = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("PYTEST_") and name != VARIABLE  # its rules are the copy's own
    }
    ran = subprocess.run(
        [sys.executable, *arguments],
        cwd=copy,
        env=surroundings | {"PYTHONPATH": str(copy)} | environment,
        capture_output=True,
        text=True,
        timeout=SECONDS_MAX,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout[-3000:] + ran.stderr[-3000:]
    return ran.stdout
