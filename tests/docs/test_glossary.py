"""`docs/glossary.md`: no code that people see is without its words."""

import re
from collections.abc import Iterator

from deploy.glossary_page import LISTS, PAGE
from deploy.glossary_words import words
from pipeline.words.field_words import Lang
from schemas.values import penalty_terms, terms, update_terms
from schemas.values.terms import Term
from tests.deploy.tools import ROOT

CHINESE = re.compile("[\u4e00-\u9fff]")


def closed_lists() -> Iterator[type[Term]]:
    """Every closed list of the contracts."""
    for module in (terms, penalty_terms, update_terms):
        for kind in vars(module).values():
            if isinstance(kind, type) and issubclass(kind, Term) and kind is not Term:
                yield kind


def test_every_code_of_every_closed_list_has_its_words():
    """A new stage, source, clock or reason cannot come without Chinese and English."""
    shown = {(type(term), term.value) for terms in LISTS for term in terms.words}
    wanted = {(kind, term.value) for kind in closed_lists() for term in kind}
    assert wanted - shown == set()
    each = [both for terms in LISTS for both in terms.words.values()]
    assert all(CHINESE.search(both[Lang.ZH]) and both[Lang.EN] for both in each)


def test_every_word_has_its_chinese_and_its_meaning():
    """Three cells each, and no word in two tables."""
    rows = [row for _, table in words() for row in table]
    assert all(len(row) == 3 and all(row) and CHINESE.search(row[1]) for row in rows)
    assert len({row[0] for row in rows}) == len(rows)


def test_every_action_is_on_the_page():
    """With Chinese beside it."""
    page = (ROOT / PAGE).read_text("utf-8")
    actions = page.partition("## Actions")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` \| (.+?) \|", actions, re.MULTILINE)
    assert len(rows) > 20
    assert all(CHINESE.search(chinese) for _, chinese in rows)
