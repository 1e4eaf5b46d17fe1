"""The header by which a record says which dead letter it is pushed again for. Any sender may write it: it decides nothing, and is traced.

retry_of: 3:1:55:deadletter:0       the id of the first dead letter of that content
"""

import re
from collections.abc import Sequence
from typing import Final

RETRY_OF: Final = "retry_of"
"""The header's name, on an input record and on the dead letter that it becomes once more."""
_LETTER: Final = re.compile(rb"[0-9]{1,5}:[0-9]{1,9}:[0-9]{1,15}:deadletter:0")


def read_retry(headers: Sequence[tuple[str, bytes | None]] | None) -> str | None:
    """The dead letter that the first such header names; None where none does, or not in this form."""
    if not headers:
        return None
    content = next((content for name, content in headers if name == RETRY_OF), None)
    return content.decode() if content is not None and _LETTER.fullmatch(content) else None
