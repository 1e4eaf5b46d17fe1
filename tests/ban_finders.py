"""What the ban list looks for: one function per kind of violation, in one file's syntax or in the tree of all files."""

import ast
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

FUNCTION_LINES_MAX = 50
MODULE_LINES_MAX = 400
FOLDER_MODULES_MAX = 15
OURS = ("pipeline", "schemas", "deploy", "benchmarks", "tests")


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
Tree = Callable[[Sequence[Source]], Iterable[str]]


# in one file


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
                used = {alias.name for alias in node.names}
            else:
                used = {node.id if isinstance(node, ast.Name) else node.attr}
            if used & set(wanted):
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


def private_names(source):
    """A name with an underscore that another module of ours keeps for itself; a named tuple's methods are public."""
    public = {"_asdict", "_fields", "_make", "_replace"}
    modules = set()
    for node in source.nodes(ast.ImportFrom):
        if (node.module or "").split(".")[0] in OURS:
            modules |= {alias.asname or alias.name for alias in node.names}
            if any(alias.name.startswith("_") for alias in node.names):
                yield node
    for node in source.nodes(ast.Attribute):
        of_ours = isinstance(node.value, ast.Name) and node.value.id in modules
        if of_ours and re.match("_[^_]", node.attr) and node.attr not in public:
            yield node


def lettered_modules(source):
    """An import under one letter, or under the two that stood for our modules of events and of the envelope."""
    for node in source.nodes(ast.Import, ast.ImportFrom):
        if any(len(alias.asname or "__") == 1 or alias.asname in ("je", "me", "ce") for alias in node.names):
            yield node


# in the tree as a whole


def _folders(sources: Sequence[Source]) -> dict[Path, int]:
    """How many modules stand in each folder, `__init__` and a folder's subfolders not counted."""
    modules = (Path(source.path) for source in sources)
    return Counter(path.parent for path in modules if path.name != "__init__.py")


def full_folders(sources):
    """Folders in which nobody finds a file any more."""
    for folder, modules in sorted(_folders(sources).items()):
        if modules > FOLDER_MODULES_MAX:
            yield f"{folder}/ ({modules} modules)"


def folders_of_one(sources):
    """Folders that hold a single module and no other folder."""
    folders = _folders(sources)
    for folder, modules in sorted(folders.items()):
        if modules == 1 and not any(folder in other.parents for other in folders):
            yield f"{folder}/"


def _repeated(places: Iterable[tuple[str, str]]) -> Iterable[str]:
    """Names that stand in several places, with the places."""
    by_name = defaultdict(list)
    for name, place in places:
        by_name[name].append(place)
    return (f"{name} in {', '.join(where)}" for name, where in sorted(by_name.items()) if len(where) > 1)


def _outside_tests(sources: Sequence[Source]) -> list[Source]:
    return [source for source in sources if not source.path.startswith("tests/")]


def repeated_classes(sources):
    """Classes of one name, nested ones among them; a stand-in for a library's class while types are checked is none."""
    yield from _repeated(
        (node.name, f"{source.path}:{node.lineno}")
        for source in _outside_tests(sources)
        for node in _classes(source.tree)
    )


def _classes(tree: ast.AST) -> Iterable[ast.ClassDef]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        if isinstance(node, ast.ClassDef):
            yield node
        yield from _classes(node)


def repeated_files(sources):
    """Files of one name."""
    paths = (Path(source.path) for source in _outside_tests(sources))
    yield from _repeated(
        (path.name, str(path)) for path in paths if path.name not in ("__init__.py", "__main__.py")
    )
