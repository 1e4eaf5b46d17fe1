"""However a file of rules is spoilt, it is loaded or refused with lines that exist: never another error, never a guess."""

import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pipeline.core.rules.rules import Rules
from pipeline.rulebook import RULES_DIR, BadRules, Problem, load_rules

FILES = sorted(str(path.relative_to(RULES_DIR)) for path in RULES_DIR.rglob("*.yaml"))
SCRAPS = [
    "", "- ", "x: ", "null", "~", "true", "no", "-1", "0", "1e999", ".nan", "08:30", "2026-02-30", "2026-01-01T00:00:00Z",
    "[", "]", "{", "}", "[]", "{}", "&a", "*a", "<<: {a: 1}", "!!binary aGk=", "!!set {a}", "!!python/name:os.system x",
    "? [a, b]\n: c", "'", '"', "#", "|\n  text", "---", "...", "%YAML 1.1", "\t", "\x00", "\u202e", "\U0001f600",
    "9" * 400, "0b2", "1:60", "é",
]  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """One copy of the shipped rules, put right again before each example."""
    return Path(shutil.copytree(RULES_DIR, tmp_path_factory.mktemp("any") / "rules"))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(FILES),
    st.integers(0, 10_000),
    st.sampled_from(["replace", "insert", "drop", "double", "value"]),
    st.sampled_from(SCRAPS) | st.text(max_size=12),
)
@example("hours.yaml", 6, "value", "\ud800")
def test_a_spoilt_file_is_loaded_or_refused(folder, name, number, how, scrap):
    """One line of one file is replaced, dropped, doubled, or gets another value."""
    path = folder / name
    shipped = (RULES_DIR / name).read_text()
    lines = shipped.splitlines()
    number %= len(lines)
    line = lines[number]
    indent = line[: len(line) - len(line.lstrip())]
    head = line.partition(": ")[0]
    lines[number : number + 1] = {
        "replace": [indent + scrap],
        "insert": [line, indent + scrap],
        "drop": [],
        "double": [line, line],
        "value": [f"{head}: {scrap}"],
    }[how]
    path.write_bytes("\n".join(lines).encode(errors="surrogatepass"))
    problems: tuple[Problem, ...] = ()
    try:
        assert isinstance(load_rules(folder), Rules)
    except BadRules as why:
        problems = why.problems
    finally:
        path.write_text(shipped)
    for problem in problems:
        assert 1 <= problem.line <= len(lines) + scrap.count("\n") + 1 or problem.file != str(path)
        assert problem.wrong
        assert problem.allowed
        assert "\n" not in str(problem)
