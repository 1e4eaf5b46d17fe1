"""The AsyncAPI 3.0 document: every topic, its key, how long it is kept, its messages, and who sends or receives.

Made from the topic table and the message list; what it says in words beyond these stands here.
"""

from typing import Final

from schemas import topics
from schemas.published.examples import EXAMPLES
from schemas.published.messages import MESSAGES, Message, Node, by_topic
from schemas.topics import TOPICS, Topic
from schemas.wire import envelope
from schemas.wire.retried_letter import RETRY_OF

VERSION: Final = "1.0.0"
"""Of the contracts: the first number rises with a break, the second with an addition."""

_BINDING: Final = "0.5.0"
_SCHEMA_FORMAT: Final = "application/schema+json;version=2020-12"

_DESCRIPTION: Final = """\
Case handling for comprehensive urban enforcement: reports and actions in; cases, assignments, receipts and notices out.

**Read committed only.** All that one report or action causes is written in one Kafka transaction. Set
`isolation.level=read_committed` (many clients default to `read_uncommitted`): a reader without it sees what was
aborted, and sees it again when it is done anew.

**Partitions.** All topics have the same number of partitions. The street code is the key of what you send, and every
output is written to the partition of the input that caused it, whatever its own key is. So all records about one
street are in one partition number of every topic, in order; do not compute an output's partition from its key. Send
with Kafka's own partitioner, `(murmur2(key) & 0x7fffffff) % partitions`: Java, kafka-python, aiokafka, franz-go and
KafkaJS 2 do by default; librdkafka (confluent-kafka for Python, Go, .NET; node-rdkafka, rust-rdkafka, php-rdkafka) with
`partitioner=murmur2_random`; kafka-go with `Balancer: kafka.Murmur2Balancer{}`; a client without it (sarama) names the
partition itself. A record that stands elsewhere, or has no key, is forwarded to its street's partition and answered
twice: with `forwarded`, which says what to set, and then where it is decided. The second receipt's header `cause` names
the forwarded record, and its subject the same number; it stands in the street's partition of `receipts.v1`.

**Packing.** Our records are packed with gzip or not at all, so no reader needs a further package; topics keep what the
producer chose. Yours may be packed as you like.

**Read tolerantly.** Messages of ours may get more fields, more values in their lists and more kinds; pass over what
you do not know. Take a field that is missing for its default. What you send is closed: an unknown field is refused.

**Send safely.** Send with `acks=all`. Send again when in doubt: a report is known by (`source`, `source_no`) and an
action by its `action_id`, and the same one again gets the same receipt and changes nothing. That holds for ever: a
report that comes again years later opens no second case, and `ended` in its receipt says what became of the first. An
action on a case that ended so long ago that it is kept no longer is refused with `case_retired`, also one that was
accepted then.

**Envelope.** Our records are CloudEvents 1.0 in binary mode. Yours may be plain JSON, or CloudEvents in binary or
structured mode (`data` or `data_base64`, in JSON), one event a record: a batch is refused. A structured record is known by
its content type or by its `specversion`; other content types and further attributes are passed over. At most 64 KB each.

**Personal data** stands in `callers.v1` alone, under a token that the other topics name; a record without a value
there erases it, and one under `__forgotten/` and the token says when, by whom and why.

A deployment may put a prefix before every address.
"""

_ABOUT: Final[dict[str, str]] = {
    topics.REPORTS: "Somebody saw something, somewhere. Answered by a receipt.",
    topics.ACTIONS: "Somebody does something to a case. Answered by a receipt.",
    topics.JOURNAL: "One entry per input record and per timer: the whole history, in order. Audit and replay stand on it.",
    topics.CASES: "The latest snapshot of each case; a record without a value: the case was retired. "
    "Keys that begin with two underscores hold no case, pass them over: `__position` says how far the partition was worked, "
    "`__retired/…` keeps the reports of retired cases, so that none of them ever opens a second one.",
    topics.CALLERS: "Personal data and sealed originals by token; a record without a value: erased.",
    topics.ASSIGNMENTS: "What a team or a post is to do. The header `team` says whose it is, so that others skip it "
    "unread. A later one of the same case, team and kind replaces it.",
    topics.RECEIPTS: "What became of each report and action, at once. The same one again gives the same receipt.",
    topics.NOTICES: "Leaders are told of warnings and breaches, hotlines of final answers.",
    topics.DEAD_LETTERS: "Records that could not be understood: where they stand and why, never what they say.",
}
_KEYS: Final[dict[str, Node]] = {
    "street code": {"type": "string", "pattern": "^[0-9]{9}$"},
    "case id": {"type": ["string", "null"]},
    "caller token": {"type": "string"},
    "source or actor": {"type": ["string", "null"]},
    "recipient role": {"type": "string"},
    "as received": {"type": ["string", "null"]},
}

_OWN_KEYS: Final[dict[str, Node]] = {
    "Position": {"type": "string", "const": topics.POSITION_KEY.decode()},
    "RetiredReports": {
        "type": "string",
        "pattern": f"^{topics.RETIRED_KEY.decode()}[0-9]{{9}}/[0-9a-f]{{16}}$",
    },
    "StreetDuty": {"type": "string", "pattern": f"^{topics.DUTY_KEY.decode()}[0-9]{{9}}$"},
}
"""Of messages that stand under another key than their topic's."""


