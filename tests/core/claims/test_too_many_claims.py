"""A team claims (领单) no more than it deals with: so many may be unfinished, the next is refused with the count."""

from dataclasses import replace

import pytest

from tests.core.story import RULES, STREET, Story

FEW = replace(RULES, policy=replace(RULES.policy, claims_open_max=2))


def team(name: str) -> dict[str, str]:
    """Somebody of it."""
    return {"id": "O1", "role": "team", "team": name}


def offered(story: Story, number: int) -> Story:
    """A find somewhere else, for whoever claims it."""
    place = {"address": f"兴华街{2 * number + 1}号", "grid": f"{STREET}001001"}
    return story.report(source="patrol", caller=None, place=place).wait(minutes=1)


def with_two_claims() -> Story:
    """The matter's own team has two, and there is a third find."""
    story = Story(FEW)
    for number in (2, 3):
        offered(story, number).act("claim", actor=team("city-appearance"))
        assert story.answer == "accepted"
    return offered(story, 4)


def test_a_team_with_too_many_unfinished_claims_is_refused_with_the_count():
    """The receipt says how many there are, how many there may be, and what to do."""
    story = with_two_claims().act("claim", actor=team("city-appearance"))
    assert story.answer == "too_many_claims"
    assert story.last.receipts[0].allowed == "2 unfinished, at most 2; deal with or return one of them first"


def test_another_team_may_claim_what_one_may_not():
    """It is counted by team."""
    story = with_two_claims()
    other = next(name for name in story.case.task.offered_to if name != "city-appearance")
    assert story.act("claim", actor=team(other)).answer == "accepted"


@pytest.mark.parametrize(
    "then",
    [
        pytest.param(("sign", "arrive", "dispose"), id="dealt with"),
        pytest.param(("return",), id="returned"),
        pytest.param(("sign", "suspend"), id="at rest"),
        pytest.param(("void",), id="voided"),
    ],
)
def test_whoever_has_no_longer_to_deal_with_one_may_claim_the_next(then):
    """Dealt with, given back, resting or over: it is counted no more."""
    story = Story(FEW)
    offered(story, 2).act("claim", actor=team("city-appearance"))
    offered(story, 3).act("claim", actor=team("city-appearance")).path(*then)
    assert story.answer == "accepted"
    offered(story, 4).act("claim", actor=team("city-appearance"))
    assert story.answer == "accepted"


def test_a_lapsed_claim_is_counted_no_more():
    """Both have lapsed: the team may claim again."""
    story = with_two_claims().wait(days=2)
    offered(story, 5).act("claim", actor=team("city-appearance"))
    assert story.answer == "accepted"


def test_another_worker_counts_the_same():
    """It follows from the state alone."""
    story = with_two_claims().restart().act("claim", actor=team("city-appearance"))
    assert story.answer == "too_many_claims"


def test_a_policy_without_a_limit_lets_any_number_be_claimed():
    """As it was before there was one, and a claim without a lease holds for good."""
    story = Story(replace(RULES, policy=replace(RULES.policy, claims_open_max=None, claim_lease=None)))
    for number in range((RULES.policy.claims_open_max or 0) + 1):
        offered(story, number).act("claim", actor=team("city-appearance"))
        assert story.answer == "accepted"
    story.wait(days=9)
    assert not story.case.lapsed_claims
    assert story.case.task.team == "city-appearance"
