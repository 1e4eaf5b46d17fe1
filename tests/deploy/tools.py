"""Where Prometheus' own tools and Grafana's code are, and which commands and options of ours there are. The tools come with the system (Debian), not with Python: no registry of Python has them.

Where they are missing, tests that need them are skipped and say so; with TESTS_NEED_PROMETHEUS=1 and TESTS_NEED_GRAFANA=1, as in
`.ci/run`, they fail.
"""

import os
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import click
import pytest

from deploy.render.grafana_code import missing
from pipeline.cli import commands

ROOT: Final = Path(__file__).parents[2]
NEEDED: Final = "TESTS_NEED_PROMETHEUS"
NEEDED_GRAFANA: Final = "TESTS_NEED_GRAFANA"
SECONDS_MAX: Final = 300
PACKAGES: Final = {
    "prometheus": "prometheus",
    "promtool": "prometheus",
    "amtool": "prometheus-alertmanager",
    "prometheus-alertmanager": "prometheus-alertmanager",
    "chromium": "chromium",
}


def tool(name: str) -> str:
    """The path of a tool of `PACKAGES`; without it the test ends here."""
    path = shutil.which(name)
    if path is not None:
        return path
    why = (
        f"NOT CHECKED: {name} is not installed (Debian: apt install --no-install-recommends {PACKAGES[name]})"
    )
    if os.environ.get(NEEDED):
        pytest.fail(f"{why}; {NEEDED} is set", pytrace=False)
    pytest.skip(why)


def grafana_code() -> None:
    """Without a browser or Grafana's packages the test ends here."""
    if what := missing():
        why = f"NOT CHECKED: {what}"
        if os.environ.get(NEEDED_GRAFANA):
            pytest.fail(f"{why}; {NEEDED_GRAFANA} is set", pytrace=False)
        pytest.skip(why)


def run(name: str, *words: str | Path) -> subprocess.CompletedProcess[str]:
    """What a tool says, run from the root of the project."""
    return subprocess.run(
        [tool(name), *map(str, words)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=SECONDS_MAX,
        check=False,
    )


def command_of(words: Iterable[str]) -> click.Command:
    """The command of ours that these words name; what follows its name is left alone."""
    command: click.Command = commands
    for word in words:
        if not isinstance(command, click.Group):
            break
        subcommand = command.get_command(click.Context(command), word)
        assert subcommand is not None, f"no such command: {word}"
        command = subcommand
    return command


def options_of(command: click.Command) -> frozenset[str]:
    """Every option that it knows."""
    return frozenset(option for parameter in command.params for option in parameter.opts) | {
        "--help",
        "--version",
    }
