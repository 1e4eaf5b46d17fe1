"""The contracts of the actions as fields that a command line can offer, read from their JSON Schema."""

from collections.abc import Mapping
from functools import cache
from typing import Final, NamedTuple

import msgspec

from schemas.wire import codecs

OF_EVERY_ACTION: Final = frozenset({"action_id", "case_id", "actor", "acted_at", "expected_version"})
_NULL: Final = "null"


class SchemaNode(msgspec.Struct, frozen=True):
    """A part of a JSON Schema: what is used of it here."""

    ref: str = msgspec.field(name="$ref", default="")
    definitions: "Mapping[str, SchemaNode]" = msgspec.field(name="$defs", default_factory=dict)
    any_of: "tuple[SchemaNode, ...]" = msgspec.field(name="anyOf", default=())
    one_of: "tuple[SchemaNode, ...]" = msgspec.field(name="oneOf", default=())
    properties: "Mapping[str, SchemaNode]" = {}
    required: tuple[str, ...] = ()
    items: "SchemaNode | None" = None
    type: str = ""
    enum: tuple[str, ...] = ()
    const: str | None = None
    max_length: int | None = msgspec.field(name="maxLength", default=None)
    max_items: int | None = msgspec.field(name="maxItems", default=None)


class ContractField(NamedTuple):
    """A field of an action. `definition` names the contract or the closed list that it, or each of its items, is of."""

    name: str
    type: str
    definition: str
    choices: tuple[str, ...]
    is_required: bool
    is_nullable: bool
    length_max: int | None
    items_max: int | None


def action_fields() -> Mapping[str, tuple[ContractField, ...]]:
    """The fields that each action has beside those of every action, in the contract's order, by the action's code."""
    return {code: fields_of_action(code) for code in codecs.ACTIONS}


@cache
def fields_of_action(code: str) -> tuple[ContractField, ...]:
    """As `action_fields`, of one action. Reading the contracts of all takes a tenth of a second.

    Raises:
        KeyError: there is no such action.
    """
    schema = msgspec.convert(codecs.action_door(code).adapter.json_schema(), SchemaNode)
    return _fields_of(schema, schema.definitions)


@cache
def fields_of(definition: str) -> tuple[ContractField, ...]:
    """The fields of a contract that actions have a field of, such as PenaltyFacts."""
    schema = msgspec.convert(codecs.ACTION.adapter.json_schema(), SchemaNode)
    return _fields_of(schema.definitions[definition], schema.definitions)


def _fields_of(contract: SchemaNode, definitions: Mapping[str, SchemaNode]) -> tuple[ContractField, ...]:
    return tuple(
        _field(name, node, name in contract.required, definitions)
        for name, node in contract.properties.items()
        if name not in OF_EVERY_ACTION and node.const is None
    )


def _field(
    name: str, node: SchemaNode, required: bool, definitions: Mapping[str, SchemaNode]
) -> ContractField:
    values = [option for option in node.any_of if option.type != _NULL] or [node]
    value = values[0]
    item = value.items or value
    definition = _name_of(item)
    resolved = definitions[definition] if definition else item
    return ContractField(
        name=name,
        type=value.type or resolved.type,
        definition=definition,
        choices=resolved.enum,
        is_required=required,
        is_nullable=any(option.type == _NULL for option in node.any_of),
        length_max=value.max_length,
        items_max=value.max_items,
    )


def _name_of(node: SchemaNode) -> str:
    return node.ref.rpartition("/")[2]
