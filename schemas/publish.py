"""Writes what others read about the contracts, made from the code: JSON Schema, AsyncAPI, and the table of codes.

    python -m schemas.publish            write what has changed
    python -m schemas.publish --check    write nothing; name what is stale, and then exit with 1

The same code always writes the same bytes. How the JSON Schemas are modelled is said in `schemas.published.messages`, how a
release of them is made in `schemas.published.compatibility`.
"""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import yaml

from schemas import codes
from schemas.published import asyncapi
from schemas.published.messages import MESSAGES, json_schema

ROOT: Final = Path(__file__).resolve().parents[1]
GENERATED: Final = "schemas/generated"
_HEAD: Final = "# Made by `python -m schemas.publish`: do not edit.\n"


def documents() -> Mapping[str, str]:
    """Everything that is written: path within the project to text."""
    made = {f"{GENERATED}/{message.file}.schema.json": as_json(json_schema(message)) for message in MESSAGES}
    made[f"{GENERATED}/asyncapi.yaml"] = _HEAD + as_yaml(asyncapi.document())
    made["docs/codes.md"] = codes.as_markdown()
    return made


def stale(root: Path) -> list[str]:
    """Paths under `root` that are missing, differ, or are no longer made, sorted."""
    made = documents()
    differing = [
        path for path, text in made.items() if not (root / path).is_file() or _read(root / path) != text
    ]
    there = [file.relative_to(root).as_posix() for file in (root / GENERATED).glob("*")]
    return sorted(differing + [path for path in there if path not in made])


def write(root: Path) -> list[str]:
    """Bring `root` up to date; the paths that changed."""
    changed, made = stale(root), documents()
    for path in changed:
        file = root / path
        if path in made:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(made[path], encoding="utf-8", newline="\n")
        else:
            file.unlink()
    return changed


def as_json(content: object) -> str:
    """`content` as indented JSON that people can compare line by line."""
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


class _Block(yaml.SafeDumper):
    """Writes text of several lines as a block, and every list anew instead of by anchor."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


_Block.add_representer(str, _text)


def as_yaml(content: object) -> str:
    """`content` as YAML, in the order given."""
    return yaml.dump(content, Dumper=_Block, sort_keys=False, allow_unicode=True, width=110)


def _read(file: Path) -> str:
    return file.read_bytes().decode(errors="replace")


def main(arguments: Sequence[str] | None = None, root: Path = ROOT) -> int:
    """The command line; its exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m schemas.publish", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when something is stale")
    if parser.parse_args(arguments).check:
        names = stale(root)
        sys.stdout.writelines(f"stale: {name}\n" for name in names)
        return 1 if names else 0
    sys.stdout.writelines(f"written: {name}\n" for name in write(root))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
