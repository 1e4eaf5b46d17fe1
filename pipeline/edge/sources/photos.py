"""Attached pictures and recordings of an order as evidence. One by its address alone is noted: it may still be fetched, else it is asked for again."""

import re
from collections.abc import Mapping
from typing import Final

from pipeline.edge.sources.field_reader import FieldReader
from pipeline.edge.sources.mapping import EvidenceRule
from pipeline.edge.sources.values import is_nothing, is_placeholder, moment, number_text
from schemas.errors import BadMessage
from schemas.values.terms import EvidenceKind

Item = dict[str, object]
_PHASES: Final[Mapping[str, EvidenceKind]] = {
    "before": EvidenceKind.PHOTO_BEFORE, "处置前": EvidenceKind.PHOTO_BEFORE, "整改前": EvidenceKind.PHOTO_BEFORE,
    "after": EvidenceKind.PHOTO_AFTER, "处置后": EvidenceKind.PHOTO_AFTER, "整改后": EvidenceKind.PHOTO_AFTER,
}  # fmt: skip
_BETWEEN: Final = re.compile(r"[,;\s|]+(?=\S)")


def photos_of(reader: FieldReader, reported_at: object) -> list[Item]:
    """The evidence, in the order's own order. One without its own time, or with none that is one, has that of the report."""
    rule = reader.mapping.table.evidence
    found = reader.first([rule.list_]) if rule else None
    if rule is None or found is None or is_placeholder(found.value):
        return []
    device = number_text(one.value) if (one := reader.first(rule.device)) else None
    items = found.value
    if isinstance(items, str):
        items = [part for part in _BETWEEN.split(items) if part]
    is_one = isinstance(items, Mapping)
    photos: list[Item] = []
    for number, item in enumerate([items] if is_one else items if isinstance(items, list) else []):
        name = rule.list_ if is_one else f"{rule.list_}.{number}"
        photo = _photo(reader, rule, item, name, reported_at)
        if photo is not None:
            photos.append({**photo, "device": device} if device is not None else photo)
    if not isinstance(items, Mapping | list):
        reader.fault("wrong_type", rule.list_, "a list of objects with sha256")
    return photos


def _photo(
    reader: FieldReader, rule: EvidenceRule, item: object, name: str, reported_at: object
) -> Item | None:
    if isinstance(item, str):
        item = {"uri": item}
    if not isinstance(item, Mapping):
        reader.fault("wrong_type", name, "an object with sha256")
        return None
    inside = FieldReader(reader.mapping, item)
    sha256 = inside.first(rule.sha256)
    uri = one.value if (one := inside.first(rule.uri)) else None
    if sha256 is None:
        reader.note("evidence_unhashed", name)
        if not isinstance(uri, str) or "://" not in uri:
            return None
    photo = {
        "sha256": sha256.value.lower()
        if sha256 and isinstance(sha256.value, str)
        else sha256 and sha256.value,
        "uri": uri,
        "kind": one.value if (one := inside.first(rule.kind)) else _phase(reader, inside, rule, name),
        "taken_at": _taken_at(reader, inside, rule, name) or reported_at,
    }
    return {field: value for field, value in photo.items() if value is not None}


def _phase(reader: FieldReader, inside: FieldReader, rule: EvidenceRule, name: str) -> str:
    """Before or after, where it says so."""
    phase = inside.first(rule.phase)
    if phase is None or is_placeholder(phase.value):
        return EvidenceKind.PHOTO.value
    known = _PHASES.get(str(phase.value).strip().casefold())
    if known is None:
        reader.note("unknown_word", f"{name}.{phase.name}", "before, after")
    return (known or EvidenceKind.PHOTO).value


def _taken_at(reader: FieldReader, inside: FieldReader, rule: EvidenceRule, name: str) -> object:
    found = inside.first(rule.taken_at)
    if found is None or is_nothing(found.value):
        return None
    try:
        taken = moment(found.value, reader.mapping.zone, reader.mapping.table.epoch)
    except BadMessage as why:
        reader.fault(why.code, f"{name}.{found.name}", why.allowed)
        return None
    text = str(taken.value)
    return None if is_placeholder(text) or text.startswith("1970-01-01") else text
