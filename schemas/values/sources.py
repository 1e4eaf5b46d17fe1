"""The table of sources: one row says of a source what every part of the pipeline needs to know of it.

It stands beside the enum, since contracts, core, words and edge all read it, and only `schemas` lies below them all.
Whether reports of a source are checked before filing is policy, which the rules say: `check_sources` in rules/policy.yaml.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

from schemas.values.terms import Source


class SourceRow(NamedTuple):
    """What is true of a source.

    `is_hotline`: its callers may be called back (回访). `may_self_dispose`: it may report what it has dealt with on the spot
    (自处置). How its own formats are read is data: rules/sources.
    """

    source: Source
    name_zh: str
    name_en: str
    is_hotline: bool
    may_self_dispose: bool


_ROWS: Final = (
    SourceRow(Source.HOTLINE_12345, "12345热线", "hotline 12345", True, False),
    SourceRow(Source.HOTLINE_12319, "12319热线", "hotline 12319", True, False),
    SourceRow(Source.PATROL, "网格巡查", "grid patrol", False, True),
    SourceRow(Source.MONITOR, "电子监控", "monitoring", False, False),
)
SOURCE_TABLE: Final[Mapping[Source, SourceRow]] = {row.source: row for row in _ROWS}
