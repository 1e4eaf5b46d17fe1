"""How the columns of a table are shown: words for codes, and the least width at which nothing is cut."""

from collections.abc import Sequence
from typing import Final

from grafana_foundation_sdk.models import dashboard

from deploy.grafana.kit.number_looks import Look, by_name, renamed
from deploy.grafana.kit.queries import NOT_COUNTED
from deploy.grafana.kit.table_sizes import KEY_MAX, LINK, column_width
from deploy.value_words import NAMES, PATTERNS, Words

_BLANK: Final = "–"
"""Shown in a table's cell without a number."""
_WRAPPED: Final = {"matter": 170}
"""Pixels at which names of a label are wrapped, where that is less than of others."""
_SAMPLES: Final = {"case": "140109004-0123456789ABC00", "version": "2026.11-0123456789ab"}
"""A value as long as it gets of labels that have no words."""
_SHORT_NOTICE: Final = f"{NOT_COUNTED} 00000"
"""As wide as the same is as the name of a row or a bar, such as "未计全 2 of 4"."""


def key_settings(
    label: str, head: Words, links: Sequence[dashboard.DashboardLink], *, counted: bool
) -> dashboard.DashboardFieldConfigSourceOverrides:
    """Of a column that names the rows: words for its codes, and room for the longest; with `counted` also for the notice that not all is."""
    words, patterns = NAMES.get(label, {}), PATTERNS.get(label, {})
    longest = column_width(
        head.zh,
        "string",
        [
            _SHORT_NOTICE if counted else "",
            _SAMPLES.get(label, ""),
            *(word.zh for word in (*words.values(), *patterns.values())),
        ],
        most=_WRAPPED.get(label, KEY_MAX),
    )
    return renamed(head.zh, words, longest + LINK * bool(links), links, patterns)


def column_settings(name: Words, look: Look, by: str) -> dashboard.DashboardFieldConfigSourceOverrides:
    """Of a column of numbers; `by` is the one that the rows are sorted by."""
    words = [f"{words.zh} {words.en}" for _, words, _ in look.value_words]
    width = column_width(name.zh, look.unit, words, is_sorted=name.zh == by)
    return by_name(name.zh, look._replace(nothing=_BLANK), width)
