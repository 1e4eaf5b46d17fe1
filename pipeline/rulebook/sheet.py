"""Reads one YAML file into a model, and reports everything wrong with it: the line, the field and what is allowed.

Here lives what is true of any file of `rules/`; the shape of each is in `tables`, what must hold between
them in `checks`. Nothing is guessed: a duplicate key, an unknown field or a number where text belongs is refused.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Generic, NamedTuple, TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from yaml.constructor import SafeConstructor

from pipeline.words.spoken import said, told
from schemas.errors import PipelineError

FILE_BYTES_MAX: Final = 1024 * 1024
DEPTH_MAX: Final = 12
PROBLEMS_MAX: Final = 200

_TAG: Final = "tag:yaml.org,2002:"
_Loader: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The parser in C where there is one: ten times faster."""

M = TypeVar("M", bound=BaseModel)
FieldPath = tuple[str, ...]


class Problem(NamedTuple):
    """One problem: its place, what is wrong, and what would be right. `line` counts from 1."""

    file: str
    line: int
    field: str
    wrong: str
    allowed: str

    def __str__(self) -> str:
        """In the format of compilers, so that editors can jump to the place."""
        return f"{self.file}:{self.line}: {self.field or 'file'}: {self.wrong}; allowed: {self.allowed}"

    def spoken(self) -> str:
        """The same in the language of this process."""
        allowed = said("allowed: {allowed}", allowed=told(self.allowed))
        return f"{self.file}:{self.line}: {self.field or said('file')}: {told(self.wrong)}; {allowed}"


