"""The rules of the field, read from `rules/` into the core's values: `sheet` reads a file, the `*_tables` modules define its fields,
`checks` compares the files, `book` puts them together."""

from pipeline.rulebook.book import RULES_DIR, load_rules
from pipeline.rulebook.sheet import BadRules, Problem

__all__ = ["RULES_DIR", "BadRules", "Problem", "load_rules"]
