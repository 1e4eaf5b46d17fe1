"""Looks up the fields of one order by the names of its mapping, and collects what is wrong with them and what had to be understood."""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from pipeline.edge.sources.mapping import Condition, FieldRule, SourceMapping, plain_name
from pipeline.edge.sources.values import (
    Understood,
    is_nothing,
    is_placeholder,
    number_text,
    plain,
    word_in,
    yes_or_no,
)
from schemas import limits
from schemas.errors import BadMessage
from schemas.values.terms import Urgency

_NO_RULE = FieldRule.model_validate({"default": ""})
_ALLOWED = {"urgency": frozenset(urgency.value for urgency in Urgency)}


class RowNote(NamedTuple):
    """What had to be understood of a row: a code of `schemas.codes.NOTES`, the sender's field, and a few words more."""

    code: str
    field: str = ""
    what: str = ""


class FoundField(NamedTuple):
    """A field that holds something, and its name as the mapping writes it."""

    name: str
    value: object


class FieldReader:
    """One order. `faults` and `notes` grow while it is read."""

    def __init__(self, mapping: SourceMapping, record: Mapping[object, object]) -> None:
        """Reads nothing yet."""
        self.mapping = mapping
        self.faults: list[BadMessage] = []
        self.notes: list[RowNote] = []
        self._fields = _plainly(record)
        self._names: dict[str, str] = {}

    def note(self, code: str, field: str, what: str = "") -> None:
        """Something had to be understood."""
        if len(self.notes) < limits.LEFT_OUT_MAX and RowNote(code, field, what) not in self.notes:
            self.notes.append(RowNote(code, field, what))

    def unread(self, besides: str = "") -> str:
        """The sender's fields that hold something and that the mapping does not know, in words; `besides` is none of the sender's."""
        known = self.mapping.names
        names = (
            name for name, value in self._fields.items()
            if name not in known and name not in ("", besides) and not is_nothing(value) and not is_placeholder(value)
        )  # fmt: skip
        return ", ".join(names)[: limits.ALLOWED_MAX]

    def fault(self, code: str, field: str, allowed: str) -> None:
        """Something is wrong."""
        if len(self.faults) < limits.FAULTS_TOLD_MAX:
            self.faults.append(BadMessage(code, field, allowed))

    def rule(self, ours: str) -> FieldRule:
        """Where our field comes from."""
        return self.mapping.table.fields.get(ours, _NO_RULE)  # type: ignore[call-overload,no-any-return]  # any name may be asked for

    def first(self, names: Iterable[str]) -> FoundField | None:
        """The first of the sender's fields that holds something; a placeholder only where no other holds more."""
        placeholder = None
        for name in names:
            try:
                value = self._at(name)
            except BadMessage as why:
                self.fault(why.code, why.field, why.allowed)
                continue
            if is_nothing(value):
                continue
            if not is_placeholder(value, self.mapping.placeholders):
                return FoundField(name, value)
            own = not is_placeholder(value)  # the pipeline does not know this word for nothing
            placeholder = placeholder or FoundField(name, "-" if own else value)
        return placeholder

    def value(self, ours: str) -> object:
        """What our field is made of, as it was written; None where there is nothing."""
        rule = self.rule(ours)
        if rule.join:
            found = [part for name in rule.join if (part := self.first([name])) and self._is_one(part)]
            parts: list[str] = []
            for part in found:
                text = str(number_text(part.value)) if not isinstance(part.value, str) else part.value.strip()
                if is_placeholder(text):
                    continue
                if ours == "source_no":  # a serial number stands by chance in a time
                    parts.append(text)
                elif not any(text in other for other in parts):
                    parts = [other for other in parts if other not in text] + [text]
            if parts:
                self._names[ours] = found[-1].name
                return rule.between.join((*(part.rstrip(rule.between) for part in parts[:-1]), parts[-1]))
            if found and not isinstance(found[0].value, str):
                return found[0].value
        if (one := self.first(rule.from_)) is not None:
            self._names[ours] = one.name
            return _first(one.value, rule.first)
        return rule.default if rule.default != "" else None

    def _is_one(self, part: FoundField) -> bool:
        """Whether it is a text or a number; a list or an object in its place is a fault."""
        if isinstance(part.value, list | Mapping):
            self.fault("wrong_type", part.name, "a text")
            return False
        return True

    def converted(self, ours: str, convert: Callable[[object], Understood]) -> object:
        """What `convert` makes of our field; what it cannot read is a fault, or a note where the pipeline can do without."""
        found = self.value(ours)
        if found is None or (is_placeholder(found) and isinstance(found, str)):
            return found
        try:
            read = convert(found)
        except BadMessage as why:
            if why.code == "number_rounded":
                self.note(why.code, self.name_of(ours), why.allowed)
                return None
            self.fault(why.code, self.name_of(ours), why.allowed)
            return None
        if read.note:
            self.note(read.note, self.name_of(ours))
        return read.value

    def word(self, ours: str) -> object:
        """The code that a word stands for; one that nobody knows is noted, and left out."""
        if (known := self.in_table(ours)) is not None:
            return known
        value = self.value(ours)
        if value is None or is_placeholder(value) or str(value) in _ALLOWED.get(ours, ()):
            return value
        self.note("unknown_word", self.name_of(ours), ", ".join(self.rule(ours).table)[: limits.ALLOWED_MAX])
        return None

    def in_table(self, ours: str) -> str | None:
        """What the mapping's table makes of the sender's word."""
        rule, value = self.rule(ours), self.value(ours)
        if not rule.table or not isinstance(value, str | int | float):
            return None
        return word_in(value, rule.words, rule.split)

    def yes_or_no(self, ours: str, *, unknown: bool | None = None) -> object:
        """Yes or no by the sender's words; a word that nobody knows is noted, and counts as `unknown`."""
        rule, value = self.rule(ours), self.value(ours)
        if value is None:
            return None
        said = yes_or_no(value, frozenset(map(str.casefold, rule.yes)), frozenset(map(str.casefold, rule.no)))
        if said is None and not is_placeholder(value):
            self.note("unknown_word", self.name_of(ours), "是, 否, 1, 0, true, false")
            return unknown
        return value if said is None else said

    def holds(self, condition: Condition) -> str:
        """The field by which the condition holds; empty where it does not."""
        for name, words in condition.items():
            found = self.first([name])
            if found is None:
                continue
            if isinstance(found.value, bool):
                is_met = any(yes_or_no(word) is found.value for word in words)
            else:
                is_met = _word(found.value) in {_word(word) for word in words}
            if is_met:
                return name
        return ""

    def has_fault(self, ours: str) -> bool:
        """Whether what our field comes from was found wrong."""
        return any(fault.field == self.name_of(ours) for fault in self.faults)

    def comes_from(self, ours: str, name: str) -> None:
        """Our field is made of this one of the sender's."""
        self._names[ours] = name

    def name_of(self, ours: str) -> str:
        """The sender's field that our field was, or would be, made of; empty where the mapping has none."""
        names = self.rule(ours).names
        return self._names.get(ours) or (names[0] if names else "")

    def sender_name(self, field: str) -> str:
        """The sender's name of a field of the contract; ours where nothing of the sender's stands behind it."""
        point, evidence = self.mapping.table.point, self.mapping.table.evidence
        if evidence and (field == "evidence" or field.startswith("evidence.")):
            return f"{evidence.list_}{field.removeprefix('evidence')}"
        if point and field.startswith("place.point"):
            part = field.removeprefix("place.point").lstrip(".")
            of_part = {"lon": point.lon, "lat": point.lat, "crs": point.crs, "accuracy_m": point.accuracy_m}
            names = of_part.get(part) or point.at or point.lon
            return names[0] if part else names[0].rpartition(".")[0] or names[0]
        return self.name_of(field) or field

    def _at(self, name: str) -> object:
        """What stands under a name; None where nothing does.

        Raises:
            BadMessage: on the way there is something else than an object.
        """
        plain_one = plain_name(name)
        if plain_one in self._fields:
            return self._fields[plain_one]
        outer, _, inner = name.partition(".")
        value, way = self._fields.get(plain_name(outer)), outer
        while inner:
            if is_nothing(value) or is_placeholder(value, self.mapping.placeholders):
                return value
            if not isinstance(value, Mapping):
                raise BadMessage("wrong_type", way, "an object")
            step, _, inner = inner.partition(".")
            value, way = _plainly(value).get(plain_name(step)), f"{way}.{step}"
        return value


def _plainly(record: Mapping[object, object]) -> dict[str, object]:
    """By plain names; of two that are one the first that holds something."""
    fields: dict[str, object] = {}
    for name, value in record.items():
        key = plain_name(name) if isinstance(name, str) else ""
        if key not in fields or is_nothing(fields[key]):
            fields[key] = value
    return fields


def _first(value: object, length: int | None) -> object:
    text = number_text(value)
    return text[:length] if length is not None and isinstance(text, str) else value


def _word(value: object) -> str:
    return plain_name(str(plain(number_text(value))))
