"""A mapping (映射): how a sender's own format becomes a report, as data. `rules/sources/<name>.yaml`, one file a format.

Names of the sender's fields are compared by `plain_name`; a dot leads into an object. Of several names the first that holds something
counts. What each field of a mapping means is told by the models here; how it is applied, by `reading`.
"""

import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Annotated, Final, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from pipeline.rulebook.book import RULES_DIR, SOURCES_FOLDER
from pipeline.rulebook.sheet import BadRules, Problem, fill, read_sheet
from pipeline.rulebook.tables.rule_tables import NamedTable, Table
from schemas.values.terms import Crs, Source

OurField = Literal[
    "source_no", "street", "matter", "category", "reported_at", "occurred_at", "place.address", "place.grid", "text", "urgency",
    "reporter", "caller.name", "caller.phone", "caller.secret", "call_back", "self_disposed",
    "order.due_at", "order.limit", "order.limit_unit", "order.kind", "order.repeat_of", "alarm.device", "alarm.algorithm", "alarm.confidence", "alarm.dwell_s",
]  # fmt: skip
FieldName = Annotated[
    str, Field(min_length=1, max_length=120, description="the name of a field of the sender's")
]
UNKNOWN: Final = "unknown"
CrsName = Literal["WGS84", "CGCS2000", "GCJ-02", "BD-09", "unknown"]
CRS_OF: Final[Mapping[str, Crs]] = {
    "WGS84": Crs.WGS84,
    "CGCS2000": Crs.CGCS2000,
    "GCJ-02": Crs.GCJ02,
    "BD-09": Crs.BD09,
}


@lru_cache(maxsize=4_096)
def plain_name(name: str) -> str:
    """The form in which two writings of a field's name are one: width, case and spaces do not count.

    >>> plain_name("来电人电话／账号 ") == plain_name("来电人电话/账号"), plain_name("REC_ID")
    (True, 'rec_id')
    """
    return "".join(unicodedata.normalize("NFKC", name).casefold().split()).strip("\ufeff")


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise PydanticCustomError(
            "zone", "is no time zone", {"allowed": "a name such as Asia/Shanghai"}
        ) from None
    return name


def _as_list(names: object) -> object:
    return [names] if isinstance(names, str) else names


Names = Annotated[list[FieldName], BeforeValidator(_as_list), Field(max_length=12)]
"""A name, or several: the first that holds something counts."""

Words = Annotated[list[str], BeforeValidator(_as_list), Field(max_length=64)]


class FieldRule(Table):
    """Where a field of the report comes from.

    `from`: of these the first that holds something. `join`: all of these, with `between`. `table`: the sender's word or code → ours;
    of a text with `split` (a->b->c) the whole counts, else its last part that the table knows. `yes`, `no`: more words for them.
    `first`: only so many characters. `default`: where there is nothing. Of a time that nobody gives: `stand_in`, the first of these that
    holds another; else `day_in`, the day that a number begins with (GD20261124001). Both are noted.
    """

    from_: Names = Field(default_factory=list, alias="from")
    join: Names = Field(default_factory=list)
    between: str = "。"
    table: dict[str, str] = Field(default_factory=dict)
    split: str | None = None
    yes: Words = Field(default_factory=list)
    no: Words = Field(default_factory=list)
    first: Annotated[int, Field(ge=1, le=64)] | None = None
    default: str | bool | None = None
    stand_in: Names = Field(default_factory=list)
    day_in: Names = Field(default_factory=list)

    @model_validator(mode="after")
    def comes_from_somewhere(self) -> "FieldRule":
        """A field or a default."""
        if not (self.names or self.default is not None):
            raise PydanticCustomError(
                "nowhere", "comes from nowhere", {"allowed": "a name, or one of from, join, default"}
            )
        return self

    @property
    def names(self) -> list[str]:
        """The sender's fields that it is made of."""
        return [*self.from_, *self.join, *self.stand_in]

    @cached_property
    def words(self) -> Mapping[str, str]:
        """The table, by plain words."""
        return {plain_name(word): ours for word, ours in self.table.items()}


