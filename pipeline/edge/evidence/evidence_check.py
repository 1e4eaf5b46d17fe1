"""Checking a bundle of evidence offline: the chain from its beginning to its head, and the files where they are at hand.

Everything that can be computed is computed. A bundle cannot show by itself that all of it was made anew, its head included:
for that the head is compared with one noted elsewhere.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from pipeline.edge.evidence.evidence_bundle import FORMAT, seal
from schemas.errors import PipelineError
from schemas.state import chain

BUNDLE_BYTES_MAX: Final = 16 * 1024 * 1024


class NoBundle(PipelineError):
    """The file is no bundle of evidence: at `field` stands something else than what is `allowed`."""

    def __init__(self, field: str, allowed: str) -> None:
        super().__init__("no_bundle", f"{field}: {allowed}" if field else allowed)


class Linked(NamedTuple):
    """An item of a bundle, with the links that the bundle claims."""

    item: Mapping[str, object]
    previous: str
    link: str

    @property
    def holds(self) -> bool:
        """Whether the item is what was linked."""
        return chain.link(self.previous, chain.canonical_json(self.item)) == self.link


class Bundle(NamedTuple):
    """A bundle as it was read; `content` is all of it."""

    case_id: str
    head: str
    size: int
    items: tuple[Linked, ...]
    content: Mapping[str, object]


class EvidenceFault(NamedTuple):
    """What is wrong, at which item (from 1, in file order), and `about` which file or hash."""

    code: str
    number: int | None = None
    about: str = ""


class Files(NamedTuple):
    """The findings on the files, and the numbers of the items whose file was found unchanged."""

    findings: tuple[EvidenceFault, ...]
    found: tuple[int, ...]


def read_bundle(data: bytes) -> Bundle:
    """The bundle in a file.

    Raises:
        NoBundle: the file is no bundle; says where and what is allowed.
    """
    if len(data) > BUNDLE_BYTES_MAX:
        raise NoBundle("", f"at most {BUNDLE_BYTES_MAX} bytes")
    try:
        content = json.loads(
            data.decode(),
            object_pairs_hook=_object,
            parse_float=_as_written_float,
            parse_int=_as_written_int,
            parse_constant=str,
        )
        json.dumps(content, ensure_ascii=False).encode()  # half a character can be read, but not hashed
    except (ValueError, RecursionError):
        raise NoBundle("", "JSON in UTF-8") from None
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise NoBundle("format", FORMAT)
    items = content.get("items")
    if not isinstance(items, list):
        raise NoBundle("items", "a list")
    return Bundle(
        case_id=_string(content, "case_id", ""),
        head=_string(content, "head", ""),
        size=_count(content),
        items=tuple(_linked(row, f"items.{number}") for number, row in enumerate(items)),
        content=content,
    )


def check(bundle: Bundle, head: str | None = None) -> list[EvidenceFault]:
    """What is wrong with the chain, item by item, and then with the rest; `head` is one noted elsewhere."""
    changed = [EvidenceFault("item_changed", n) for n, item in enumerate(bundle.items, 1) if not item.holds]
    faults = list(dict.fromkeys((*changed, *_Order(bundle).findings())))
    faults.sort(key=lambda fault: fault.number or len(bundle.items) + 1)
    if head is not None and head != bundle.head:
        faults.append(EvidenceFault("other_head", None, bundle.head))
    if bundle.content.get("seal") != seal(bundle.content):
        faults.append(EvidenceFault("bundle_changed"))
    return faults


def check_files(bundle: Bundle, folder: Path) -> Files:
    """Each file in `folder` that is an item's, by its content or by its name, has the item's hash.

    Raises:
        OSError: a file cannot be read.
    """
    by_hash: dict[str, Path] = {}
    by_name: dict[str, list[tuple[Path, str]]] = {}
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        by_hash.setdefault(digest, path)
        for name in {path.name, path.stem}:
            by_name.setdefault(name, []).append((path, digest))
    wanted = {str(linked.item.get("sha256")) for linked in bundle.items}
    findings: list[EvidenceFault] = []
    numbers: list[int] = []
    for number, linked in enumerate(bundle.items, 1):
        sha256 = str(linked.item.get("sha256"))
        if sha256 in by_hash:
            numbers.append(number)
            continue
        names = {sha256, str(linked.item.get("uri") or "").rpartition("/")[2]} - {""}
        called = [place for name in sorted(names) for place in by_name.get(name, ())]
        # a file of the same name that is another item's content is not this one's, changed
        findings += [
            EvidenceFault("file_changed", number, str(path))
            for path, digest in called
            if digest not in wanted
        ]
    return Files(tuple(dict.fromkeys(findings)), tuple(numbers))


class _Order:
    """The order of the items by their links. Positions count from 0."""

    def __init__(self, bundle: Bundle) -> None:
        self._items = bundle.items
        self._head = bundle.head
        self._size = bundle.size
        self._at: dict[str, int] = {}
        for position, linked in enumerate(bundle.items):
            self._at.setdefault(linked.link, position)
        self._path, self._is_whole = self._from_head()

    def findings(self) -> Iterator[EvidenceFault]:
        """Items that are missing, added or out of order, and a head that no item has."""
        yield from self._wrong_head()
        added = set(self._added())
        yield from (EvidenceFault("item_added", position + 1) for position in sorted(added))
        for position, linked in enumerate(self._items):
            if position in added or linked.previous == chain.START or not linked.holds:
                continue
            before = self._at.get(linked.previous)
            if before is None:
                yield self._gap(position, added)
            elif before > position:
                yield EvidenceFault("item_reordered", position + 1)

    def _from_head(self) -> tuple[list[int], bool]:
        """The items from the head back, and whether they lead to the beginning."""
        path: list[int] = []
        link = self._head
        while link != chain.START:
            position = self._at.get(link)
            if position is None or position in path:
                return path, False
            path.append(position)
            link = self._items[position].previous
        return path, bool(path)

    def _wrong_head(self) -> Iterator[EvidenceFault]:
        if self._head in self._at or (self._head == chain.START and not self._size):
            return
        is_short = len(self._items) < self._size
        if is_short and all(self._follows(position) for position in range(len(self._items))):
            yield EvidenceFault("item_removed", len(self._items) + 1)
        else:
            yield EvidenceFault("head_wrong", None, self._head)

    def _follows(self, position: int) -> bool:
        previous = self._items[position].previous
        return previous == (self._items[position - 1].link if position else chain.START)

    def _added(self) -> Iterator[int]:
        """The items that the chain to the head does not pass through."""
        path = set(self._path)
        taken = {self._items[position].previous for position in path} | {self._head}
        for position, linked in enumerate(self._items):
            is_copy = self._at[linked.link] != position
            if (
                is_copy
                or not self._size
                or (position not in path and (self._is_whole or (path and linked.previous in taken)))
            ):
                yield position

    def _gap(self, position: int, added: set[int]) -> EvidenceFault:
        """No item has the link that this item follows: one was removed, or the one before was exchanged."""
        is_short = len(self._items) - len(added) < self._size
        before = position - 1
        if not is_short and before >= 0 and before not in added and not self._is_followed(before):
            return EvidenceFault("item_changed", before + 1)
        return EvidenceFault("item_removed", position + 1)

    def _is_followed(self, position: int) -> bool:
        link = self._items[position].link
        return link == self._head or any(linked.previous == link for linked in self._items)


def _linked(row: object, where: str) -> Linked:
    if not isinstance(row, dict):
        raise NoBundle(where, "an object")
    item = row.get("item")
    if not isinstance(item, dict):
        raise NoBundle(f"{where}.item", "an object")
    return Linked(item, _string(row, "previous", where), _string(row, "link", where))


def _string(content: Mapping[str, object], name: str, where: str) -> str:
    text = content.get(name)
    if not isinstance(text, str):
        raise NoBundle(f"{where}.{name}".lstrip("."), "text")
    return text


def _count(content: Mapping[str, object]) -> int:
    count = content.get("count")
    if not isinstance(count, int) or isinstance(count, bool):
        raise NoBundle("count", "a number of items")
    return count


def _object(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    """A key given twice keeps both values, so that its hash fits neither, whichever another reader would take."""
    made: dict[str, object] = {}
    for name, content in pairs:
        made[name] = content if name not in made else [made[name], content]
    return made


def _as_written_float(text: str) -> float | str:
    """A number keeps its spelling: another way to write it has another hash."""
    number = float(text)
    return number if repr(number) == text else text


def _as_written_int(text: str) -> int | str:
    number = int(text)
    return number if str(number) == text else text
