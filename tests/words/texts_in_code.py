"""The English texts in the code that people read: what stands at known places of known calls, found in the syntax tree."""

import ast
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).parents[2]
FINISHED: Final[Mapping[str, tuple[int, ...]]] = {
    "Refusal": (2,),
    "BadMessage": (2,),
    "BadFile": (2,),
    "fault": (2,),
    "BadCases": (2,),
    "NoBundle": (1,),
    "NotAhead": (1,),
    "Missing": (1,),
    "Problem": (3, 4),
    "problem": (1, 2),
    "Unavailable": (1,),
    "PipelineError": (1,),
    "BrokerError": (1,),
    "NoReceipt": (1,),
    "Disagrees": (1,),
    "WrongWindow": (1,),
    "UnreadableEvidence": (1,),
    "PydanticCustomError": (1,),
    "skip": (1,),
    "to_team": (4,),
    "Match": (1,),
    "__init__": (1,),
    "ValueError": (0,),
    "WrongChannel": (0,),
}
"""Which arguments of a call are texts that travel finished, in a receipt or an error, and are translated when they are shown."""
SHOWN: Final[Mapping[str, tuple[int, ...]]] = {
    "echo": (0,),
    "print": (0,),
    "stop": (2,),
    "_stop": (0, 1),
    "error_line": (1, 2),
    "fail": (0,),
    "BadParameter": (0,),
    "UsageError": (0,),
    "ClickException": (0,),
    "Table": (0,),
    "Panel": (1,),
    "add_column": (0,),
    "add_row": (0, 1, 2, 3),
    "add_task": (0,),
    "TextColumn": (0,),
}
"""Which arguments of a call a person sees at once, so that an English literal there is never translated."""
SAID: Final = ("said", "say_in", "plural")
"""What says its own text in the language of the process, or in the one given first."""


Modules = Sequence[tuple[str, ast.Module]]
"""Syntax trees by path."""


class FoundText(NamedTuple):
    """A text, its holes as {}, and where it stands."""

    text: str
    file: str
    line: int


@cache
def modules() -> Modules:
    """All modules of the pipeline and its contracts."""
    files = sorted(file for root in ("pipeline", "schemas") for file in (ROOT / root).rglob("*.py"))
    return tuple((str(file.relative_to(ROOT)), ast.parse(file.read_text(encoding="utf-8"))) for file in files)


def finished_texts() -> Iterator[FoundText]:
    """Every text of the project that travels finished, with holes for what is filled in."""
    return texts_finished(modules())


def said_texts() -> Iterator[FoundText]:
    """Every text of the project that is said where it stands."""
    return texts_said(modules())


def shown_texts() -> Iterator[FoundText]:
    """Every literal of the project that is shown as it stands; also as `title`."""
    return texts_shown(modules())


def texts_finished(of: Modules) -> Iterator[FoundText]:
    """As `finished_texts`, of some modules."""
    for file, module in of:
        for scope in _scopes(module):
            for call in _calls(scope):
                for place in FINISHED.get(_name(call), ()):
                    if place < len(call.args):
                        for text in _texts(call.args[place], scope, module):
                            yield FoundText(text, file, call.lineno)


def texts_said(of: Modules) -> Iterator[FoundText]:
    """As `said_texts`, of some modules."""
    for file, module in of:
        for call in _calls(module):
            if _name(call) in SAID and call.args:
                first = call.args[1 if _name(call) == "say_in" else 0]
                for text in _texts(first, module, module):
                    yield FoundText(text, file, call.lineno)


def texts_shown(of: Modules) -> Iterator[FoundText]:
    """As `shown_texts`, of some modules."""
    for file, module in of:
        for call in _calls(module):
            arguments = [call.args[place] for place in SHOWN.get(_name(call), ()) if place < len(call.args)]
            if _name(call) in SHOWN:
                arguments += [keyword.value for keyword in call.keywords if keyword.arg == "title"]
            for argument in arguments:
                for text in _texts(argument, ast.Module([], []), ast.Module([], [])):
                    yield FoundText(text, file, call.lineno)


def _scopes(module: ast.Module) -> Iterator[ast.AST]:
    """The functions of a module, then what is outside of all."""
    functions = [node for node in ast.walk(module) if isinstance(node, ast.FunctionDef)]
    yield from functions
    inside = {id(node) for function in functions for node in ast.walk(function)}
    outside = ast.Module([node for node in module.body if id(node) not in inside], [])
    yield outside


def _calls(scope: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(scope) if isinstance(node, ast.Call))


def _name(call: ast.Call) -> str:
    function = call.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _texts(node: ast.AST, scope: ast.AST, module: ast.Module) -> Iterator[str]:
    """The texts that an expression may be, as far as literals go."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    elif isinstance(node, ast.Name):
        yield from _texts_of_name(node, scope, module)
    else:
        for part in _parts(node):
            yield from _texts(part, scope, module)


def _parts(node: ast.AST) -> list[ast.expr]:
    """What an expression may be, one of several."""
    match node:
        case ast.IfExp(body=one, orelse=other):
            return [one, other]
        case ast.BoolOp(values=values) | ast.Dict(values=values) | ast.Tuple(elts=values):
            return values
        case ast.Subscript(value=value):
            return [value]
    return []


def _texts_of_name(node: ast.Name, scope: ast.AST, module: ast.Module) -> Iterator[str]:
    """What the name is given in the function, else in the module, else where it is imported from."""
    for assigned in _assigned(node.id, scope) or _assigned(node.id, module):
        yield from _texts(assigned, scope, module)
    origin = _imported(node.id, module)
    if origin is not None:
        yield from _texts(node, origin, origin)


def _assigned(name: str, scope: ast.AST) -> list[ast.expr]:
    """What a name is given in a scope."""
    given: list[ast.expr] = []
    for node in ast.walk(scope):
        if isinstance(node, ast.Assign) and any(_is(target, name) for target in node.targets):
            given.append(node.value)
        if isinstance(node, ast.AnnAssign) and _is(node.target, name) and node.value is not None:
            given.append(node.value)
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                    given += [
                        value
                        for element, value in zip(target.elts, node.value.elts, strict=False)
                        if _is(element, name)
                    ]
                elif isinstance(target, ast.Tuple) and any(_is(element, name) for element in target.elts):
                    given.append(node.value)
    return given


def _imported(name: str, module: ast.Module) -> ast.Module | None:
    """The module of ours that a name is imported from."""
    for node in module.body:
        if isinstance(node, ast.ImportFrom) and any(alias.name == name for alias in node.names):
            return dict(modules()).get(f"{(node.module or '').replace('.', '/')}.py")
    return None


def _is(target: ast.AST, name: str) -> bool:
    return isinstance(target, ast.Name) and target.id == name