def document() -> Node:
    """The whole document, as it is written to `asyncapi.yaml`."""
    return {
        "asyncapi": "3.0.0",
        "info": {"title": "Urban enforcement pipeline", "version": VERSION, "description": _DESCRIPTION},
        "defaultContentType": "application/json",
        "servers": {
            "kafka": {
                "host": "{brokers}",
                "protocol": "kafka",
                "description": "Any Kafka from 3.7 on; the embedded one by default.",
                "variables": {"brokers": {"default": "localhost:9092", "description": "Bootstrap address."}},
            }
        },
        "channels": {_channel_name(topic): _channel(topic) for topic in TOPICS},
        "operations": {_operation_name(topic): _operation(topic) for topic in TOPICS},
        "components": {"messages": {message.name: _message(message) for message in MESSAGES}},
    }


def _channel_name(topic: Topic) -> str:
    """`dead-letters.v1` is the channel `deadLetters`."""
    first, *others = topic.name.removesuffix(".v1").split("-")
    return first + "".join(part.capitalize() for part in others)


def _is_input(topic: Topic) -> bool:
    return topic.name in topics.INPUTS


def _channel(topic: Topic) -> Node:
    reading = "" if _is_input(topic) else " Read committed only."
    return {
        "address": topic.name,
        "title": topic.name,
        "summary": f"Key: {topic.key}. Written by: {topic.written_by}. Read by: {topic.read_by}.",
        "description": f"{_ABOUT[topic.name]}{reading}",
        "messages": {
            message.name: {"$ref": f"#/components/messages/{message.name}"}
            for message in by_topic()[topic.name]
        },
        "bindings": {
            "kafka": {
                "topic": topic.name,
                "topicConfiguration": {name: _typed(name, value) for name, value in topic.config.items()},
                "bindingVersion": _BINDING,
            }
        },
    }


def _typed(setting: str, value: str) -> object:
    if setting == "cleanup.policy":
        return value.split(",")
    if setting in ("compression.type", topics.TIMESTAMP_TYPE):
        return value
    return float(value) if "." in value else int(value)


def _operation_name(topic: Topic) -> str:
    name = _channel_name(topic)
    return f"{'receive' if _is_input(topic) else 'send'}{name[0].upper()}{name[1:]}"


def _operation(topic: Topic) -> Node:
    channel = f"#/channels/{_channel_name(topic)}"
    names = [message.name for message in by_topic()[topic.name]]
    made: Node = {
        "action": "receive" if _is_input(topic) else "send",
        "channel": {"$ref": channel},
        "summary": f"The pipeline {'receives' if _is_input(topic) else 'sends'} {' and '.join(names)}.",
        "messages": [{"$ref": f"{channel}/messages/{name}"} for name in names],
    }
    if _is_input(topic):
        made["reply"] = {
            "channel": {"$ref": "#/channels/receipts"},
            "messages": [{"$ref": "#/channels/receipts/messages/Receipt"}],
        }
    return made


def _message(message: Message) -> Node:
    topic = next(topic for topic in TOPICS if topic.name == message.topic)
    key = _OWN_KEYS.get(message.name, _KEYS[topic.key])
    made: Node = {
        "name": message.name,
        "title": message.name,
        "contentType": "application/json",
        "headers": _headers(message),
        "payload": {
            "schemaFormat": _SCHEMA_FORMAT,
            "schema": {"$ref": f"./{message.file}.schema.json"},
        },
        "bindings": {"kafka": {"key": {"description": topic.key, **key}, "bindingVersion": _BINDING}},
    }
    if message.name in EXAMPLES:
        made["examples"] = [{"payload": dict(example)} for example in EXAMPLES[message.name]]
    return made


def _headers(message: Message) -> Node:
    """CloudEvents 1.0 in binary mode; a sender may leave all of them out."""
    fields: Node = {
        "ce_specversion": {"type": "string", "const": "1.0"},
        "ce_type": {"type": "string", "const": message.type.header[1].decode()},
        "ce_source": {"type": "string"}
        if message.is_input
        else {"type": "string", "const": envelope.SOURCE.decode()},
        "ce_id": {"type": "string", "description": "unique with ce_source"},
        "ce_time": {"type": "string", "format": "date-time"},
        "content-type": {"type": "string", "const": "application/json"},
    }
    if message.is_input:
        fields["content-type"] = {
            "type": "string",
            "enum": ["application/json", "application/cloudevents+json"],
        }
    if message.name == "Assignment":
        fields["team"] = {"type": "string", "description": "whose it is"}
    if message.name == "Receipt":
        fields[envelope.CAUSE] = {
            "type": "string",
            "description": "the record it answers, as topic:partition:offset",
        }
    made: Node = {"type": "object", "properties": fields}
    if not message.is_input:
        made["required"] = list(fields)
    if message.name == "JournalEntry":
        fields[envelope.ALSO] = {
            "type": "string",
            "description": "only on an entry that touches more cases than the one it is keyed by: the ids of the "
            "others, with commas between them",
        }
    if message.name in ("Report", "Action", "DeadLetter"):
        fields[RETRY_OF] = {
            "type": "string",
            "description": "only on a record that is pushed again for a dead letter, and on the letter that it becomes "
            "once more: the id of the first letter",
        }
    return made
