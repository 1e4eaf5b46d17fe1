"""What bounds a field, said once for both who read it: pydantic at the door, msgspec where we wrote it ourselves.

Each function returns what stands in the field's `Annotated`: first pydantic's part, then msgspec's.
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
    """A length of `most` at most. `fail_fast`: of a list, only the first item that is wrong is told."""
    return Field(min_length=least, max_length=most, fail_fast=fail_fast), Meta(
        min_length=least, max_length=most
    )


def to_the_end(pattern: str) -> str:
    """`pattern` for Python's `re`, whose $ would let a newline follow."""
    return pattern.removesuffix("$") + r"\Z"
