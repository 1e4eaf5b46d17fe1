"""What a docstring, a comment or a document calls by its name in backticks is there under that name."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from pathlib import PurePosixPath
from typing import Final

import pytest

from tests.test_tidy import committed, read, sources

NOT_READ: Final = ("CHANGELOG.md", "tests/docs/test_mentions.py")
"""The first names what was; this file what never was."""
MADE_WHILE_RUNNING: Final = frozenset({"broker.json", "broker.log"})
QUOTED: Final = re.compile(r"`([^`\n]+)`")
DOTTED: Final = re.compile(r"[A-Za-z_]\w*(?:\.\w+)+")
FILE: Final = re.compile(r"[\w/.-]+\.(?:py|md|ya?ml|json|toml|txt|html|css)")
TOPIC: Final = re.compile(r"[a-z_-]+\.v\d+")


def names_within(path: str, tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Each module and class of a file, with every name that it holds."""
    *folders, module = PurePosixPath(path).with_suffix("").parts
    yield from zip(folders, (*folders[1:], module), strict=True)
    room = folders[-1] if module == "__init__" and folders else module
    for owner in (tree, *(node for node in ast.walk(tree) if isinstance(node, ast.ClassDef))):
        for node in ast.walk(owner):
            for name in _names(node):
                yield (owner.name if isinstance(owner, ast.ClassDef) else room), name


def _names(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            yield name
        case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
            yield name
        case ast.alias(name=name, asname=other):
            yield (other or name).rpartition(".")[2]


def lost(text: str, held: Mapping[str, set[str]], files: Iterable[str]) -> Iterator[str]:
    """What `text` quotes, and nobody has: a file, or a name in a module or class of ours."""
    for quoted in QUOTED.findall(text):
        name = quoted.partition("(")[0].strip()
        if name in MADE_WHILE_RUNNING:
            continue
        if FILE.fullmatch(name):
            if not any(f"/{file}".endswith(f"/{name}") for file in files):
                yield name
        elif DOTTED.fullmatch(name) and not TOPIC.fullmatch(name):
            parts = name.split(".")
            if any(owner in held and part not in held[owner] for owner, part in pairwise(parts)):
                yield name


@pytest.fixture(scope="module")
def held():
    """What each module and class of the tree holds, by its own name."""
    names = defaultdict(set)
    for source in sources():
        for owner, name in names_within(source.path, source.tree):
            names[owner].add(name)
    return names


def test_what_is_named_is_there(held):
    """Who moves or renames a thing takes its mentions with it."""
    files = committed()
    texts = [path for path in files if path.endswith((".py", ".md", ".toml")) and path not in NOT_READ]
    found = [
        f"{path}:{number}: {name}"
        for path in texts
        for number, line in enumerate(read(path).splitlines(), 1)
        for name in lost(line, held, files)
    ]
    assert found == []


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("see `core/precinct.py`", ["core/precinct.py"]),
        ("`pipeline.core.precinct` decides", ["pipeline.core.precinct"]),
        ("by `centre.decide_everything`", ["centre.decide_everything"]),
        ("`Partition.ask(turn)`", ["Partition.ask"]),
        ("`core/partition.py`, `pipeline.core.partition`, `Partition.step(record)`, `centre.Centre`", []),
        ("`reports.v1`, `min.insync.replicas`, `linger.ms` and `os.replace`", []),
    ],
)
def test_a_name_that_is_not_there_is_found(held, text, names):
    """And what is there, or is somebody else's, is not."""
    assert list(lost(text, held, committed())) == names
