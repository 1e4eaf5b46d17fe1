"""Whether today's contracts still serve those who hold an earlier release of them.

    python -m schemas.published.compatibility       list what changed since each release; exit 1 when something breaks

`schemas/released/N/` is a frozen copy of `schemas/generated/`, made once and never edited. A release is made so:
the gate passes, `cp -r schemas/generated schemas/released/N`, and the changes it listed stand in CHANGELOG.md. What
breaks is not done to a message: it becomes a `.v2` beside it.

Who may break, and by what:

- Senders hold the schema of an *input*: all that it allowed must still be allowed. A required field, a narrower
  limit, a value or field less breaks them; a wider one does not.
- Readers hold the schema of an *output*, and the log holds records written by it. Readers break when a field goes,
  may be missing or null, changes its type, or outgrows a limit they stored it by. The log breaks when its records
  no longer fit: a field becomes required, a limit narrower, a value or kind is taken away. So an output's field is
  only ever added, with a default.
- The lists and unions of an output are open: the published schema tells every reader to pass over what it does not
  know. A new value or kind is listed and does not break; it belongs in the changelog. So does a longer array, which
  nobody stores by its length.
- A topic stays, under its name and its key, and its records are kept at least as long.
- Defaults, patterns and formats cannot be called wider or narrower: changing one breaks. Of one pair of patterns it is known:
  order numbers (`WIDENED`) were plain letters and digits, and are text of the same length now.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple

import yaml

from schemas.publish import ROOT
from schemas.published import asyncapi
from schemas.published.messages import LATER, MESSAGES, Node, json_schema
from schemas.values import order_number, text

RELEASED: Final = "schemas/released"
_WIDER_WHEN_MORE: Final = ("maxLength", "maximum", "maxItems", "exclusiveMaximum")
_WIDER_WHEN_LESS: Final = ("minLength", "minimum", "minItems", "exclusiveMinimum")
_UNORDERED: Final = ("pattern", "format", "multipleOf", "uniqueItems")

WIDENED: Final = (text.IDENTIFIER_PATTERN, order_number.PATTERN)
"""The second takes all that the first takes, and nothing longer: who sends, keeps or reads such text goes on doing so."""


class ContractChange(NamedTuple):
    """One difference. `breaks` names whom: senders, readers, log, or nobody (empty)."""

    path: str
    what: str
    breaks: str = ""

    def __str__(self) -> str:
        return f"{self.path}: {self.what}" + (f" (breaks {self.breaks})" if self.breaks else "")


class Parties(NamedTuple):
    """Who breaks when less is allowed than before, and who when more is; empty: nobody."""

    by_less: str
    by_more: str

    @property
    def by_any(self) -> str:
        """Who breaks by a change that is neither less nor more."""
        return self.by_more or self.by_less


_INPUT: Final = Parties(by_less="senders", by_more="")
_OUTPUT: Final = Parties(by_less="log", by_more="readers")


class _Shape(NamedTuple):
    """A schema with its references followed: its arms by what tells them apart (a type, or a union's tag)."""

    arms: Mapping[str, Node]
    root: Node
    is_open: bool


def compare(old: Node, new: Node, *, is_input: bool) -> list[ContractChange]:
    """All differences between two schemas of one message, in the order of the older one."""
    return list(_compare("", _shape(old, old), _shape(new, new), _INPUT if is_input else _OUTPUT))


def changes_since(release: Path) -> list[ContractChange]:
    """All differences between the messages of `release` and those of the code."""
    today = {f"{message.file}.schema.json": message for message in MESSAGES}
    changes: list[ContractChange] = []
    for file in sorted(release.glob("*.schema.json")):
        message = today.pop(file.name, None)
        if message is None:
            changes.append(
                ContractChange(file.name.removesuffix(".schema.json"), "message removed", "everybody")
            )
            continue
        old: Node = json.loads(file.read_text(encoding="utf-8"))
        changes += [
            change._replace(path=f"{message.name}{change.path}")
            for change in compare(old, json_schema(message), is_input=message.is_input)
        ]
    changes += [ContractChange(message.name, "message added") for message in today.values()]
    released = yaml.safe_load((release / "asyncapi.yaml").read_text(encoding="utf-8"))
    return changes + compare_topics(released, asyncapi.document())


def compare_topics(old: Node, new: Node) -> list[ContractChange]:
    """What became of the topics between two AsyncAPI documents: gone, keyed otherwise, or kept otherwise."""
    before, after = _topics(old), _topics(new)
    changes = [ContractChange(name, "topic added") for name in after if name not in before]
    for name, facts in before.items():
        if name not in after:
            changes.append(ContractChange(name, "topic removed", "everybody"))
            continue
        for fact, value in facts.items():
            now = after[name].get(fact)
            if now != value:
                longer = fact == "retention.ms" and _is_wider("maximum", _forever(value), _forever(now))
                changes.append(
                    ContractChange(name, f"{fact} {value} is now {now}", "" if longer else "everybody")
                )
    return changes


def _topics(document: Node) -> Mapping[str, Mapping[str, object]]:
    """By address: the key and how records are kept."""
    channels = json.loads(json.dumps(document["channels"]))
    return {
        channel["address"]: {
            "key": channel["summary"].partition(".")[0],
            "cleanup.policy": channel["bindings"]["kafka"]["topicConfiguration"]["cleanup.policy"],
            "retention.ms": channel["bindings"]["kafka"]["topicConfiguration"].get("retention.ms"),
        }
        for channel in channels.values()
    }


def _forever(kept_ms: object) -> object:
    """No limit is none: -1, or not said."""
    return None if kept_ms == -1 else kept_ms


def releases(root: Path) -> list[Path]:
    """The folders of all releases, oldest first."""
    return sorted((root / RELEASED).iterdir(), key=lambda folder: int(folder.name))


def _compare(path: str, old: _Shape, new: _Shape, who: Parties) -> Iterator[ContractChange]:
    if old.is_open and not new.is_open:
        yield ContractChange(path, "no longer open to later values", who.by_any)
    for name, arm in old.arms.items():
        where = f"{path}<{name}>" if "=" in name else path
        if name in new.arms:
            yield from _values_changed(where, arm, new.arms[name], who, new.is_open)
            yield from _limits_changed(where, arm, new.arms[name], who)
            yield from _fields_changed(where, old._replace(arms={name: arm}), new, name, who)
        else:
            yield ContractChange(where, f"{name} no longer allowed", who.by_less)
    for name in new.arms:
        if name not in old.arms:
            yield ContractChange(
                path, f"{name} allowed too", "" if "=" in name and new.is_open else who.by_more
            )


def _values_changed(path: str, old: Node, new: Node, who: Parties, is_open: bool) -> Iterator[ContractChange]:
    before, after = _values(old), _values(new)
    gone = [value for value in before if value not in after] if after else []
    if gone or (after and not before):
        yield ContractChange(path, f"values gone: {', '.join(gone) or 'all others'}", who.by_less)
    added = [value for value in after if value not in before] if before else []
    if added or (before and not after):
        yield ContractChange(
            path, f"values added: {', '.join(added) or 'any'}", "" if is_open else who.by_more
        )


def _limits_changed(path: str, old: Node, new: Node, who: Parties) -> Iterator[ContractChange]:
    for limit in (*_WIDER_WHEN_MORE, *_WIDER_WHEN_LESS):
        before, after = old.get(limit), new.get(limit)
        if before != after:
            by_more = "" if limit == "maxItems" else who.by_more
            breaks = by_more if _is_wider(limit, before, after) else who.by_less
            yield ContractChange(path, f"{limit} {before} is now {after}", breaks)
    for key in _UNORDERED:
        if old.get(key) != new.get(key):
            is_widened = (old.get(key), new.get(key)) == WIDENED
            what = f"{key} {old.get(key)} is now {new.get(key)}"
            yield ContractChange(path, what, "" if is_widened else who.by_any)
    if old.get("additionalProperties", True) is not False and new.get("additionalProperties") is False:
        yield ContractChange(path, "unknown fields are no longer allowed", who.by_less)


def _is_wider(limit: str, before: object, after: object) -> bool:
    if after is None or before is None:
        return after is None
    more = float(str(after)) > float(str(before))
    return more if limit in _WIDER_WHEN_MORE else not more


def _fields_changed(path: str, old: _Shape, new: _Shape, arm: str, who: Parties) -> Iterator[ContractChange]:
    before, after = old.arms[arm], new.arms[arm]
    fields, now_fields = _fields(before), _fields(after)
    for name, field in fields.items():
        where = f"{path}.{name}"
        if name not in now_fields:
            yield ContractChange(where, "field removed", who.by_any)
            continue
        was, now = name in _required(before), name in _required(after)
        if was != now:
            yield ContractChange(
                where, "now required" if now else "no longer required", who.by_less if now else who.by_more
            )
        is_new_default = (
            was and not now and "default" not in field
        )  # nobody left it out, so nobody counts on it
        if not is_new_default and field.get("default", _NONE) != now_fields[name].get("default", _NONE):
            yield ContractChange(where, "another default", who.by_any)
        yield from _compare(where, _shape(field, old.root), _shape(now_fields[name], new.root), who)
    for name in now_fields:
        if name not in fields:
            required = name in _required(after)
            yield ContractChange(
                f"{path}.{name}",
                f"field added{', required' if required else ''}",
                who.by_less if required else "",
            )
    items, now_items = before.get("items"), after.get("items")
    if isinstance(items, dict) and isinstance(now_items, dict):
        yield from _compare(f"{path}[]", _shape(items, old.root), _shape(now_items, new.root), who)


def _shape(schema: Node, root: Node) -> _Shape:
    arms = list(_arms(schema, root))
    known = {_name(arm): arm for arm in arms if not _is_later(arm)}
    return _Shape(known, root, is_open=any(map(_is_later, arms)))


def _arms(schema: Node, root: Node) -> Iterator[Node]:
    schema = _resolved(schema, root)
    choices = schema.get("anyOf") or schema.get("oneOf")
    if isinstance(choices, list):
        for choice in choices:
            yield from _arms(choice, root)
    else:
        yield schema


def _resolved(schema: Node, root: Node) -> Node:
    definitions = root.get("$defs")
    reference = schema.get("$ref")
    if isinstance(reference, str) and isinstance(definitions, dict):
        return _resolved(definitions[reference.removeprefix("#/$defs/")], root)
    return schema


def _is_later(arm: Node) -> bool:
    return str(arm.get("description", "")).startswith(LATER)


def _name(arm: Node) -> str:
    tags = [f"{name}={field['const']}" for name, field in _fields(arm).items() if "const" in field]
    return tags[0] if tags else str(arm.get("type"))


def _fields(arm: Node) -> Mapping[str, Node]:
    properties = arm.get("properties")
    return properties if isinstance(properties, dict) else {}


def _values(arm: Node) -> list[str]:
    """The values allowed, each as JSON; empty where any is."""
    listed = [arm["const"]] if "const" in arm else arm.get("enum")
    return [json.dumps(value) for value in listed] if isinstance(listed, list) else []


def _required(arm: Node) -> list[str]:
    names = arm.get("required")
    return names if isinstance(names, list) else []


_NONE: Final = object()


def main() -> int:
    """The command line; its exit code."""
    breaking = False
    for release in releases(ROOT):
        changes = changes_since(release)
        breaking = breaking or any(change.breaks for change in changes)
        sys.stdout.writelines(f"since {release.name}: {change}\n" for change in changes)
    return 1 if breaking else 0


if __name__ == "__main__":
    raise SystemExit(main())
