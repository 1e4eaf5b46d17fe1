"""The conventions as a ban list. Each ban says what to do instead; each has a planted case that it must find."""

import ast
import re
import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from tests import ban_finders as find
from tests.ban_finders import (
    FOLDER_MODULES_MAX,
    FUNCTION_LINES_MAX,
    MODULE_LINES_MAX,
    OURS,
    Find,
    Source,
    Tree,
)
from tests.conftest import LONGEST

ROOT = Path(__file__).parents[1]
CODE = ("pipeline/", "schemas/")
ALL = tuple(f"{root}/" for root in OURS)


class Ban(NamedTuple):
    """What is banned, what to use instead, where it holds and where not, and a text that breaks it."""

    banned: str
    use: str
    find: Find
    planted: str
    where: tuple[str, ...] = CODE
    but: tuple[str, ...] = ()
    planted_at: str = "pipeline/core/planted.py"

    def broken_by(self, source) -> list[str]:
        """One line per violation."""
        if not source.path.startswith(self.where) or source.path.startswith(self.but or "\0"):
            return []
        places = (found if isinstance(found, int) else found.lineno for found in self.find(source))
        return [
            f"{source.path}:{line}: banned: {self.banned}; instead: {self.use}"
            for line in sorted(set(places))
        ]


class TreeBan(NamedTuple):
    """What no tree of files may hold, what to do instead, and a small tree that breaks it: its files' text by path."""

    banned: str
    use: str
    find: Tree
    planted: dict[str, str]

    def broken_by(self, sources: Sequence[Source]) -> list[str]:
        """One line per violation."""
        return [f"{found}: banned: {self.banned}; instead: {self.use}" for found in self.find(sources)]


# the lists

BANS = (
    Ban("a clock", "take `at` from the turn; a shell that needs one has a module `clock`",
        find.calls("datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.time_ns"),
        "import time\nat = time.time()\n",
        but=("pipeline/stream/worker_clock.py", "pipeline/simulate/", "pipeline/edge/")),
    Ban("chance", "derive ids from the log (`pipeline.core.rules.identity`)",
        find.imports("random", "secrets", "uuid"), "from random import Random\n",
        but=("pipeline/simulate/", "pipeline/clockcheck/", "pipeline/edge/", "pipeline/broker/", "pipeline/caller_key.py")),
    Ban("chance without a seed", "Random(seed), given in", find.unseeded, "from random import Random\ndraw = Random()\n"),
    Ban("print", "sys.stdout.write or rich in a command, a log line elsewhere", find.calls("print"), "print(1)\n"),
    Ban("swallowing every exception", "name the exception; at a marked edge raise, or say why not on the line",
        find.swallowing, "try:\n    x = 1\nexcept Exception:\n    x = 2\n", where=ALL),
    Ban("import *", "import names", find.star_imports, "from schemas.values.terms import *\n", where=ALL),
    Ban("Any", "a type, a TypeVar, a Protocol or object", find.names("Any"), "from typing import Any\n",
        where=(*CODE, "benchmarks/"), but=("pipeline/stream/",)),
    Ban("type: ignore without a word why", "a type that fits, or the reason on the same line",
        find.lines(r"#\s*type:\s*ignore(?!\[[\w, -]+\]\s+#\s*\w)"), "x: int = ''  # type: ignore[assignment]\n",
        where=CODE, but=("pipeline/stream/",)),
    Ban("assert for checking", "raise an error of `schemas.errors`; `assert_never` ends a match",
        lambda source: source.nodes(ast.Assert), "assert 1\n"),
    Ban("eval, exec", "plain code", find.calls("eval", "exec"), "eval('1')\n", but=("schemas/wire/contract.py",)),
    Ban("a name that says nothing", "the word for what lives in it", find.bad_name, "", where=ALL,
        planted_at="pipeline/core/helpers.py"),
    Ban(f"a function of more than {FUNCTION_LINES_MAX} lines", "leaves: branches in the parent, straight lines in them",
        find.long_functions, "def f() -> None:\n" + "    x = 1\n" * FUNCTION_LINES_MAX, where=ALL),
    Ban(f"a module of more than {MODULE_LINES_MAX} lines", "one concern each", find.long_module,
        "x = 1\n" * (MODULE_LINES_MAX + 1), where=ALL),
    Ban("a module without a docstring", "say what may live here and what may not", find.no_docstring, "x = 1\n", where=ALL),
    Ban("a test without a sentence", "a docstring that states the behaviour", find.silent_tests,
        "def test_x():\n    assert 1\n", where=("tests/",), planted_at="tests/test_planted.py"),
    Ban("a test that cannot fail", "assert something", find.hopeful_tests, 'def test_x():\n    """It is so."""\n',
        where=("tests/",), planted_at="tests/test_planted.py"),
    Ban("sleep as a synchroniser", "poll a condition in a loop with a limit", find.bare_sleeps,
        "import time\ntime.sleep(1)\n", where=("tests/",), planted_at="tests/test_planted.py"),
    Ban("mocks", "the real thing, or a plain object that does its part", find.imports("mock", "unittest", "pytest_mock"),
        "from unittest import mock\n", where=("tests/",), planted_at="tests/test_planted.py"),
    Ban("patching", "give the dependency in", find.calls(".setattr", ".setitem", ".patch"),
        "def test_x(monkeypatch):\n    monkeypatch.setattr(x, 'y', 1)\n",
        where=("tests/",), planted_at="tests/test_planted.py"),
    Ban("a private name of another module", "make it public there, or do without", find.private_names,
        "from deploy.grafana.kit import panels\nx = panels._panel\n", where=(*CODE, "benchmarks/", "deploy/")),
    Ban("a module under a letter", "its own name, or a word", find.lettered_modules,
        "from schemas.journal import events as e\n", where=ALL),
)  # fmt: skip

