"""The gate between releases of the contracts: what breaks senders, readers or the log, and what does not."""

import json
from pathlib import Path

import pytest

from schemas.publish import ROOT, as_yaml
from schemas.published.asyncapi import document
from schemas.published.compatibility import changes_since, compare, compare_topics, releases
from schemas.published.messages import MESSAGES, json_schema

ORDER = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "number": {"type": "string", "pattern": "^[0-9]+$"},
        "text": {"type": "string", "maxLength": 100, "default": ""},
        "count": {"type": "integer", "minimum": 0, "maximum": 9},
        "kind": {"$ref": "#/$defs/Kind"},
        "team": {"anyOf": [{"type": "string"}, {"type": "null"}], "default": None},
        "items": {"type": "array", "maxItems": 5, "items": {"type": "string", "maxLength": 10}},
        "of": {"oneOf": [{"$ref": "#/$defs/Tree"}, {"$ref": "#/$defs/Lamp"}]},
    },
    "required": ["number", "count", "kind"],
    "$defs": {
        "Kind": {"type": "string", "enum": ["red", "blue"]},
        "Tree": {
            "type": "object",
            "properties": {"of": {"const": "tree"}, "age": {"type": "integer"}},
            "required": ["of"],
        },
        "Lamp": {"type": "object", "properties": {"of": {"const": "lamp"}}, "required": ["of"]},
    },
}
LATER = {"type": "string", "description": "a later value: pass over what you do not know"}

# path                           becomes                  breaks as input   breaks as output
TABLE = """
properties.text                  -                        senders           readers
properties.note                  {"type":"string"}        nobody            nobody
required                         ["number","count","kind","text"]  senders  log
required                         ["number","count"]       nobody            readers
properties.count.type            "string"                 senders           log+readers
properties.count.maximum         99                       nobody            readers
properties.count.maximum         5                        senders           log
properties.count.maximum         -                        nobody            readers
properties.count.minimum         1                        senders           log
properties.text.maxLength        50                       senders           log
properties.text.maxLength        200                      nobody            readers
properties.text.default          "none"                   senders           readers
properties.text.description      "what was said"          nobody            nobody
properties.number.pattern        "^[0-9]{1,9}$"           senders           readers
properties.team.anyOf            [{"type":"string"}]      senders           log
properties.team.anyOf            [{"type":"string"},{"type":"null"},{"type":"integer"}]  nobody  readers
properties.number                {"anyOf":[{"type":"string","pattern":"^[0-9]+$"},{"type":"null"}]}  nobody  readers
properties.items.maxItems        9                        nobody            nobody
properties.items.maxItems        3                        senders           log
properties.items.items.maxLength 20                       nobody            readers
properties.items.items.type      "integer"                senders           log+readers
$defs.Kind.enum                  ["red","blue","green"]   nobody            readers
$defs.Kind.enum                  ["red"]                  senders           log
$defs.Kind.enum                  -                        nobody            readers
$defs.Kind.title                 "Colour"                 nobody            nobody
$defs.Tree.properties.age        -                        senders           readers
$defs.Tree.properties.age.type   "string"                 senders           log+readers
$defs.Tree.required              ["of","age"]             senders           log
properties.of.oneOf              [{"$ref":"#/$defs/Tree"}]  senders         log
"""


def _rows():
    rows = []
    for line in TABLE.strip().splitlines():
        path, *middle, as_input, as_output = line.split()
        text = " ".join(middle)
        value = None if text == "-" else json.loads(text)
        rows.append(pytest.param(path, value, as_input, as_output, id=f"{path} {text[:30]}"))
    return rows


def copy_of(schema):
    """The same schema, to be changed."""
    return json.loads(json.dumps(schema))


def changed(path, value):
    """The order with another value at `path`; None takes it away."""
    schema = copy_of(ORDER)
    *parents, last = path.split(".")
    node = schema
    for name in parents:
        node = node[name]
    if value is None:
        del node[last]
    else:
        node[last] = value
    return schema


def broken(old, new, *, is_input):
    """Whom the changes break, as in the table."""
    parties = {change.breaks for change in compare(old, new, is_input=is_input)} - {""}
    return "+".join(sorted(parties)) or "nobody"


@pytest.mark.parametrize(("path", "value", "as_input", "as_output"), _rows())
def test_each_planted_change_breaks_whom_the_table_says(path, value, as_input, as_output):
    """The table is the rule: one change, and whom it breaks in what we are told and in what we tell."""
    new = changed(path, value)
    assert broken(ORDER, new, is_input=True) == as_input
    assert broken(ORDER, new, is_input=False) == as_output


