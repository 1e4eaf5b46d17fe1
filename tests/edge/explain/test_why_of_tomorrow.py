"""What `why` says of a case that a wrong clock opened tomorrow, and that goes on today."""

import pytest

from pipeline.edge.explain.clock_account_rows import IntervalState
from pipeline.edge.explain.why_text import lines
from pipeline.words.field_words import Lang
from schemas.values.terms import ClockKind
from tests.core.story import Story
from tests.edge.explain.test_why import entries, explained, row


def test_a_case_opened_tomorrow_is_explained_today():
    """Its history is whole, a clock that has not begun yet has no interval, and one that has been stopped ran for no time."""
    story = Story().report().set_back(days=1).path("sign", "arrive")
    account = explained(entries(story), story.rules, story.now)
    assert account.opened_at > account.at
    assert account.stage.value == "arrived"
    assert row(account, ClockKind.DISPOSE).intervals == ()
    sign = row(account, ClockKind.SIGN)
    assert all(interval.own_s == 0 for interval in sign.intervals if interval.state is IntervalState.RAN)


@pytest.mark.parametrize("lang", list(Lang))
def test_it_is_told_in_both_languages(lang: Lang):
    """Also with a halt of tomorrow, and another one today."""
    story = Story().path("report", "sign", "arrive")
    story.act("suspend").act("decide").wait(hours=30).act("resume")
    story.set_back(hours=24).act("suspend").act("decide").wait(hours=1)
    told = "\n".join(lines(explained(entries(story), story.rules, story.now), story.rules, lang))
    assert "2026-11-25" in told
    assert "-1 " not in told
