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
    (自处置). `reader` is the module of `pipeline.edge.sources` that reads its own format; a sample of that format is in
    examples/, named for the source's code.
    """

    source: Source
    name_zh: str
    name_en: str
    is_hotline: bool
    may_self_dispose: bool
    reader: str


_ROWS: Final = (
    SourceRow(Source.HOTLINE_12345, "12345热线", "hotline 12345", True, False, "hotline_12345"),
    SourceRow(Source.HOTLINE_12319, "12319热线", "hotline 12319", True, False, "hotline_12319"),
    SourceRow(Source.PATROL, "网格巡查", "grid patrol", False, True, "patrol"),
    SourceRow(Source.MONITOR, "电子监控", "monitoring", False, False, "monitor"),
)
SOURCE_TABLE: Final[Mapping[Source, SourceRow]] = {row.source: row for row in _ROWS}
