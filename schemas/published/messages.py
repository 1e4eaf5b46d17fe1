"""The messages as one list: what each is called, which way it goes, and its JSON Schema as others get to see it.

What we are told is closed: an unknown field is a mistake of the sender. What we tell is open: it may have more
fields, more values in a list and more arms in a union tomorrow, and its schema says so, so that a reader that
validates with today's schema still reads tomorrow's message.
"""

from collections.abc import Iterator, Mapping
from typing import Final, Literal, NamedTuple, Protocol

from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import CoreSchema

from schemas import topics
from schemas.wire import codecs, envelope
from schemas.wire.envelope import MessageType

Node = dict[str, object]
"""A part of a JSON Schema."""

Mode = Literal["validation", "serialization"]
LATER: Final = "a later"
"""So begins the description of the arm for what an output may hold tomorrow."""

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


class HasJsonSchema(Protocol):
    """What can say its JSON Schema: pydantic's `TypeAdapter` of any contract."""

    def json_schema(self, *, mode: Mode, schema_generator: type[GenerateJsonSchema]) -> Node:
        """The schema of what is read (`validation`) or written (`serialization`)."""


class Message(NamedTuple):
    """A message of a topic. `file` names its schema and its example."""

    name: str
    file: str
    topic: str
    type: MessageType
    description: str
    adapter: HasJsonSchema

    @property
    def is_input(self) -> bool:
        """Whether we are told it, not telling it."""
        return self.topic in topics.INPUTS


def _message(
    name: str, topic: str, kind: MessageType, adapter: HasJsonSchema, description: str = ""
) -> Message:
    file = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).lstrip("_")
    return Message(name, file, topic, kind, description, adapter)


MESSAGES: Final = (
    _message("Report", topics.REPORTS, envelope.REPORT, codecs.REPORT.adapter),
    _message(
        "Action",
        topics.ACTIONS,
        envelope.ACTION,
        codecs.ACTION.adapter,
        "What somebody does to a case; `action` says which. The street is the first nine digits of the case id.",
    ),
    _message("DiscardLetter", topics.ACTIONS, envelope.DISCARD, codecs.DISCARD.adapter),
    _message(
        "DutyAction",
        topics.ACTIONS,
        envelope.DUTY_ACTION,
        codecs.DUTY_ACTION.adapter,
        "What somebody does about the people and devices of a street; `action` says which.",
    ),
    _message("JournalEntry", topics.JOURNAL, envelope.JOURNAL_ENTRY, codecs.JOURNAL_ENTRY.adapter),
    _message("Case", topics.CASES, envelope.CASE, codecs.CASE.adapter),
    _message("RetiredReports", topics.CASES, envelope.RETIRED, codecs.RETIRED.adapter),
    _message("StreetDuty", topics.CASES, envelope.STREET_DUTY, codecs.STREET_DUTY.adapter),
    _message("Position", topics.CASES, envelope.POSITION, codecs.POSITION.adapter),
    _message(
        "CallerRecord",
        topics.CALLERS,
        envelope.CALLER,
        codecs.CALLER.adapter,
        "Personal data: a person or the sealed bytes of a dead letter, each under the token that stands for it; that they were erased, "
        "under `__forgotten/` and the token.",
    ),
    _message("Assignment", topics.ASSIGNMENTS, envelope.ASSIGNMENT, codecs.ASSIGNMENT.adapter),
    _message("Receipt", topics.RECEIPTS, envelope.RECEIPT, codecs.RECEIPT.adapter),
    _message("Notice", topics.NOTICES, envelope.NOTICE, codecs.NOTICE.adapter),
    _message("DeadLetter", topics.DEAD_LETTERS, envelope.DEAD_LETTER, codecs.DEAD_LETTER.adapter),
)


class _Untitled(GenerateJsonSchema):
    """Titles name types; a field's name is title enough."""

    def field_title_should_be_set(self, schema: CoreSchema) -> bool:
        return False


def json_schema(message: Message) -> Node:
    """The schema of `message`, whole in itself. Required are the fields that every record of it ever had."""
    mode: Mode = "validation" if message.is_input else "serialization"
    made: Node = message.adapter.json_schema(mode=mode, schema_generator=_Untitled)
    for node in list(_nodes(made)):
        _require_tags(node)
        if not message.is_input:
            _open(node, made)
        node.pop("discriminator", None)
    head: Node = {
        "$schema": _DIALECT,
        "$id": f"urn:urban-enforcement:{message.file}.v1",
        "title": message.name,
    }
    about: Node = {"description": message.description} if message.description else {}
    parts: Node = {"$defs": made.pop("$defs")} if "$defs" in made else {}
    return head | about | made | parts


def _nodes(part: object) -> Iterator[Node]:
    """Every object in `part`, outermost first."""
    if isinstance(part, dict):
        yield part
        for inner in part.values():
            yield from _nodes(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _nodes(inner)


def _require_tags(node: Node) -> None:
    """An arm of a union always says which it is; pydantic takes the tag for a default like any other."""
    properties = node.get("properties")
    if not isinstance(properties, dict):
        return
    tags = [name for name, field in properties.items() if "const" in field]
    for name in tags:
        properties[name].pop("default", None)
    required = node.get("required", [])
    if tags and isinstance(required, list):
        node["required"] = [name for name in properties if name in tags or name in required]


def _open(node: Node, root: Node) -> None:
    """Let a message of ours grow: further fields, further values of a list, further arms of a union."""
    if node.get("additionalProperties") is False:
        node["additionalProperties"] = True
    if "enum" in node:
        values_of_today = {"enum": node.pop("enum"), "type": node.pop("type")}
        node["anyOf"] = [
            values_of_today,
            {"type": "string", "description": f"{LATER} value: pass over what you do not know"},
        ]
    union = node.get("discriminator")
    arms = node.get("oneOf")
    if isinstance(union, dict) and isinstance(arms, list):
        tag = union["propertyName"]
        tags_of_today = {"enum": list(union["mapping"])}
        arms.append(
            {
                "type": "object",
                "description": f"{LATER} kind: pass over what you do not know",
                "properties": {tag: {"type": "string", "not": tags_of_today}},
                "required": [tag],
            }
        )


def by_topic() -> Mapping[str, list[Message]]:
    """The messages of each topic, in the order of the topic table."""
    return {
        topic.name: [message for message in MESSAGES if message.topic == topic.name]
        for topic in topics.TOPICS
    }
