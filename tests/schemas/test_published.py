"""What others read about the contracts is true: fresh, valid, complete, and as strict or open as we are."""

import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from schemas import codes, limits, publish, topics
from schemas.errors import BadMessage
from schemas.inputs.intake import read_action, read_discard, read_duty_action, read_report
from schemas.publish import GENERATED, ROOT, documents, stale, write
from schemas.published.examples import EXAMPLES
from schemas.published.messages import MESSAGES
from schemas.wire import codec, codecs, envelope
from schemas.wire.retried_letter import RETRY_OF
from tests.schemas.values import schema_of

ASYNCAPI = yaml.safe_load(documents()[f"{GENERATED}/asyncapi.yaml"])
CHANNELS = {channel["address"]: channel for channel in ASYNCAPI["channels"].values()}
each = pytest.mark.parametrize("message", MESSAGES, ids=lambda message: message.name)
each_topic = pytest.mark.parametrize("topic", topics.TOPICS, ids=lambda topic: topic.name)


# fresh


def test_what_is_committed_is_what_the_code_says():
    """Whoever changes a contract writes its documents in the same commit: python -m schemas.publish."""
    assert stale(ROOT) == []


def test_stale_missing_and_left_over_files_are_found_and_mended(tmp_path: Path):
    """The check names all three kinds; writing mends them and then finds nothing more to do."""
    write(tmp_path)
    (tmp_path / GENERATED / "report.schema.json").write_text("{}", encoding="utf-8")
    (tmp_path / GENERATED / "ghost.schema.json").write_text("{}", encoding="utf-8")
    (tmp_path / "docs/codes.md").unlink()
    names = ["docs/codes.md", f"{GENERATED}/ghost.schema.json", f"{GENERATED}/report.schema.json"]
    assert stale(tmp_path) == names
    assert write(tmp_path) == names
    assert (stale(tmp_path), write(tmp_path)) == ([], [])


def test_the_check_exits_with_one_and_names_what_is_stale(tmp_path: Path, capsys):
    """In CI the exit code speaks; a person reads which file it is."""
    assert publish.main(["--check"], tmp_path) == 1
    assert f"stale: {GENERATED}/asyncapi.yaml" in capsys.readouterr().out
    assert publish.main([], tmp_path) == 0
    assert publish.main(["--check"], tmp_path) == 0


