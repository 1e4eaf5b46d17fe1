"""How a contract is declared: a frozen, slotted dataclass that pydantic validates, dumps and describes.

A dataclass rather than a `BaseModel` because a worker keeps each open case in memory, and the same fields take
about a sixth of the space (`python benchmarks/contracts.py`). Every field is given by name. Unknown fields are
refused where we are told something (reports, actions) and where we write; a reader of our own topics passes them
over, so that a newer worker may add fields (`schemas.wire.codec`).

Making a frozen dataclass costs a guarded call per field, and a step of the pipeline makes some thirty values. So a
contract is filled while it wears the class of an open twin of the same layout, and frozen by putting its own class
on: the same guarantee at less than half the price, and a changed copy (`replace`) at an eighth; several changes in a
row are made on one copy (`draft`).
"""

from collections.abc import Callable
from dataclasses import MISSING, Field, dataclass
from types import FunctionType
from typing import TypeVar, cast, dataclass_transform

from pydantic import ConfigDict, with_config

T = TypeVar("T")

_CONFIG = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False, hide_input_in_errors=True)
_COPIERS: dict[type, Callable[[object], object]] = {}
_FROZEN: dict[type, type] = {}


@dataclass_transform(frozen_default=True, kw_only_default=True)
def contract(cls: type[T]) -> type[T]:
    """Make `cls` a contract."""
    made = dataclass(frozen=True, slots=True, kw_only=True)(with_config(_CONFIG)(cls))
    _quicken(made)
    return made


def replace(value: T, **changes: object) -> T:
    """A copy of a contract's value with other values in some fields; mypy does not check the names, the slots do."""
    copy = _COPIERS[type(value)](value)
    for name, content in changes.items():
        setattr(copy, name, content)
    copy.__class__ = type(value)
    return cast(T, copy)


def draft(value: T) -> T:
    """A copy that `replace` changes in place, for whoever makes many changes in a row; `finished` makes it fast again."""
    return cast(T, _COPIERS[type(value)](value))


def finished(value: T) -> T:
    """The draft is a value like any other from here on."""
    object.__setattr__(value, "__class__", _FROZEN[type(value)])
    return value


def _quicken(cls: type) -> None:
    """Give `cls` its quick `__init__` and its copier. Both are written out field by field, as dataclasses does."""
    known = cast("dict[str, Field[object]]", cls.__dict__["__dataclass_fields__"])
    names = list(known)
    own = cls.__dict__["__slots__"]
    twin = type(f"Open{cls.__name__}", cls.__bases__, {"__slots__": own, "__setattr__": object.__setattr__})
    source = [f"def init(self, *, {', '.join(names)}):", "    put(self, '__class__', twin)"]
    source += [f"    self.{name} = {name}" for name in names]
    source += ["    self.__class__ = cls", "def copier(value):", "    copy = new(twin)"]
    source += [f"    copy.{name} = value.{name}" for name in names]
    source += ["    return copy"]
    scope: dict[str, FunctionType] = {}
    written = "\n".join(source)
    names_used = {"cls": cls, "twin": twin, "put": object.__setattr__, "new": object.__new__}
    exec(written, names_used, scope)  # noqa: S102  only names of our own fields are in it
    init = scope["init"]
    init.__kwdefaults__ = {name: known[name].default for name in names if known[name].default is not MISSING}
    init.__annotations__ = dict(vars(cls)["__init__"].__annotations__)
    type.__setattr__(cls, "__init__", init)
    _COPIERS[cls] = scope["copier"]
    _COPIERS[twin] = _itself
    _FROZEN[twin] = cls


def _itself(value: object) -> object:
    return value