def test_a_required_field_may_become_one_that_is_left_out():
    """Its default is new and nobody relied on another; the default of one that was optional before stays."""
    new = changed("properties.count.default", 0)
    new["required"] = ["number", "kind"]
    assert broken(ORDER, new, is_input=True) == "nobody"
    assert broken(ORDER, changed("properties.count.default", 0), is_input=True) == "senders"


def test_nothing_changed_is_nothing_listed():
    """A schema compared with itself has no differences."""
    assert compare(ORDER, copy_of(ORDER), is_input=False) == []


def test_an_open_list_may_grow_and_is_listed():
    """Where readers were told that values may come, a new one is listed and breaks nobody; closing it does."""

    def kind(*values):
        return changed("$defs.Kind", {"anyOf": [{"enum": list(values), "type": "string"}, LATER]})

    changes = compare(kind("red"), kind("red", "blue"), is_input=False)
    assert [(change.path, change.what, change.breaks) for change in changes] == [
        (".kind", 'values added: "blue"', "")
    ]
    assert broken(kind("red", "blue"), ORDER, is_input=False) == "readers"


def test_unknown_fields_that_were_allowed_stay_allowed():
    """Closing a message to unknown fields breaks whoever sends one."""
    opened = changed("additionalProperties", True)
    assert broken(opened, ORDER, is_input=True) == "senders"


@pytest.mark.parametrize("release", releases(ROOT), ids=lambda folder: folder.name)
def test_the_code_serves_every_release(release):
    """Nobody who holds a released contract is broken by the contracts of the code."""
    breaking = [str(change) for change in changes_since(release) if change.breaks]
    assert not breaking, f"breaks holders of release {release.name}; add a .v2 instead"


SINCE = {
    "discard_letter.schema.json",
    "duty_action.schema.json",
    "retired_reports.schema.json",
    "street_duty.schema.json",
}
"""Messages that the next release holds for the first time."""


def test_a_release_holds_every_message_it_had():
    """The first release has all messages but those that came after it, so that a message taken away is seen."""
    released = {file.name for file in (ROOT / "schemas/released/1").glob("*.schema.json")}
    assert {f"{message.file}.schema.json" for message in MESSAGES} - SINCE == released


def test_a_message_taken_away_breaks_everybody(tmp_path: Path):
    """A release that holds a message the code has no more is broken."""
    (tmp_path / "ghost.schema.json").write_text("{}", encoding="utf-8")
    (tmp_path / "asyncapi.yaml").write_text(as_yaml(document()), encoding="utf-8")
    assert [str(change) for change in changes_since(tmp_path) if change.breaks] == [
        "ghost: message removed (breaks everybody)"
    ]


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message.name)
def test_taking_a_field_from_a_real_message_is_seen(message):
    """The gate looks into every message we have: no field of any goes unnoticed."""
    old = json_schema(message)
    new = copy_of(old)
    holder = (
        new
        if "properties" in new
        else next(d for d in new["$defs"].values() if len(d.get("properties", {})) > 1)
    )
    name = next(name for name, field in holder["properties"].items() if "const" not in field)
    del holder["properties"][name]
    assert any(change.what == "field removed" for change in compare(old, new, is_input=message.is_input))


@pytest.mark.parametrize(
    ("topic", "fact", "value", "breaks"),
    [
        ("receipts.v1", "retention.ms", 604_800_000 * 2, ""),
        ("receipts.v1", "retention.ms", -1, ""),
        ("receipts.v1", "retention.ms", 1, "everybody"),
        ("journal.v1", "retention.ms", 604_800_000, "everybody"),
        ("cases.v1", "cleanup.policy", ["delete"], "everybody"),
    ],
)
def test_records_are_kept_at_least_as_long(topic, fact, value, breaks):
    """Who reads once a week finds a week of records."""
    old, new = copy_of(document()), copy_of(document())
    channel = next(channel for channel in new["channels"].values() if channel["address"] == topic)
    channel["bindings"]["kafka"]["topicConfiguration"][fact] = value
    assert [(change.path, change.breaks) for change in compare_topics(old, new)] == [(topic, breaks)]


def test_a_topic_stays_under_its_name_and_key():
    """Taking one away, or keying it otherwise, breaks everybody; one more breaks nobody."""
    old, new = copy_of(document()), copy_of(document())
    new["channels"]["receipts"]["summary"] = "Key: case id."
    new["channels"]["notices"]["address"] = "notices.v2"
    changes = [(change.path, change.breaks) for change in compare_topics(old, new)]
    assert changes == [("notices.v2", ""), ("receipts.v1", "everybody"), ("notices.v1", "everybody")]
