"""The structure of the tree in figures: modules a folder, import arrows, lengths, and the modules that one Return enters.

    python -m benchmarks.structure            # this checkout
    python -m benchmarks.structure ../other   # another one, such as an older release, with the same interpreter

An arrow is an import of one folder's module by another's, counted once a pair of folders. The way of a Return is followed
by the profiler from the partition's door to the records that are written: each module whose code runs, in that order.
"""

import argparse
import ast
import json
import os
import statistics
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

ROOTS: Final = ("pipeline", "schemas", "deploy", "benchmarks")
WAY: Final = """
import json, sys
from pathlib import Path
from tests.core.story import Story
from pipeline.{records} import outgoing, rfc3339
story = Story().path("report", "sign").wait(minutes=1)
root, seen = str(Path.cwd()), {{}}
def enter(frame, event, arg):
    name = frame.f_code.co_filename
    if event == "call" and name.startswith((root + "/pipeline", root + "/schemas")):
        seen.setdefault(name[len(root) + 1:], None)
sys.setprofile(enter)
story.act("return")
list(outgoing(story.last, story.pushed[-1][0], rfc3339(story.now)))
sys.setprofile(None)
assert story.answer == "accepted", story.answer
print(json.dumps(list(seen)))
"""
"""Runs in the checkout that is measured. `records` is where outcomes become records there."""


def modules(root: Path) -> dict[str, ast.Module]:
    """Every module below the roots by its dotted name, without empty packages."""
    trees = {}
    for top in ROOTS:
        for file in sorted((root / top).rglob("*.py")):
            name = ".".join(file.relative_to(root).with_suffix("").parts).removesuffix(".__init__")
            trees[name] = ast.parse(file.read_text(encoding="utf-8"))
    return trees


def imported(tree: ast.Module, names: frozenset[str]) -> Iterator[str]:
    """The modules of the tree that a module imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            parts = (f"{node.module}.{alias.name}" for alias in node.names)
            yield from (part if part in names else node.module for part in parts)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def lengths(root: Path) -> list[int]:
    """Lines of each module, shortest first; packages without code of their own are left out."""
    files = (file for top in ROOTS for file in (root / top).rglob("*.py"))
    return sorted(
        len(file.read_text(encoding="utf-8").splitlines()) for file in files if file.name != "__init__.py"
    )


def way_of_a_return(root: Path) -> list[str]:
    """The modules that an accepted Return enters, in order."""
    new = (root / "pipeline/stream/partition/outgoing_records.py").exists()
    records = "stream.partition.outgoing_records" if new else "stream.records"
    ran = subprocess.run(
        [sys.executable, "-c", WAY.format(records=records)],
        cwd=root, env={**os.environ, "PYTHONPATH": str(root)}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    way: list[str] = json.loads(ran.stdout)
    return way


def main(root: Path) -> None:
    """Print the figures, and the same as one line of JSON."""
    trees = modules(root)
    names = frozenset(trees)
    folders = Counter(str(file.parent.relative_to(root)) for top in ROOTS for file in (root / top).rglob("*.py")
                      if file.name != "__init__.py")  # fmt: skip
    pairs = {
        (name, other) for name, tree in trees.items() for other in imported(tree, names) if other in names
    }
    arrows = {(a.rpartition(".")[0], b.rpartition(".")[0]) for a, b in pairs}
    lines, way = lengths(root), way_of_a_return(root)
    figures = {
        "folders": len(folders),
        "modules_in_the_largest_folders": dict(folders.most_common(5)),
        "folders_of_one_module": sorted(
            folder
            for folder, many in folders.items()
            if many == 1 and not any(other.startswith(f"{folder}/") for other in folders)
        ),
        "imports_between_modules": len(pairs),
        "arrows_between_folders": sum(a != b for a, b in arrows),
        "lines_median": statistics.median(lines),
        "lines_longest": lines[-1],
        "modules_a_return_enters": len(way),
        "readme_lines": len((root / "README.md").read_text(encoding="utf-8").splitlines()),
    }
    for name, value in figures.items():
        print(f"{name.replace('_', ' '):34} {value}")
    print("the way of a Return:", " → ".join(way))
    print(json.dumps(figures))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("checkout", nargs="?", type=Path, default=Path(), help="whose structure; this one")
    main(parser.parse_args().checkout.resolve())
