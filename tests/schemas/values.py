"""Random messages, drawn from the JSON Schema that others get to see: what it allows, the code must read."""

import json
import re
import string
from datetime import UTC, date, datetime
from functools import cache

from hypothesis import strategies as st

from schemas.published.messages import LATER, json_schema

WRITTEN = string.ascii_letters + string.digits + " \n\t王测试街道吵,。(é☆😀\u200b\u202e\u00ad\u2028\u3000"
FIRST, LAST = datetime.fromisoformat("2000-01-01"), datetime.fromisoformat("2100-12-31")
MOMENTS = st.datetimes(FIRST, LAST, timezones=st.just(UTC))
LIST_MAX = 2


@cache
def schema_of(message):
    """The published schema."""
    return json_schema(message)


@cache
def messages(message):
    """Texts of JSON that are a `message`."""
    schema = schema_of(message)
    return values(schema, schema).map(lambda content: json.dumps(content, ensure_ascii=False).encode())


def values(schema, root):
    """Whatever `schema` allows, lists kept short."""
    if "$ref" in schema:
        return values(root["$defs"][schema["$ref"].removeprefix("#/$defs/")], root)
    for several in ("anyOf", "oneOf"):
        if several in schema:
            arms = [arm for arm in schema[several] if not arm.get("description", "").startswith(LATER)]
            return st.one_of([values(arm, root) for arm in arms])
    if "const" in schema:
        return st.just(schema["const"])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    return KINDS[schema["type"]](schema, root)


def _text(schema, _):
    if "pattern" in schema:
        pattern = schema["pattern"].removeprefix("^").removesuffix("$")
        other = re.compile(schema.get("not", {"pattern": "(?!)"})["pattern"], re.IGNORECASE)
        return st.from_regex(rf"\A(?:{pattern})\Z", alphabet=st.characters(max_codepoint=127)).filter(
            lambda text: len(text) <= schema.get("maxLength", len(text)) and not other.search(text)
        )
    if schema.get("format") == "date-time":
        return MOMENTS.map(datetime.isoformat)
    if schema.get("format") == "date":
        return st.dates(FIRST.date(), LAST.date()).map(date.isoformat)
    least, most = schema.get("minLength", 0), min(schema["maxLength"], 40)
    return st.text(WRITTEN, max_size=most).filter(
        lambda text: len(text.strip(" \n\t\u3000\u2028\u200b\u202e\u00ad")) >= least
    )


def _number(schema, _):
    return st.floats(schema["minimum"], schema["maximum"], allow_subnormal=True)


def _whole(schema, _):
    return st.integers(schema["minimum"], schema.get("maximum", 2**62))


def _list(schema, root):
    sizes = {"min_size": schema.get("minItems", 0), "max_size": min(schema["maxItems"], LIST_MAX)}
    return st.lists(values(schema["items"], root), **sizes)


def _object(schema, root):
    fields = {name: values(field, root) for name, field in schema["properties"].items()}
    required = {name: fields.pop(name) for name in schema.get("required", ())}
    return st.fixed_dictionaries(required, optional=fields)


KINDS = {
    "string": _text,
    "number": _number,
    "integer": _whole,
    "array": _list,
    "object": _object,
    "boolean": lambda _, __: st.booleans(),
    "null": lambda _, __: st.none(),
}
