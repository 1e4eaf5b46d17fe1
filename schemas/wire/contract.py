"""How a contract is declared: a frozen `msgspec.Struct`, whose annotations pydantic reads too.

    class Point(Contract, frozen=True, kw_only=True):
        lon: Longitude
        lat: Latitude

One declaration has two readers. What others push comes through the door: pydantic validates it, names what is wrong, and makes
the same values. What this project wrote is read by msgspec, many times cheaper (`schemas.wire.codec`).

A worker keeps each open case in memory, so a contract is a Struct: it takes a sixth of the space of a pydantic model, and with
`gc=False` the garbage collector has nothing to walk through. That is safe because a contract holds values alone and is never
part of a cycle (`python -m benchmarks.contracts`). `msgspec.structs.replace` makes a changed copy.
"""

import inspect
from collections.abc import Callable
from typing import Final

from msgspec import NODEFAULT, Struct, structs
from pydantic import ConfigDict, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

STRICT: Final = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False, hide_input_in_errors=True)
"""How pydantic validates a contract."""


class Contract(Struct, frozen=True, kw_only=True, gc=False):
    """A value that crosses a topic, or a part of one."""

    @classmethod
    def __get_pydantic_core_schema__(cls, source: type, handler: GetCoreSchemaHandler) -> CoreSchema:
        """The door: validates an object's fields one by one, then makes the value of them."""
        own = [_door_field(field, handler) for field in structs.fields(cls)]
        fields = core_schema.dataclass_args_schema(cls.__name__, [*_door_tag(cls), *own])
        name = f"{cls.__module__}.{cls.__qualname__}:{id(cls)}"
        return core_schema.no_info_after_validator_function(_maker(cls), fields, ref=name)

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """An object that says who it is, and is closed as a sender sees it."""
        made = handler.resolve_ref_schema(handler(schema))
        made.update(
            title=cls.__name__, description=inspect.cleandoc(cls.__doc__ or ""), additionalProperties=False
        )
        return made


def _door_field(field: structs.FieldInfo, handler: GetCoreSchemaHandler) -> core_schema.DataclassField:
    schema = handler.generate_schema(field.type)
    if field.default is not NODEFAULT:
        schema = core_schema.with_default_schema(schema, default=field.default)
    return core_schema.dataclass_field(field.name, schema)


def _door_tag(cls: type[Struct]) -> list[core_schema.DataclassField]:
    """The tag, where the contract has one: a field that holds one value. The value itself has no such field."""
    config = cls.__struct_config__
    if config.tag_field is None:
        return []
    schema = core_schema.with_default_schema(core_schema.literal_schema([config.tag]), default=config.tag)
    return [core_schema.dataclass_field(config.tag_field, schema, init_only=True)]


def _maker(cls: Callable[..., Contract]) -> Callable[[tuple[dict[str, object], object]], Contract]:
    def made(validated: tuple[dict[str, object], object]) -> Contract:
        return cls(**validated[0])

    return made