class BadRules(PipelineError):
    """The rules are wrong, by their author's fault: `problems` lists everything, at most 200, in file order."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))[:PROBLEMS_MAX]
        super().__init__("bad_rules", "\n".join(("the rules are wrong", *map(str, self.problems))))


@dataclass(slots=True)
class Sheet:
    """A file as read: its values, and the line of each field. Values are lists, mappings, text and scalars."""

    file: str
    value: object = None
    lines: dict[FieldPath, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def problem(self, path: Iterable[object], wrong: str, allowed: str) -> Problem:
        """A problem at `path`; its line is that of the nearest existing field."""
        parts = tuple(str(part) for part in path)
        line = next(self.lines[parts[:n]] for n in range(len(parts), -1, -1) if parts[:n] in self.lines)
        return Problem(self.file, line, ".".join(parts), wrong, allowed)

    def fingerprint(self) -> str:
        """A text that is equal for equal content, whatever the comments, layout and order of fields."""
        return json.dumps(self.value, ensure_ascii=False, sort_keys=True, default=str)


@dataclass(frozen=True, slots=True)
class Filled(Generic[M]):
    """A sheet of the right shape."""

    sheet: Sheet
    table: M

    def problem(self, path: Iterable[object], wrong: str, allowed: str) -> Problem:
        """A problem at `path` despite the right shape."""
        return self.sheet.problem(path, wrong, allowed)

    def repeated(self, field: str, key: str, values: Sequence[object]) -> Iterator[Problem]:
        """Whatever of `values`, the `key` of each entry of the list `field`, was there before."""
        counted = Counter(values)
        for number, value in enumerate(values):
            if counted[value] > 1 and value in values[:number]:
                yield self.problem((field, number, key), f"{value} is there twice", "each once")


def read_sheet(path: Path) -> Sheet:
    """The file with its lines. If it cannot be read, `problems` says why, and its value is meaningless."""
    sheet = Sheet(str(path), lines={(): 1})
    try:
        text = _text_of(path)
        for wrong in _examine(sheet, text):
            sheet.problems.append(wrong)
        if not sheet.problems:
            node = yaml.compose(text, _Loader)
            sheet.value = _value_of(node, (), sheet) if node is not None else {}
    except yaml.MarkedYAMLError as why:
        mark = why.problem_mark or why.context_mark
        line = mark.line + 1 if mark else 1
        sheet.problems.append(Problem(sheet.file, line, "", why.problem or "not YAML", "YAML"))
    except (OSError, ValueError, yaml.YAMLError) as why:
        sheet.problems.append(Problem(sheet.file, 1, "", _first_line(why), "a UTF-8 file of YAML"))
    return sheet


def fill(sheet: Sheet, table: type[M]) -> Filled[M] | None:
    """The sheet as a `table`; None if its shape is wrong, and then its `problems` say why."""
    if sheet.problems:
        return None
    try:
        filled = table.model_validate_json(json.dumps(sheet.value, default=str), strict=True)
    except ValidationError as why:
        schema: Mapping[str, object] = table.model_json_schema()
        errors = why.errors(include_url=False)
        for error in errors:
            # pydantic also reports a list with wrong items as too short
            if not any(_is_inside(other["loc"], error["loc"]) for other in errors):
                sheet.problems.append(_problem_of(sheet, error, schema))
        return None
    return Filled(sheet, filled)


def _text_of(path: Path) -> str:
    if path.stat().st_size > FILE_BYTES_MAX:
        raise ValueError(f"larger than {FILE_BYTES_MAX} bytes")
    return path.read_text(encoding="utf-8")


def _examine(sheet: Sheet, text: str) -> Iterator[Problem]:
    """Refuse YAML that does not read as it looks: aliases, several documents, deep nesting."""
    depth = documents = 0
    for event in yaml.parse(text, _Loader):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent):
            yield Problem(sheet.file, line, "", "an alias", "the value itself")
        elif isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents > 1:
                yield Problem(sheet.file, line, "", "a second document", "one document")
        elif isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > DEPTH_MAX:
                yield Problem(sheet.file, line, "", "nested too deeply", f"{DEPTH_MAX} levels")
                return
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _value_of(node: yaml.Node, path: FieldPath, sheet: Sheet) -> object:
    sheet.lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        return _mapping_of(node, path, sheet)
    if isinstance(node, yaml.SequenceNode):
        return [_value_of(item, (*path, str(n)), sheet) for n, item in enumerate(node.value)]
    try:
        value: object = SafeConstructor().construct_object(node)
    except (ValueError, yaml.YAMLError):
        sheet.problems.append(sheet.problem(path, f"no {node.tag.removeprefix(_TAG)}", "a value of YAML"))
        return None
    return value


def _mapping_of(node: yaml.MappingNode, path: FieldPath, sheet: Sheet) -> dict[str, object]:
    """A mapping with its keys as written: 50 is "50", and no is "no"."""
    values: dict[str, object] = {}
    for key, item in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            sheet.problems.append(
                Problem(sheet.file, line, ".".join(path), "a key that is no text", "a text")
            )
            continue
        field_path = (*path, key.value)
        if key.value in values:
            first = sheet.lines[field_path]
            wrong = f"here twice, first in line {first}"
            sheet.problems.append(Problem(sheet.file, line, ".".join(field_path), wrong, "each field once"))
            continue
        sheet.lines[field_path] = line
        values[key.value] = _value_of(item, field_path, sheet)
    return values


def _problem_of(sheet: Sheet, error: ErrorDetails, schema: Mapping[str, object]) -> Problem:
    """pydantic's error in our words. `[key]` at the end of its path means the key itself."""
    path, is_key = tuple(str(part) for part in error["loc"] if part != "[key]"), "[key]" in error["loc"]
    wrong, value = _WRONG.get(error["type"], error["msg"]), error["input"]
    if error["type"] not in _WITHOUT_VALUE and isinstance(value, str | int | float):
        wrong = f"{json.dumps(value, ensure_ascii=False)[:_SHOWN_MAX]} {wrong}"
    context = error.get("ctx", {})
    allowed = str(context["allowed"]) if "allowed" in context else _allowed(schema, path, is_key=is_key)
    return sheet.problem(path, wrong, allowed)