def test_the_same_code_writes_the_same_bytes_in_every_process():
    """Nothing depends on the order of a set or a hash."""
    said = "import hashlib; from schemas.publish import documents; print(hashlib.sha256(repr(documents()).encode()).hexdigest())"
    runs = {
        subprocess.run(
            [sys.executable, "-c", said],
            env=os.environ | {"PYTHONHASHSEED": seed},
            cwd=ROOT,
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(runs) == 1


# JSON Schema


@each
def test_each_schema_is_valid_and_says_who_it_is(message):
    """JSON Schema 2020-12, under an id of its own, with a title and a description."""
    schema = schema_of(message)
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == Draft202012Validator.META_SCHEMA["$id"]
    assert (schema["$id"], schema["title"]) == (f"urn:urban-enforcement:{message.file}.v1", message.name)
    assert schema["description"].strip()


@each
def test_inputs_are_closed_and_outputs_are_open(message):
    """What we are told is refused with an unknown field; what we tell may get more fields, values and kinds."""
    text = json.dumps(schema_of(message))
    objects = text.count('"properties"')
    closed, opened = text.count('"additionalProperties": false'), text.count('"additionalProperties": true')
    later = sum(
        "enum" in part and "anyOf" not in part for part in schema_of(message).get("$defs", {}).values()
    )
    if message.is_input:
        assert (closed, opened) == (objects, 0)
    else:
        assert (closed, opened + text.count('"not": {"enum"')) == (0, objects)
        assert later == 0


# AsyncAPI


def references(part):
    """Every $ref in `part`."""
    if isinstance(part, dict):
        for key, value in part.items():
            if key == "$ref":
                yield value
            yield from references(value)
    elif isinstance(part, list):
        for item in part:
            yield from references(item)


def target(reference):
    """What a reference within the document points to."""
    found = ASYNCAPI
    for step in reference.removeprefix("#/").split("/"):
        found = found[step]
    return found


def test_the_document_is_asyncapi_3_with_all_topics():
    """One channel and one operation per topic, in the order of the topic table."""
    assert ASYNCAPI["asyncapi"] == "3.0.0"
    assert re.fullmatch(r"\d+\.\d+\.\d+", ASYNCAPI["info"]["version"])
    assert list(CHANNELS) == [topic.name for topic in topics.TOPICS]
    assert [
        target(operation["channel"]["$ref"])["address"] for operation in ASYNCAPI["operations"].values()
    ] == list(CHANNELS)


def test_every_reference_leads_somewhere():
    """References within the document and to the schema files beside it."""
    for reference in references(ASYNCAPI):
        if reference.startswith("#/"):
            assert target(reference)
        else:
            assert f"{GENERATED}/{reference.removeprefix('./')}" in documents()


@each_topic
def test_each_channel_says_what_the_topic_table_says(topic):
    """Key, writers and readers, and the broker's settings as they are checked at start."""
    channel = CHANNELS[topic.name]
    assert topic.key in channel["summary"]
    kafka = channel["bindings"]["kafka"]
    assert kafka["topic"] == topic.name
    settings = {
        name: ",".join(value) if isinstance(value, list) else str(value)
        for name, value in kafka["topicConfiguration"].items()
    }
    assert settings == dict(topic.config)
    assert set(channel["messages"]) == {message.name for message in MESSAGES if message.topic == topic.name}


@each_topic
def test_each_operation_is_seen_from_the_pipeline(topic):
    """It receives inputs, and answers them with receipts; it sends the rest, to be read committed only."""
    operation = next(
        operation
        for operation in ASYNCAPI["operations"].values()
        if target(operation["channel"]["$ref"])["address"] == topic.name
    )
    is_input = topic.name in topics.INPUTS
    assert operation["action"] == ("receive" if is_input else "send")
    assert ("reply" in operation) == is_input
    assert ("Read committed only" in CHANNELS[topic.name]["description"]) == (not is_input)


def test_every_reader_is_told_to_read_committed_only():
    """The first thing the document says is the setting without which a reader sees aborted records."""
    assert "isolation.level=read_committed" in ASYNCAPI["info"]["description"]


@each
def test_the_headers_we_write_are_those_we_promise(message):
    """Real headers of a message fit the published schema of its headers, and none is left out."""
    written = {
        name: value.decode()
        for name, value in envelope.headers(message.type, "0:1:2", "2026-11-24T01:00:00Z")
    }
    if message.name == "Assignment":
        written["team"] = "patrol"
    if message.name == "Receipt":
        written["cause"] = "reports.v1:0:1"
    schema = ASYNCAPI["components"]["messages"][message.name]["headers"]
    if not message.is_input:
        Draft202012Validator(schema).validate(written)
        assert set(schema["required"]) == set(written)
    assert schema["properties"]["ce_type"]["const"] == written["ce_type"]


@each
def test_the_headers_that_only_some_records_carry_are_described_and_not_required(message):
    """An entry that touches two cases names the other in a header, a letter that was pushed again the first: who follows must know."""
    on_some = {"JournalEntry": {envelope.ALSO}, "DeadLetter": {RETRY_OF}}
    schema = ASYNCAPI["components"]["messages"][message.name]["headers"]
    if not message.is_input:
        some = set(schema["properties"]) - set(schema["required"])
        assert some == on_some.get(message.name, set())


def test_the_cap_that_is_published_is_the_cap():
    """Senders are told the limit that they meet."""
    assert f"At most {limits.VALUE_BYTES_MAX // 1024} KB" in ASYNCAPI["info"]["description"]


# examples


@pytest.mark.parametrize(
    ("name", "example"), [(name, example) for name, examples in EXAMPLES.items() for example in examples]
)
def test_each_example_is_accepted(name, example):
    """What the documents show can be pushed as it stands, and fits the published schema."""
    message = next(message for message in MESSAGES if message.name == name)
    Draft202012Validator(schema_of(message)).validate(example)
    value = json.dumps(example).encode()
    if name == "Report":
        assert read_report(example["street"].encode(), (), value).source_no == example["source_no"]
    elif name == "DiscardLetter":
        discard = read_discard((), value)
        assert discard is not None
        assert discard.letter == example["letter"]
    elif name == "DutyAction":
        action = read_duty_action(example["street"].encode(), (), value)
        assert action is not None
        assert action.action_id == example["action_id"]
    else:
        assert read_action(example["case_id"][:9].encode(), (), value).action_id == example["action_id"]


def json_blocks(text):
    """The JSON objects that a Markdown text shows: whole blocks, and single lines of any block."""
    for block in re.findall(r"^```\w*\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        for candidate in (block, *block.splitlines(), *re.findall(r"'(\{.*?\})'", block, re.DOTALL)):
            try:
                found = json.loads(candidate)
            except ValueError:
                continue
            if isinstance(found, dict):
                yield found


def misfits(text):
    """The messages shown in a Markdown text that the contracts refuse."""
    found = []
    for shown in json_blocks(text):
        reader = codecs.REPORT if "source_no" in shown else codecs.ACTION if "action_id" in shown else None
        if reader is None:
            continue
        try:
            reader.decode_strictly(json.dumps(shown).encode())
        except BadMessage as error:
            found.append(str(error))
    return found


def test_messages_in_the_readme_are_accepted():
    """Whoever copies a message out of the README can push it."""
    assert misfits((ROOT / "README.md").read_text(encoding="utf-8")) == []


def test_a_wrong_message_in_a_readme_is_found():
    """The check above is not blind."""
    good = json.dumps(EXAMPLES["Report"][0])
    bad = good.replace("12345", "wechat")
    shown = "```json\n{0}\n```\ntext\n```console\n$ enforcement push - <<< '{0}'\n```\n"
    assert misfits(shown.format(good)) == []
    assert set(misfits(shown.format(bad))) == {
        "not_allowed: source; allowed: expected '12345', '12319', 'patrol' or 'monitor'"
    }


# codes


RAISES = ("BadMessage", "BadFile", ".fault")


def raised_codes():
    """Every code that a message can be refused with before it is decided, out of the source."""
    found = {"wrong_type", *codec.CODES.values(), "too_long", "too_short"}
    for file in (*ROOT.glob("schemas/**/*.py"), *ROOT.glob("pipeline/**/*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(RAISES) and node.args:
                choices = (
                    [node.args[0].body, node.args[0].orelse]
                    if isinstance(node.args[0], ast.IfExp)
                    else node.args[:1]
                )
                found |= {str(choice.value) for choice in choices if isinstance(choice, ast.Constant)}
    return found


def test_every_code_is_explained_and_no_other():
    """A sender who meets a code finds it in docs/codes.md, in Chinese and English."""
    assert set(codes.CODES) == raised_codes()
    assert all(all(said) for said in codes.CODES.values())


def test_the_table_of_codes_has_a_line_for_each():
    """What people read is made of the same table."""
    text = documents()["docs/codes.md"]
    assert re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE) == [*codes.CODES, *codes.NOTES]
