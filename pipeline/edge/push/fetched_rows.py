"""A row's attachments that have an address and no hash: fetched and hashed before the row is pushed, where a deployment allows it.

What cannot be fetched is pushed without a hash: the pipeline leaves it out, says so to the sender and to whoever handles the case, and both
ask for it again.
"""

from collections.abc import Mapping
from typing import Final

from pipeline.edge.evidence.fetched_evidence import EvidenceFetcher, FetchLimits, HashedContent
from pipeline.edge.evidence.safe_address import hosts_of, networks_of
from pipeline.edge.sources.field_reader import RowNote
from pipeline.edge.sources.reading import Content
from pipeline.intake_settings import IntakeSettings
from schemas import limits
from schemas.values.terms import EvidenceKind

_KIND_OF: Final = {"video": EvidenceKind.VIDEO, "application": EvidenceKind.DOCUMENT}
"""What an attachment is that nobody called anything but a photo."""


def fetcher_of(settings: IntakeSettings, hosts: tuple[str, ...] = ()) -> EvidenceFetcher | None:
    """As the settings say, from `hosts` where there are any; None where nothing may be fetched.

    Raises:
        BadMessage: the networks of the settings are none.
    """
    named = hosts_of(",".join(hosts)) or hosts_of(settings.evidence_hosts)
    if not named:
        return None
    return EvidenceFetcher(
        FetchLimits(
            named,
            networks_of(settings.evidence_networks),
            settings.evidence_bytes_max,
            settings.evidence_timeout_s,
        )
    )


def with_hashes(fetcher: EvidenceFetcher, content: Content) -> tuple[Content, tuple[RowNote, ...]]:
    """The content with the hashes that could be had, and a note of each attachment that had none."""
    items = content.get("evidence")
    if not isinstance(items, list):
        return content, ()
    notes: list[RowNote] = []
    hashed: list[object] = []
    for number, item in enumerate(items):
        if number < limits.EVIDENCE_MAX and isinstance(item, Mapping):
            item, note = _hashed(fetcher, item, f"evidence.{number}")
            notes += [note] if note else []
        hashed.append(item)
    return ({**content, "evidence": hashed} if notes else content), tuple(notes)


def _hashed(
    fetcher: EvidenceFetcher, item: Mapping[object, object], field: str
) -> tuple[Mapping[object, object], RowNote | None]:
    uri = item.get("uri")
    if item.get("sha256") or not isinstance(uri, str) or not uri:
        return item, None
    found = fetcher.fetch(uri)
    if not isinstance(found, HashedContent):
        return item, RowNote("evidence_unfetched", field, found.value)
    made: dict[object, object] = {"sha256": found.sha256, "size_bytes": found.size_bytes}
    kind = _KIND_OF.get(found.media.partition("/")[0])
    if kind is not None and item.get("kind") == EvidenceKind.PHOTO.value:
        made["kind"] = kind.value
    return {**item, **made}, RowNote("evidence_fetched", field, f"{found.media}, {found.size_bytes}")