TREE_BANS = (
    TreeBan(f"a folder of more than {FOLDER_MODULES_MAX} modules", "subfolders, named for what they hold", find.full_folders,
        {f"pipeline/core/m{number}.py": "" for number in range(FOLDER_MODULES_MAX + 1)}),
    TreeBan("a folder of one module", "put the module where its neighbours are", find.folders_of_one,
        {"pipeline/core/alone/__init__.py": "", "pipeline/core/alone/module.py": "",
         "pipeline/core/a.py": "", "pipeline/core/b.py": ""}),
    TreeBan("a class name that stands twice", "the name that tells the two apart", find.repeated_classes,
        {"pipeline/core/a.py": "class Case: ...\n", "deploy/b.py": "def make():\n    class Case: ...\n"}),
    TreeBan("a file name that stands twice", "the name that tells the two apart", find.repeated_files,
        {"pipeline/core/rules.py": "", "deploy/rules.py": ""}),
)  # fmt: skip

TEXT_BANS = {
    "a note to oneself": re.compile(r"\b(?:TODO|FIXME|XXX)\b"),
    "a path of one machine": re.compile(r"(?<![\w.:/])/(?:work|root|tmp|Users|home/(?!nobody|街道)\w+)/\w"),
    "an address of a package registry": re.compile(
        r"https?://(?:[\w.]+\.)?(?:pypi\.org|pythonhosted\.org|npmjs\.org|maven\.org|maven\.apache\.org)"
    ),
}


# the files


