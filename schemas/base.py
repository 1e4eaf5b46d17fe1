"""How a contract is declared: a frozen, slotted dataclass that pydantic validates, dumps and describes.

A dataclass rather than a `BaseModel` because a worker keeps each open case in memory, and the same fields take
about an eighth of the space (`python benchmarks/contracts.py`). Every field is given by name. Unknown fields are
refused where we are told something (reports, actions) and where we write; a reader of our own topics passes them
over, so that a newer worker may add fields (`schemas.codec`).
"""

from dataclasses import dataclass
from typing import TypeVar, dataclass_transform

from pydantic import ConfigDict, with_config

T = TypeVar("T")

_CONFIG = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False, hide_input_in_errors=True)


@dataclass_transform(frozen_default=True, kw_only_default=True)
def contract(cls: type[T]) -> type[T]:
    """Make `cls` a contract."""
    return dataclass(frozen=True, slots=True, kw_only=True)(with_config(_CONFIG)(cls))
