"""The Chinese that people see: where it stands, and the marks in it that are of another script."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import yaml

from pipeline.words.spoken import catalogue

ROOT = Path(__file__).parents[2]
CJK = "\u3400-\u9fff"
NEAR = f"[{CJK}，；：？！（）。、《》“”]"
PLACES = ("README.md", "docs", "rules", "deploy", "pipeline", "schemas/codes.py")
OTHERS = (
    "rules/lexicon",
    "rules/sources",
    "rules/places",
    "rules/grids",
    "pipeline/simulate/world",
    "pipeline/simulate/people",
    "pipeline/core/locate",
    "pipeline/core/duplicates",
    "pipeline/core/rules/address_key.py",
    "pipeline/core/rules/personal_numbers.py",
    "pipeline/core/rules/spoken_names.py",
    "pipeline/audit/checks/privacy.py",
    "pipeline/edge/sources",
    "pipeline/edge/push/asked_model.py",  # asked of a machine
)
"""What callers, clerks and foreign systems write, and the patterns that read it: no words of ours."""
_NO_TEXT = re.compile(r"`[^`]*`|\{[^{}]*\}|\]\([^)]*\)|https?://\S+")
_BETWEEN = re.compile(
    f"(?<=[{CJK}])[,;:?!] ?(?=[{CJK}])|(?<=[{CJK}]) ?\\((?=[{CJK}])|(?<=[{CJK}])\\) ?(?=[{CJK}])"
)
_BESIDE = re.compile(f"(?<={NEAR})[,;:?!()]|(?<={NEAR}) \\(|\\) (?=[{CJK}])|[,;:?!()](?={NEAR})")


class Text(NamedTuple):
    """A text and the file in which it stands."""

    file: str
    said: str


def halves(said: str) -> list[str]:
    """Half-width marks of `said`: those beside Chinese where it is a Chinese text, between Chinese where it is another."""
    bare = _NO_TEXT.sub(lambda found: "x" * len(found[0]), said)
    chinese, latin = len(re.findall(f"[{CJK}]", bare)), len(re.findall("[A-WYZa-wyz]", bare))
    marks = _BESIDE if chinese > latin else _BETWEEN
    return [said[max(0, found.start() - 8) : found.end() + 8] for found in marks.finditer(bare)]


def files(*suffixes: str) -> Iterator[Path]:
    """All files that hold what people see."""
    for place in PLACES:
        path = ROOT / place
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            name = str(file.relative_to(ROOT))
            if file.suffix in suffixes and not name.startswith(OTHERS):
                yield file


@cache
def texts() -> tuple[Text, ...]:
    """Every text with Chinese in it: translations, literals of the code but docstrings, values of the rules, lines of the pages."""
    return tuple(_texts())


def _texts() -> Iterator[Text]:
    for said in catalogue().values():
        yield Text("pipeline/words/zh", said)
    for file in files(".py", ".yaml", ".md"):
        name = str(file.relative_to(ROOT))
        content = file.read_text(encoding="utf-8")
        found = _literals(content) if file.suffix == ".py" else content.splitlines()
        if file.suffix == ".yaml":
            found = _values(yaml.load(content, yaml.CSafeLoader))
        yield from (Text(name, said) for said in found if re.search(f"[{CJK}]", said))


def _literals(content: str) -> Iterator[str]:
    """The strings of a module that mean something; rows of a table one by one."""
    tree = ast.parse(content)
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield from (cell for line in node.value.splitlines() for cell in line.split(" | "))


def _values(node: object) -> Iterator[str]:
    """All strings below `node`, without the keys."""
    if isinstance(node, str):
        yield node
    for below in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _values(below)