def _as_rule(rule: object) -> object:
    if isinstance(rule, bool):  # YAML reads a field called no as false
        raise PydanticCustomError("no_name", "is read as yes or no", {"allowed": "the name in quotes"})
    return {"from": rule} if isinstance(rule, str | list) else rule


class PointRule(Table):
    """Where the point stands: `lon` and `lat`, or `at`, one text with both. Its coordinate system is said by the field `crs`, else `is`;
    that of metres (a Mercator's, for systems of maps in a browser) by `metres`.
    """

    lon: Names = Field(default_factory=list)
    lat: Names = Field(default_factory=list)
    at: Names = Field(default_factory=list)
    crs: Names = Field(default_factory=list)
    is_: CrsName = Field(default=UNKNOWN, alias="is")
    metres: CrsName = UNKNOWN
    accuracy_m: Names = Field(default_factory=list)

    @model_validator(mode="after")
    def has_two_coordinates(self) -> "PointRule":
        """Both or one text."""
        if not (self.at or (self.lon and self.lat)):
            raise PydanticCustomError("no_point", "has no coordinates", {"allowed": "lon and lat, or at"})
        return self

    @property
    def names(self) -> list[str]:
        """The sender's fields that it is made of."""
        return [*self.lon, *self.lat, *self.at, *self.crs, *self.accuracy_m]


class EvidenceRule(Table):
    """Attached pictures and recordings: a list, one object, or addresses in a text under `list`. The other names stand within an item;
    `device` is a field of the order.
    """

    list_: FieldName = Field(alias="list")
    sha256: Names = Field(default_factory=lambda: ["sha256"])
    uri: Names = Field(default_factory=lambda: ["uri", "url"])
    kind: Names = Field(default_factory=lambda: ["kind"])
    phase: Names = Field(default_factory=lambda: ["phase"])
    taken_at: Names = Field(default_factory=lambda: ["taken_at"])
    device: Names = Field(default_factory=list)


Condition = dict[FieldName, Words]
"""Holds where one of the fields has one of its words."""


class Marks(Table):
    """What marks an order as asked for again (催办), changed, or withdrawn (撤销), and its caller as one who leaves no name."""

    urged: Condition = Field(default_factory=dict)
    changed: Condition = Field(default_factory=dict)
    withdrawn: Condition = Field(default_factory=dict)
    anonymous: Condition = Field(default_factory=dict)


class MappingTable(NamedTable):
    """One file of rules/sources: whose reports, in which files, and what each of our fields is made of.

    `formats` are the files in which it usually comes, `zone` is that of times without one, `epoch` the unit of times in
    numbers. `placeholders` are words for nothing besides those that all know, `also` fields that nobody needs but by which the format is known.
    `sample` is an example to try.
    """

    source: Source
    formats: Annotated[list[Literal["json", "csv", "xlsx", "xml"]], Field(min_length=1, max_length=4)]
    sample: Annotated[str, Field(max_length=200)] | None = None
    zone: Annotated[str, AfterValidator(_known_zone)] | None = None
    epoch: Literal["s", "ms"] | None = None
    placeholders: Words = Field(default_factory=list)
    fields: dict[OurField, Annotated[FieldRule, BeforeValidator(_as_rule)]]
    point: PointRule | None = None
    evidence: EvidenceRule | None = None
    marks: Marks = Field(default_factory=Marks)
    also: Annotated[list[FieldName], Field(max_length=200)] = Field(default_factory=list)

    @model_validator(mode="after")
    def names_an_order_and_its_time(self) -> "MappingTable":
        """Without them nothing can be a report."""
        for name in ("source_no", "reported_at"):
            rule = self.fields.get(name)
            if rule is None or not rule.names:
                raise PydanticCustomError(
                    "needed",
                    "has no {name}",
                    {"name": name, "allowed": "fields.source_no and fields.reported_at"},
                )
        return self


