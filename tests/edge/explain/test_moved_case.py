"""What `enforcement case` and a receipt say of a case that went to another street (跨街道移交)."""

import pytest

from pipeline.edge.commands.case_command import story
from pipeline.edge.commands.receipt_text import as_line
from pipeline.words.field_words import Lang
from schemas import topics
from tests.core.story import STREET, Story


@pytest.mark.parametrize(
    ("lang", "to", "since"), [(Lang.EN, "moved to", "moved from"), (Lang.ZH, "移交至", "移交自")]
)
def test_both_ends_say_where_the_other_is(lang: Lang, to: str, since: str):
    """The first street's case names the second's, and the other way round; so does the answer to the order pushed again."""
    tale = Story().report().act("move")
    here = tale.case
    tale.hand_on()
    assert f"{to}: {tale.case_id}" in "\n".join(story(here, tale.now, lang))
    assert f"{since}: {here.case_id}" in "\n".join(story(tale.case, tale.now, lang))
    tale.push_bytes(topics.REPORTS, STREET.encode(), tale.pushed[0][0].value)
    assert f"{to} {tale.case_id}" in as_line(tale.last.receipts[0], lang)
