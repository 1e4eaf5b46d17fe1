"""Records in XML: elements whose children are an order's fields. Declarations of entities or of a document type refuse the file.

Which elements these are is learnt from the first one that has an order's number: all others of its name and depth are records, too,
whatever they lack. Where the XML breaks, what follows is cut at the tags of records, so that each of them is read, or refused, alone.
"""

import io
import re
from collections.abc import Callable, Iterator, Mapping
from typing import BinaryIO, Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser, fromstring, iterparse

from pipeline.edge.sources.json_files import WHOLE_BYTES_MAX, Row
from pipeline.edge.sources.text_encoding import BadFile
from schemas.errors import BadMessage

Record = dict[str, object]
IsOrder = Callable[[Mapping[str, object]], bool]
DEPTH_MAX: Final = 32
_ALLOWED: Final = "XML without declarations of entities or document types"
_UNKNOWN_MAX: Final = 1_000
"""So many elements are looked at until one is an order."""

_DECLARATION: Final = re.compile(rb"\A\s*<\?xml[^>]*\?>")


def rows(file: BinaryIO, is_order: IsOrder) -> Iterator[Row]:
    """The records of a file in UTF-8, in order; none where there is no order.

    Raises:
        BadFile: too large, no XML at all, or it declares what is expanded or fetched.
    """
    content = file.read(WHOLE_BYTES_MAX + 1)
    if len(content) > WHOLE_BYTES_MAX:
        raise BadFile("too_large", "FILE", f"at most {WHOLE_BYTES_MAX} bytes")
    content = _DECLARATION.sub(b"", content)  # it names the encoding that the file had
    number, tag = 0, ""
    try:
        for name, record in _records(content, is_order):
            number, tag = number + 1, name
            yield Row(number, record, record)
    except ParseError:
        yield from _cut(content, tag or _likely_tag(content, is_order), number)
    except (DefusedXmlException, RecursionError):
        raise BadFile("xml_declares", "FILE", _ALLOWED) from None


def _records(content: bytes, is_order: IsOrder) -> Iterator[tuple[str, Record]]:
    """Each record with its element's name."""
    path: list[Element] = []
    kind: tuple[int, str] | None = None
    before: list[tuple[int, str, Record]] = []
    for event, element in iterparse(
        io.BytesIO(content), ("start", "end"), DefusedXMLParser(encoding="utf-8", forbid_dtd=True)
    ):
        if event == "start":
            path.append(element)
            if len(path) > DEPTH_MAX:
                raise BadFile("nested_too_deep", "FILE", f"{DEPTH_MAX} levels")
            continue
        path.pop()
        depth, name = len(path), _local(element.tag)
        if kind is None and (len(element) or element.attrib) and len(before) < _UNKNOWN_MAX:
            record = _record(element)
            before.append((depth, name, record))
            if is_order(record):
                kind = (depth, name)
                yield from ((name, one) for at, of, one in before if (at, of) == kind)
        elif kind == (depth, name):
            yield name, _record(element)
        if kind is None or depth <= kind[0]:
            _forget(element, path, kind)


def _forget(element: Element, path: list[Element], kind: tuple[int, str] | None) -> None:
    """A record that was given is not kept, so that a long file takes no more room than it has."""
    if kind is not None and len(path) == kind[0]:
        element.clear()
        if path:
            path[-1].remove(element)


def _record(element: Element) -> Record:
    """Attributes and children by their names; children that have children are objects. Of several of a name the first that says something."""
    record: Record = {_local(name): value for name, value in element.attrib.items()}
    for child in element:
        name = _local(child.tag)
        value: object = _record(child) if len(child) else (child.text or "")
        if name not in record or not record[name]:
            record[name] = value
    return record


def _local(tag: object) -> str:
    return str(tag).rpartition("}")[2]


def _likely_tag(content: bytes, is_order: IsOrder) -> str:
    """The element's name of the first order that can be read alone.

    Raises:
        BadFile: there is none.
    """
    tried: set[str] = set()
    for found in re.finditer(rb"<([A-Za-z_][\w.\-]*)[\s>]", content):
        tag = found[1].decode()
        if tag in tried:
            continue
        tried.add(tag)
        if any(isinstance(row.record, dict) and is_order(row.record) for row in _cut(content, tag, 0)):
            return tag
    raise BadFile("broken_xml", "FILE", _ALLOWED)


def _cut(content: bytes, tag: str, done: int) -> Iterator[Row]:
    """The records after the first `done`, each parsed alone, where a fault is its own."""
    starts = [found.start() for found in re.finditer(rf"<(?:\w+:)?{re.escape(tag)}[\s>]".encode(), content)]
    for number, start in enumerate(starts[done:], done + 1):
        following = starts[number] if number < len(starts) else len(content)
        piece = content[start:following]
        end = re.search(rf"</(?:\w+:)?{re.escape(tag)}\s*>".encode(), piece)
        piece = piece[: end.end()] if end else piece
        try:
            record: object = _record(fromstring(piece, forbid_dtd=True))
        except (ParseError, DefusedXmlException, RecursionError):
            record = BadMessage("broken_xml", "", _ALLOWED)
        yield Row(number, record, record if isinstance(record, dict) else piece.decode(errors="replace"))
