"""Puts reports that are of one thing together: the surest pairs first, and nothing to a group that contradicts one of it."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from pipeline.core.duplicates.candidate_index import CandidateIndex
from pipeline.core.duplicates.duplicate_rules import DuplicateRules
from pipeline.core.duplicates.likeness import Comparison, Likeness, compare
from pipeline.core.duplicates.report_said import Comparable


class Pair(NamedTuple):
    """Two reports by their keys, the earlier first, and what they are to each other."""

    one: str
    other: str
    comparison: Comparison


class Grouping(NamedTuple):
    """Groups of two reports and more, each in the order given; the pairs that made them; and pairs that a person should look at."""

    groups: Sequence[Sequence[str]]
    sure: Sequence[Pair]
    likely: Sequence[Pair]


def grouped(rules: DuplicateRules, reports: Sequence[Comparable]) -> Grouping:
    """What belongs together of `reports`, whose keys differ."""
    order = {report.key: rank for rank, report in enumerate(reports)}
    pairs = sorted(_pairs(rules, reports, order), key=lambda pair: -pair.comparison.points)
    by_key = {report.key: report for report in reports}
    group_of = {report.key: [report.key] for report in reports}
    sure = []
    for pair in pairs:
        mine, theirs = group_of[pair.one], group_of[pair.other]
        if pair.comparison.likeness is not Likeness.SURE:
            continue
        if mine is not theirs:
            if any(
                compare(rules, by_key[own], by_key[other]).contradicts for own in mine for other in theirs
            ):
                continue
            mine += theirs
            group_of.update(dict.fromkeys(theirs, mine))
        sure.append(pair)
    groups = {
        id(group): sorted(group, key=order.__getitem__) for group in group_of.values() if len(group) > 1
    }
    return Grouping(
        sorted(groups.values(), key=lambda group: order[group[0]]),
        sure,
        [pair for pair in pairs if group_of[pair.one] is not group_of[pair.other]],
    )


def _pairs(rules: DuplicateRules, reports: Sequence[Comparable], order: dict[str, int]) -> list[Pair]:
    """Each pair that is sure or likely, once."""
    index = CandidateIndex(by_matter=False, newest_max=NEWEST_OF_A_FILE_MAX)
    pairs = []
    for report in reports:
        for other in index.candidates(report):
            comparison = compare(rules, other, report)
            if comparison.likeness is not Likeness.NO:
                pairs.append(Pair(other.key, report.key, comparison))
        index.add(report)
    return sorted(pairs, key=lambda pair: (order[pair.one], order[pair.other]))


NEWEST_OF_A_FILE_MAX: Final = 300