def _is_inside(inner: Sequence[int | str], outer: Sequence[int | str]) -> bool:
    return len(inner) > len(outer) and tuple(inner[: len(outer)]) == tuple(outer)


def _allowed(schema: Mapping[str, object], path: FieldPath, *, is_key: bool) -> str:
    """What the table's JSON Schema allows at `path`; for an unknown field, the fields it knows."""
    node: Mapping[str, object] = schema
    for part in path[:-1] if is_key else path:
        deeper = _deeper(node, part)
        if deeper is None:
            break
        node = _resolved(schema, deeper)
    names = node.get("propertyNames") if is_key else None
    return _words(_resolved(schema, names) if isinstance(names, dict) else node)


def _deeper(schema: Mapping[str, object], part: str) -> Mapping[str, object] | None:
    properties = schema.get("properties")
    if isinstance(properties, dict):
        inner_schema = properties.get(part)
        return inner_schema if isinstance(inner_schema, dict) else None
    patterns = schema.get("patternProperties")
    inner = next(iter(patterns.values())) if isinstance(patterns, dict) else None
    inner_schema = schema.get("items") or inner or schema.get("additionalProperties")
    return inner_schema if isinstance(inner_schema, dict) else None


def _resolved(schema: Mapping[str, object], node: Mapping[str, object]) -> Mapping[str, object]:
    """The definition that `node` points to; of alternatives, the first that is not null."""
    options = node.get("anyOf")
    if isinstance(options, list):
        node = {**options[0], **{key: value for key, value in node.items() if key == "description"}}
    reference, definitions = node.get("$ref"), schema.get("$defs")
    if isinstance(reference, str) and isinstance(definitions, dict):
        definition = definitions[reference.rpartition("/")[2]]
        return definition if isinstance(definition, dict) else node
    return node


def _words(schema: Mapping[str, object]) -> str:
    properties, options, kind = schema.get("properties"), schema.get("enum"), schema.get("type")
    if isinstance(properties, dict):
        return "the fields " + ", ".join(properties)
    if isinstance(options, list):
        return ", ".join(map(str, options))
    if "description" in schema:
        return str(schema["description"])
    if kind in ("integer", "number"):
        low, high = schema.get("minimum"), schema.get("maximum")
        span = (
            f" from {low} to {high}" if high is not None else f" of at least {low}" if low is not None else ""
        )
        return f"{'a whole number' if kind == 'integer' else 'a number'}{span}"
    if schema.get("format") == "date":
        return "a date as 2026-01-31"
    return _KINDS.get(str(kind), "see the head of the file")


def _first_line(why: Exception) -> str:
    reason = why.strerror if isinstance(why, OSError) and why.strerror else str(why)
    return (reason.splitlines() or ["cannot be read"])[0]


_SHOWN_MAX: Final = 80
_WITHOUT_VALUE: Final = frozenset({"missing", "extra_forbidden"})
_WRONG: Final = {
    "missing": "is missing",
    "extra_forbidden": "unknown field",
    "enum": "is not one of these",
    "literal_error": "is not one of these",
    "string_pattern_mismatch": "is not of this form",
    "string_type": "is no text",
    "string_too_short": "is too short",
    "string_too_long": "is too long",
    "int_type": "is no whole number",
    "float_type": "is no number",
    "finite_number": "is no number",
    "bool_type": "is neither true nor false",
    "date_parsing": "is no date",
    "date_from_datetime_parsing": "is no date",
    "date_type": "is no date",
    "tuple_type": "is no list",
    "frozen_set_type": "is no list",
    "model_type": "is no mapping",
    "model_attributes_type": "is no mapping",
    "dict_type": "is no mapping",
    "too_short": "has too few items",
    "too_long": "has too many items",
    "greater_than_equal": "is too small",
    "less_than_equal": "is too large",
}
_KINDS: Final = {
    "string": "text, in quotes where it looks like a number or a date",
    "boolean": "true or false",
    "array": "a list",
    "object": "a mapping",
}
