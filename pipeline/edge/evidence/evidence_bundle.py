"""A case's evidence as one file that can be checked offline: the items in order with their links, who added each and by
which entry of the journal. Content stays where it is, and nobody's personal data is in it.

    snapshot ──► head ─┐
                       ├─► the same items and the same head, or no bundle
    journal ───► items ┘   with who, when, and the record and the receipt that each came by
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final, NamedTuple

import msgspec

from pipeline.core.case.transitions import TOUCHING_NOTHING
from pipeline.edge.explain.case_history import NoBeginning, name, steps
from schemas.errors import PipelineError
from schemas.journal.entry import JournalEntry, RecordCause
from schemas.journal.events import ActionAccepted, Answer, CaseEvent, CaseOpened
from schemas.state import chain
from schemas.state.case import Case
from schemas.values.evidence import Evidence

FORMAT: Final = "enforcement-evidence-bundle/1"
LINKED: Final = "link = sha256 in hex of (previous, then the item as JSON in UTF-8: keys sorted, no spaces); the first previous is 64 zeros"
Json = dict[str, object]


class Added(NamedTuple):
    """An item, and how it came into the case."""

    item: Evidence
    entry: JournalEntry
    event: CaseEvent


class Disagrees(PipelineError):
    """The snapshot of the case and its journal do not hold the same evidence: one of them was changed."""


class Proof(NamedTuple):
    """The evidence of a case, in order."""

    case: Case
    added: tuple[Added, ...]
    head: str


def proof_of(case: Case | None, entries: Iterable[JournalEntry]) -> Proof | None:
    """The evidence of a case by its snapshot and its journal; by its journal alone where the snapshot is gone. None: no case.

    Raises:
        NoBeginning: the journal does not hold the opening of the case.
        Disagrees: snapshot and journal hold different evidence.
    """
    entries = _until(entries, case)
    if not entries:
        if case is not None:
            raise NoBeginning(case.case_id)
        return None
    if not any(isinstance(event, CaseOpened) for event in entries[0].events):
        raise NoBeginning(case.case_id if case else "")
    case = case or steps(entries)[-1].after
    added = tuple(_added(entries))
    items = tuple(addition.item for addition in added)
    if items != case.evidence:
        raise Disagrees("journal_disagrees", f"{case.case_id}: {len(items)} items, not those of the snapshot")
    head = chain.head(items)
    if case.evidence_head is not None and case.evidence_head != head:
        raise Disagrees("head_disagrees", f"{case.case_id}: the items give the head {head}")
    return Proof(case, added, head)


def bundle_of(proof: Proof) -> Json:
    """The bundle's content, sealed."""
    case = proof.case
    content: Json = {
        "format": FORMAT,
        "case_id": case.case_id,
        "matter": case.facts.matter,
        "opened_at": _text(case.facts.opened_at),
        "closed_at": _text(case.closed_at),
        "stage": case.stage.value,
        "case_version": case.version,
        "entry_id": case.entry_id,
        "rules_version": case.rules_version,
        "linked": LINKED,
        "head": proof.head,
        "count": len(proof.added),
        "set_aside": [msgspec.to_builtins(mark) for mark in case.reports[0].set_aside],
        "items": list(linked(proof)),
        "entries": list({added.entry.entry_id: _entry(added.entry) for added in proof.added}.values()),
    }
    return content | {"seal": seal(content)}


def linked(proof: Proof) -> Iterator[Json]:
    """Each item with its links and how it came into the case."""
    previous = chain.START
    for number, added in enumerate(proof.added, 1):
        link = chain.link(previous, chain.canonical(added.item))
        yield {
            "number": number,
            "item": dict(chain.plain(added.item)),
            "previous": previous,
            "link": link,
            "added": _how(added),
        }
        previous = link


def seal(content: Mapping[str, object]) -> str:
    """The hash of a bundle's content without its seal."""
    rest = {name: part for name, part in content.items() if name != "seal"}
    return chain.link("", chain.canonical_json(rest))


def written(content: Json) -> bytes:
    """The bundle as a file that people can read."""
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()


def _until(entries: Iterable[JournalEntry], case: Case | None) -> list[JournalEntry]:
    """The entries up to the snapshot: the journal may be ahead of it by now."""
    read: list[JournalEntry] = []
    for entry in entries:
        read.append(entry)
        if case is not None and entry.entry_id == case.entry_id:
            break
    return read


def _added(entries: Iterable[JournalEntry]) -> Iterator[Added]:
    before: tuple[Evidence, ...] = ()
    for entry in entries:
        for event in entry.events:
            if isinstance(event, Answer) or type(event) in TOUCHING_NOTHING:
                continue
            new = chain.fresh(before, getattr(event, "evidence", ()))
            before += new
            yield from (Added(item, entry, event) for item in new)


def _how(added: Added) -> Json:
    content: Json = {
        "event": name(added.event),
        "entry_id": added.entry.entry_id,
        "at": _text(added.entry.at),
    }
    accepted = _action(added.entry)
    if accepted is not None:
        content |= {"by": accepted.actor, "role": accepted.role.value, "team": accepted.team}
        return content | {"action_id": accepted.done.action_id, "acted_at": _text(accepted.acted_at)}
    if isinstance(added.event, CaseOpened):
        report = added.event.report
        content |= {
            "by": added.event.facts.reporter,
            "source": report.source.value,
            "source_no": report.source_no,
        }
    return content


def _entry(entry: JournalEntry) -> Json:
    """The record that the evidence came with, and what its receipt said."""
    content: Json = {"entry_id": entry.entry_id, "at": _text(entry.at), "rules_version": entry.rules_version}
    content["code_version"] = entry.code_version
    cause = entry.cause
    if isinstance(cause, RecordCause):
        content["record"] = {
            "topic": cause.topic,
            "partition": cause.partition,
            "offset": cause.offset,
            "sha256": cause.sha256,
        }
    accepted = _action(entry)
    if accepted is not None:
        done = accepted.done
        content["receipt"] = {
            "action_id": done.action_id,
            "outcome": "accepted",
            "case_version": done.version,
            "stage": done.stage.value,
        }
    for event in entry.events:
        if isinstance(event, CaseOpened):
            report = event.report
            content["receipt"] = {
                "source": report.source.value,
                "source_no": report.source_no,
                "outcome": report.outcome.value,
                "due_at": _text(report.due_at),
            }
    return content


def _action(entry: JournalEntry) -> ActionAccepted | None:
    return next((event for event in entry.events if isinstance(event, ActionAccepted)), None)


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat().replace("+00:00", "Z")
