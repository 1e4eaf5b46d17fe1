"""The conventions as a ban list. Each ban says what to do instead; each has a planted case that it must find."""

import ast
import re
import subprocess
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[1]
FUNCTION_LINES_MAX = 50
MODULE_LINES_MAX = 400
CODE = ("pipeline/", "schemas/")
ALL = (*CODE, "tests/", "benchmarks/", "deploy/")


class Source(NamedTuple):
    """One Python file."""

    path: str
    text: str
    tree: ast.Module

    @classmethod
    def of(cls, path: str, text: str) -> "Source":
        """Read from text."""
        return cls(path, text, ast.parse(text))

    def nodes(self, *kinds):
        """All nodes of these kinds."""
        return (node for node in ast.walk(self.tree) if isinstance(node, kinds))

    def line(self, node):
        """The first line of a node, its comment included."""
        return self.text.splitlines()[node.lineno - 1]


Find = Callable[[Source], Iterable[ast.expr | ast.stmt | ast.excepthandler | int]]


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


# what is looked for


def calls(*names: str) -> Find:
    """Calls by their dotted name as written; a leading dot stands for any object."""

    def find(source):
        for node in source.nodes(ast.Call):
            name = ast.unparse(node.func)
            if any(name.endswith(wanted) if wanted.startswith(".") else name == wanted for wanted in names):
                yield node

    return find


def imports(*modules: str) -> Find:
    """Imports of these modules, whole or in part."""

    def find(source):
        for node in source.nodes(ast.Import, ast.ImportFrom):
            names = (
                [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
            )
            if any(name.split(".")[0] in modules for name in names):
                yield node

    return find


def lines(pattern: str) -> Find:
    """Lines that match."""
    wanted = re.compile(pattern)

    def find(source):
        return (number for number, line in enumerate(source.text.splitlines(), 1) if wanted.search(line))

    return find


def star_imports(source):
    """from x import *."""
    return (node for node in source.nodes(ast.ImportFrom) if any(alias.name == "*" for alias in node.names))


def names(*wanted: str) -> Find:
    """Names as they stand in code, imports among them; not in text or comments."""

    def find(source):
        for node in source.nodes(ast.Name, ast.Attribute, ast.ImportFrom):
            if isinstance(node, ast.ImportFrom):
                found = {alias.name for alias in node.names}
            else:
                found = {node.id if isinstance(node, ast.Name) else node.attr}
            if found & set(wanted):
                yield node

    return find


def swallowing(source):
    """A handler of everything that neither raises in the end nor says on its line why it does not."""
    for node in source.nodes(ast.ExceptHandler):
        broad = node.type is None or ast.unparse(node.type) in ("Exception", "BaseException")
        if broad and not isinstance(node.body[-1], ast.Raise) and "#" not in source.line(node):
            yield node


def unseeded(source):
    """Random() without a seed, and the module's own generator."""
    for node in source.nodes(ast.Call, ast.Import):
        if isinstance(node, ast.Import):
            if any(alias.name == "random" for alias in node.names):
                yield node
        elif ast.unparse(node.func) in ("Random", "random.Random") and not node.args:
            yield node


def bad_name(source):
    """A module, or a package on the way to it, that is named for nothing."""
    words = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "base", "misc", "shared"}
    if words & set(Path(source.path).with_suffix("").parts):
        yield 1


def long_functions(source):
    """From the def to the last line."""
    for node in source.nodes(ast.FunctionDef, ast.AsyncFunctionDef):
        if (node.end_lineno or 0) - node.lineno + 1 > FUNCTION_LINES_MAX:
            yield node


def long_module(source):
    """The first line too many."""
    if len(source.text.splitlines()) > MODULE_LINES_MAX:
        yield MODULE_LINES_MAX + 1


def no_docstring(source):
    """A module that does not say what may live in it."""
    if not ast.get_docstring(source.tree):
        yield 1


def silent_tests(source):
    """A test without its sentence."""
    for node in source.nodes(ast.FunctionDef, ast.AsyncFunctionDef):
        if node.name.startswith("test_") and not ast.get_docstring(node):
            yield node


def bare_sleeps(source):
    """A sleep that is not the pause of a loop which polls."""
    loops = list(source.nodes(ast.While, ast.For))
    polls = {id(node) for loop in loops for node in ast.walk(loop)}
    return (node for node in calls("time.sleep", "asyncio.sleep", "sleep")(source) if id(node) not in polls)


def hopeful_tests(source):
    """A test that asserts nothing, raises nothing and calls nothing that may: it cannot fail."""
    for node in source.nodes(ast.FunctionDef, ast.AsyncFunctionDef):
        if node.name.startswith("test_") and not any(
            isinstance(part, ast.Assert | ast.Call | ast.Raise) for part in ast.walk(node)
        ):
            yield node