def committed() -> list[str]:
    """All files of the project that git knows, or would add; pictures hold no words."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT, capture_output=True, check=True,
    ).stdout.decode()  # fmt: skip
    paths = (path for path in listed.split("\0") if path and not path.endswith(".png"))
    return [path for path in paths if (ROOT / path).is_file()]


def read(path: str) -> str:
    """The text of a file, whatever is in it."""
    return (ROOT / path).read_text(encoding="utf-8", errors="replace")


@cache
def sources() -> list[Source]:
    """Every module, parsed: by who asks, since each process of a run collects this file, and one needs it."""
    return [Source.of(path, read(path)) for path in committed() if path.endswith(".py")]


@pytest.mark.parametrize("ban", BANS, ids=lambda ban: ban.banned)
def test_nothing_banned_is_done(ban):
    """The conventions hold in every file."""
    found = [line for source in sources() for line in ban.broken_by(source)]
    assert not found, "\n" + "\n".join(found)


@pytest.mark.parametrize("ban", BANS, ids=lambda ban: ban.banned)
def test_each_ban_finds_what_it_bans(ban):
    """A planted violation is found, and is not found in a file that is excepted."""
    assert ban.broken_by(Source.of(ban.planted_at, ban.planted))
    for excepted in ban.but:
        assert not ban.broken_by(Source.of(f"{excepted}planted.py", ban.planted))


@pytest.mark.parametrize("ban", TREE_BANS, ids=lambda ban: ban.banned)
def test_the_tree_holds_nothing_banned(ban):
    """Folders have a size that is read at a glance, and a name leads to one place."""
    found = ban.broken_by(sources())
    assert not found, "\n" + "\n".join(found)


@pytest.mark.parametrize("ban", TREE_BANS, ids=lambda ban: ban.banned)
def test_each_ban_on_trees_finds_what_it_bans(ban):
    """A planted tree is found, and the empty tree is not."""
    assert len(ban.broken_by([Source.of(path, text) for path, text in ban.planted.items()])) == 1
    assert ban.broken_by([]) == []


def test_a_ban_on_trees_leaves_the_innocent_alone():
    """A command beside its package's folders, a stand-in for mypy and two tests of one name are none."""
    innocent = {
        "pipeline/simulate/simulate_command.py": "",
        "pipeline/simulate/world/a.py": "",
        "pipeline/simulate/world/b.py": "if TYPE_CHECKING:\n    class TopicPartition: ...\n",
        "pipeline/edge/__init__.py": "",
        "pipeline/edge/connection.py": "class TopicPartition: ...\n",
        "pipeline/edge/decoding.py": "",
        "tests/core/test_rules.py": "class Case: ...\n",
        "tests/core/conftest.py": "",
        "tests/edge/test_rules.py": "class Case: ...\n",
        "tests/edge/conftest.py": "",
    }
    sources = [Source.of(path, text) for path, text in innocent.items()]
    assert [line for ban in TREE_BANS for line in ban.broken_by(sources)] == []


@pytest.mark.parametrize(
    ("banned", "innocent"),
    [
        ("a clock", "import time\nstarted = time.monotonic()\n"),
        ("print", "console.print(1)\n"),
        ("swallowing every exception", "try:\n    x = 1\nexcept Exception:\n    close()\n    raise\n"),
        (
            "swallowing every exception",
            "try:\n    x = 1\nexcept Exception:  # the edge: a bug is isolated\n    x = 2\n",
        ),
        ("Any", '"""Any client may."""\n'),
        ("type: ignore without a word why", "x: int = y  # type: ignore[misc]  # Faust has no types\n"),
        ("sleep as a synchroniser", "import time\nwhile waiting():\n    time.sleep(0.1)\n"),
        ("a test that cannot fail", 'def test_x():\n    """It is so."""\n    check()\n'),
        ("a private name of another module", "from pipeline.core.centre import Case\nx = Case._replace\n"),
        ("a module under a letter", "import numpy as np\nfrom hypothesis import strategies as st\n"),
    ],
)
def test_a_ban_leaves_the_innocent_alone(banned, innocent):
    """What only looks like a violation is none."""
    ban = next(ban for ban in BANS if ban.banned == banned)
    assert ban.broken_by(Source.of(ban.planted_at, innocent)) == []


@pytest.mark.parametrize("banned", TEXT_BANS)
def test_no_file_holds_what_no_file_may(banned):
    """Neither code nor document nor data."""
    found = [
        f"{path}:{number}: banned: {banned}"
        for path in committed()
        if path not in ("requirements.lock", "tests/test_tidy.py")
        for number, line in enumerate(read(path).splitlines(), 1)
        if TEXT_BANS[banned].search(line)
    ]
    assert not found, "\n" + "\n".join(found)


@pytest.mark.parametrize(
    ("banned", "planted"),
    [
        ("a note to oneself", "# TODO later"),
        ("a path of one machine", "open('/root/x')"),
        ("a path of one machine", "see /home/someone/x"),
        ("an address of a package registry", "--index-url https://" + "pypi" + ".org/simple"),
    ],
)
def test_each_text_ban_finds_what_it_bans(banned, planted):
    """The patterns are not blind."""
    assert TEXT_BANS[banned].search(planted)


def test_the_longest_files_are_there():
    """A file that was moved or split takes its place in the order with it."""
    assert [path for path in LONGEST if path not in committed()] == []


def test_there_is_something_to_check():
    """The list of files is not empty by mistake: the contracts and this test are in it."""
    assert {"schemas/topics.py", "pipeline/core/partition.py", "tests/test_tidy.py"} <= {
        source.path for source in sources()
    }
