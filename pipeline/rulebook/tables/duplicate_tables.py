"""The shape of `rules/duplicates.yaml`, its checks, and the core's values of it."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated, Final

from pydantic import Field

from pipeline.core.duplicates.duplicate_rules import (
    DuplicateRules,
    FitRules,
    MatterPoints,
    PlacePoints,
    Reach,
)
from pipeline.core.duplicates.place_words import PlaceWords, either
from pipeline.rulebook.sheet import Filled, Problem
from pipeline.rulebook.tables.matter_tables import MattersTable
from pipeline.rulebook.tables.rule_tables import PolicyTable, StreetsTable, Table
from schemas.values.text import MatterCode

POINTS_MAX: Final = 200

Points = Annotated[int, Field(ge=0, le=POINTS_MAX)]
Against = Annotated[int, Field(ge=-POINTS_MAX, le=0)]
Word = Annotated[str, Field(min_length=1, max_length=10)]
Words = Annotated[frozenset[Word], Field(max_length=1000)]
Letters = Annotated[frozenset[Annotated[str, Field(min_length=1, max_length=1)]], Field(max_length=100)]


class PlacePointsTable(Table):
    """What each likeness of place counts, and what speaks against it."""

    plate: Points
    device: Points
    address: Points
    within_20_m: Points
    within_near: Points
    within_100_m: Points
    near_address: Points = 0
    house: Points
    junction: Points
    name: Points
    second_name: Points
    other_second_name: Against
    other_name: Against
    other_trade: Against
    road: Points
    lane: Points
    rare_name: Points
    kind_of_road: Points
    part: Points
    side: Points
    grid: Points
    caller: Points
    urging: Points


class MatterPointsTable(Table):
    """What each likeness of matter counts, and what speaks against it."""

    same: Points
    among: Points
    related: Points
    other: Against
    rare_each: Points
    content_each: Points
    content_max: Points
    same_object: Points
    other_object: Against
    urging: Points


class ReachTable(Table):
    """What a pair needs of place, of matter, and of both. Words of the matter alone are never enough: place is above 0."""

    place: Annotated[int, Field(ge=1, le=10 * POINTS_MAX)]
    matter: Annotated[int, Field(ge=0, le=10 * POINTS_MAX)]
    together: Annotated[int, Field(ge=0, le=20 * POINTS_MAX)]


class FitsTable(Table):
    """Which matters fit a text nearly as well as the best."""

    decided_percent: Annotated[int, Field(ge=1, le=100)]
    decided_most: Annotated[int, Field(ge=1, le=10)]
    asked_percent: Annotated[int, Field(ge=1, le=100)]
    asked_most: Annotated[int, Field(ge=1, le=10)]


class WordsTable(Table):
    """Words around the names of places, and those that say nothing of the matter."""

    kinds: Words
    ends: Letters
    beside: Words
    breaks: Words
    nameless: Words
    one_name: dict[Word, Word]
    many: Words
    courtesies: Words
    urging: Words
    said_of_all: Words


Reaches = Annotated[tuple[ReachTable, ...], Field(min_length=1, max_length=10)]
Groups = Annotated[
    tuple[Annotated[frozenset[MatterCode], Field(min_length=2, max_length=20)], ...], Field(max_length=200)
]


class DuplicatesTable(Table):
    """duplicates.yaml"""

    lasting_window_minutes: Annotated[int, Field(ge=1, le=60 * 24 * 31)]
    alarm_window_minutes: Annotated[int, Field(ge=1, le=60 * 24 * 31)]
    lasting: frozenset[MatterCode]
    of_one_flat: frozenset[MatterCode] = frozenset()
    place: PlacePointsTable
    matter: MatterPointsTable
    fits: FitsTable
    sure: Reaches
    likely: Reaches
    related: Groups
    words: WordsTable
    objects: Annotated[tuple[Annotated[Words, Field(min_length=1)], ...], Field(max_length=500)]
    common_pieces: Annotated[str, Field(max_length=100_000)]


def check_duplicates(page: Filled[DuplicatesTable], matters: Filled[MattersTable]) -> Iterator[Problem]:
    """Matters that there are not."""
    codes = {entry.code for entry in matters.table.matters}
    for name, some in (("lasting", page.table.lasting), ("of_one_flat", page.table.of_one_flat)):
        for code in sorted(some - codes):
            yield page.problem((name,), f"no such matter: {code}", "a code of matters.yaml")
    for number, group in enumerate(page.table.related):
        for code in sorted(group - codes):
            yield page.problem(("related", number), f"no such matter: {code}", "a code of matters.yaml")


def duplicate_rules_of(table: DuplicatesTable, policy: PolicyTable, streets: StreetsTable) -> DuplicateRules:
    """The core's values. The window and the distances are those of policy.yaml, the areas' names those of streets.yaml."""
    words = table.words
    return DuplicateRules(
        window=timedelta(minutes=policy.duplicate_window_minutes),
        lasting_window=timedelta(minutes=table.lasting_window_minutes),
        alarm_window=timedelta(minutes=table.alarm_window_minutes),
        lasting=table.lasting,
        of_one_flat=table.of_one_flat,
        near_m=policy.duplicate_distance_m,
        apart_m=policy.same_address_distance_m,
        place=PlacePoints(**table.place.model_dump()),
        matter=MatterPoints(**table.matter.model_dump()),
        fits=FitRules(**table.fits.model_dump()),
        sure=[Reach(**reach.model_dump()) for reach in table.sure],
        likely=[Reach(**reach.model_dump()) for reach in table.likely],
        related=table.related,
        words=PlaceWords(
            words.kinds,
            words.ends,
            words.beside,
            words.breaks,
            words.nameless,
            words.one_name,
            words.many,
            frozenset({streets.district.name_zh, *(street.name_zh for street in streets.streets)}),
        ),
        courtesies=re.compile(either(words.courtesies)),
        urging=re.compile(either(words.urging)),
        said_of_all=words.said_of_all,
        common_pieces=frozenset(table.common_pieces.split()),
        objects=table.objects,
    )
