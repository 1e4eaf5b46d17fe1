"""The limits of a field, stated once for its two readers: pydantic at the door, msgspec where we wrote the bytes ourselves.

    Version = Annotated[int, *between(1, 1_000_000)]

Each function returns what stands in the field's `Annotated`: pydantic's part first, then msgspec's.
"""

from msgspec import Meta
from pydantic import Field, StringConstraints
from pydantic.fields import FieldInfo


def matching(pattern: str) -> tuple[StringConstraints, Meta]:
    """A string that is `pattern` from its first to its last character; the pattern begins with ^ and ends with $."""
    return StringConstraints(pattern=pattern), Meta(pattern=to_the_end(pattern))


def between(least: float, most: float | None = None) -> tuple[FieldInfo, Meta]:
    """A number from `least` to `most`, both included; without a bound above where `most` is None."""
    return Field(ge=least, le=most), Meta(ge=least, le=most)


def at_most(most: int, *, least: int | None = None, fail_fast: bool | None = None) -> tuple[FieldInfo, Meta]:
    """A length of `most` at most. `fail_fast`: validation of a list stops at the first wrong item."""
    return Field(min_length=least, max_length=most, fail_fast=fail_fast), Meta(
        min_length=least, max_length=most
    )


def to_the_end(pattern: str) -> str:
    """`pattern` for Python's `re`, whose $ would let a newline stand behind it."""
    return pattern.removesuffix("$") + r"\Z"
