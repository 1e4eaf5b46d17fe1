"""Photos and clips that several bundles have: one content shows one place, and proves one case. A document may be about many."""

from collections.abc import Sequence
from typing import NamedTuple

from pipeline.edge.evidence.evidence_check import Bundle
from schemas.values.terms import EvidenceKind


class SharedItem(NamedTuple):
    """Item `number` of one case has the content of item `other_number` of another; items are numbered from 1, in file order."""

    case_id: str
    number: int
    other_case: str
    other_number: int


def shared_items(bundles: Sequence[Bundle]) -> list[SharedItem]:
    """Each pair once, under the bundle that comes later; several bundles of one case share everything, and nothing is said of that."""
    first_place: dict[str, dict[str, int]] = {}
    pairs: dict[frozenset[tuple[str, int]], SharedItem] = {}
    for bundle in bundles:
        for number, linked in enumerate(bundle.items, 1):
            if linked.item.get("kind") == EvidenceKind.DOCUMENT.value:
                continue
            places = first_place.setdefault(str(linked.item.get("sha256")), {})
            for other_case, other_number in places.items():
                if other_case != bundle.case_id:
                    pair = frozenset({(bundle.case_id, number), (other_case, other_number)})
                    pairs.setdefault(pair, SharedItem(bundle.case_id, number, other_case, other_number))
            places.setdefault(bundle.case_id, number)
    return list(pairs.values())