# the list

BANS = (
    Ban("a clock", "take `at` from the turn; a shell that needs one has a module `clock`",
        calls("datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.time_ns"),
        "import time\nat = time.time()\n",
        but=("pipeline/stream/worker_clock.py", "pipeline/simulate/", "pipeline/edge/")),
    Ban("chance", "derive ids from the log (`pipeline.core.rules.identity`)",
        imports("random", "secrets", "uuid"), "from random import Random\n",
        but=("pipeline/simulate/", "pipeline/clockcheck/", "pipeline/edge/", "pipeline/broker/", "pipeline/settings.py")),
    Ban("chance without a seed", "Random(seed), given in", unseeded, "from random import Random\ndraw = Random()\n"),
    Ban("print", "sys.stdout.write or rich in a command, a log line elsewhere", calls("print"), "print(1)\n"),
    Ban("swallowing every exception", "name the exception; at a marked edge raise, or say why not on the line",
        swallowing, "try:\n    x = 1\nexcept Exception:\n    x = 2\n", where=ALL),
    Ban("import *", "import names", star_imports, "from schemas.values.terms import *\n", where=ALL),
    Ban("Any", "a type, a TypeVar, a Protocol or object", names("Any"), "from typing import Any\n",
        where=(*CODE, "benchmarks/"), but=("pipeline/stream/",)),
    Ban("type: ignore without a word why", "a type that fits, or the reason on the same line",
        lines(r"#\s*type:\s*ignore(?!\[[\w, -]+\]\s+#\s*\w)"), "x: int = ''  # type: ignore[assignment]\n",
        where=CODE, but=("pipeline/stream/",)),
    Ban("assert for checking", "raise an error of `schemas.errors`; `assert_never` ends a match",
        lambda source: source.nodes(ast.Assert), "assert 1\n"),
    Ban("eval, exec", "plain code", calls("eval", "exec"), "eval('1')\n", but=("schemas/wire/contract.py",)),
    Ban("a name that says nothing", "the word for what lives in it", bad_name, "", where=ALL,
        planted_at="pipeline/core/helpers.py"),
    Ban(f"a function of more than {FUNCTION_LINES_MAX} lines", "leaves: branches in the parent, straight lines in them",
        long_functions, "def f() -> None:\n" + "    x = 1\n" * FUNCTION_LINES_MAX, where=ALL),
    Ban(f"a module of more than {MODULE_LINES_MAX} lines", "one concern each", long_module,
        "x = 1\n" * (MODULE_LINES_MAX + 1), where=ALL),
    Ban("a module without a docstring", "say what may live here and what may not", no_docstring, "x = 1\n", where=ALL),
    Ban("a test without a sentence", "a docstring that states the behaviour", silent_tests,
        "def test_x():\n    assert 1\n", where=("tests/",), planted_at="tests/test_planted.py"),
    Ban("a test that cannot fail", "assert something", hopeful_tests, 'def test_x():\n    """It is so."""\n',
        where=("tests/",), planted_at="tests/test_planted.py"),
    Ban("sleep as a synchroniser", "poll a condition in a loop with a limit", bare_sleeps,
        "import time\ntime.sleep(1)\n", where=("tests/",), planted_at="tests/test_planted.py"),
    Ban("mocks", "the real thing, or a plain object that does its part", imports("mock", "unittest", "pytest_mock"),
        "from unittest import mock\n", where=("tests/",), planted_at="tests/test_planted.py"),
    Ban("patching", "give the dependency in", calls(".setattr", ".setitem", ".patch"),
        "def test_x(monkeypatch):\n    monkeypatch.setattr(x, 'y', 1)\n",
        where=("tests/",), planted_at="tests/test_planted.py"),
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


SOURCES = [Source.of(path, read(path)) for path in committed() if path.endswith(".py")]


@pytest.mark.parametrize("ban", BANS, ids=lambda ban: ban.banned)
def test_nothing_banned_is_done(ban):
    """The conventions hold in every file."""
    found = [line for source in SOURCES for line in ban.broken_by(source)]
    assert not found, "\n" + "\n".join(found)


@pytest.mark.parametrize("ban", BANS, ids=lambda ban: ban.banned)
def test_each_ban_finds_what_it_bans(ban):
    """A planted violation is found, and is not found in a file that is excepted."""
    assert ban.broken_by(Source.of(ban.planted_at, ban.planted))
    for excepted in ban.but:
        assert not ban.broken_by(Source.of(f"{excepted}planted.py", ban.planted))


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


def test_there_is_something_to_check():
    """The list of files is not empty by mistake: the contracts and this test are in it."""
    assert {"schemas/topics.py", "pipeline/core/partition.py", "tests/test_tidy.py"} <= {
        one.path for one in SOURCES
    }