@dataclass(frozen=True)
class SourceMapping:
    """A mapping with its name, that of its file."""

    name: str
    table: MappingTable

    @property
    def source(self) -> Source:
        """Who reports."""
        return self.table.source

    @cached_property
    def number_names(self) -> Sequence[str]:
        """The sender's fields of which one identifies an order."""
        return self.table.fields["source_no"].names

    @cached_property
    def names(self) -> Collection[str]:
        """All fields of the sender that it knows, outermost names only, in plain form."""
        table, found = self.table, [*self.table.also]
        for rule in table.fields.values():
            found += rule.names
        if table.point:
            found += table.point.names
        if table.evidence:
            found += [table.evidence.list_, *table.evidence.device]
        for condition in (
            table.marks.urged,
            table.marks.changed,
            table.marks.withdrawn,
            table.marks.anonymous,
        ):
            found += condition
        return frozenset(plain_name(name.partition(".")[0]) for name in found)

    @cached_property
    def placeholders(self) -> frozenset[str]:
        """Its own words for nothing, in plain form."""
        return frozenset(map(plain_name, self.table.placeholders))

    @cached_property
    def zone(self) -> ZoneInfo | None:
        """The zone of times without one."""
        return ZoneInfo(self.table.zone) if self.table.zone else None

    def has_number(self, names: Collection[str]) -> bool:
        """Whether among the plain `names` is one that identifies its orders."""
        return any(plain_name(number.partition(".")[0]) in names for number in self.number_names)


def load_mappings(folder: Path = RULES_DIR) -> tuple[SourceMapping, ...]:
    """The mappings of the rules in `folder`, by name.

    Raises:
        BadRules: a file is wrong; `problems` lists all that is.
    """
    mappings: list[SourceMapping] = []
    problems: list[Problem] = []
    for path in sorted((folder / SOURCES_FOLDER).glob("*.yaml")):
        mapping, wrong = read_mapping(path)
        mappings += [mapping] if mapping else []
        problems += wrong
    if problems:
        raise BadRules(problems)
    return tuple(mappings)


def read_mapping(path: Path) -> tuple[SourceMapping | None, Sequence[Problem]]:
    """The mapping in a file; where it is wrong, what is."""
    sheet = read_sheet(path)
    filled = fill(sheet, MappingTable)
    return (SourceMapping(path.stem, filled.table) if filled else None), sheet.problems


def recognised(names: Collection[str], mappings: Sequence[SourceMapping]) -> SourceMapping | None:
    """The mapping whose orders have such fields (in plain form): its number is among them, and most of them are its own."""
    fitting = [mapping for mapping in mappings if mapping.has_number(names)]
    known = {mapping.name: len(set(mapping.names) & set(names)) for mapping in fitting}
    best = max(fitting, key=lambda mapping: (known[mapping.name], -len(mapping.names)), default=None)
    return best if best and known[best.name] >= _FIELDS_MIN else None


def nearest(
    names: Collection[str], mappings: Sequence[SourceMapping]
) -> tuple[SourceMapping, Sequence[str]] | None:
    """The mapping that knows most of the plain `names`, and the fields that it lacks most: its number, its time; None if none knows any."""
    best = max(mappings, key=lambda mapping: len(set(mapping.names) & set(names)), default=None)
    if best is None or not set(best.names) & set(names):
        return None
    lacking = [
        " / ".join(rule.names)
        for rule in (best.table.fields["source_no"], best.table.fields["reported_at"])
        if not any(plain_name(name.partition(".")[0]) in names for name in rule.names)
    ]
    return best, lacking


_FIELDS_MIN: Final = 2
"""So many fields of its own, its number among them, tell a format."""
