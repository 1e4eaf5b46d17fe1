"""Times in a text that people read: all in the street's zone, each with its offset."""

import re

TIME = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?P<offset>Z|[+-]\d\d:?\d\d)?")


def times_elsewhere(text: str) -> list[str]:
    """The times that lack the offset of Asia/Shanghai."""
    return [found[0] for found in TIME.finditer(text) if found["offset"] != "+08:00"]
