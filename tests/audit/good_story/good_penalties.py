"""Penalty procedures of the good log, each as it should be."""

from tests.core.proceedings import NOTICE_5000, ORDER, Said, Steps, taken
from tests.core.story import Story

CONTESTED: Steps = [
    *NOTICE_5000,
    *((step, {}) for step in ("hearing_requested", "hearing_notified", "hearing_withdrawn", "reviewed")),
    ("decided", {"fine_yuan": 5000}),
    *((step, {}) for step in ("served", "payment_deferred", "instalment_paid", "reconsideration_filed")),
    ("reconsideration_ended", {"outcome": "changed", "fine_yuan": 4000}),
    *((step, {}) for step in ("served", "suit_filed", "suit_ended", "paid")),
]
"""A hearing that was asked for after all was not wanted; more time to pay, a reconsideration, and a suit."""


def elsewhere(number: int) -> dict[str, object]:
    """A place where nothing was reported yet."""
    return {"address": f"学苑街{number}号"}


def seized(story: Story) -> None:
    """Things are seized, tested until the party was told, kept longer, given back, and others seized again; the fine is contested."""
    story.report(place=elsewhere(18), matter="SC-003", caller=None).path("sign", "arrive")
    taken(story, "clue begun testing")
    story.wait(days=6)
    taken(story, "extended ended begun")
    taken(story, CONTESTED)


def pulled_down(story: Story) -> None:
    """One owner obeys, another does not: announced, lost before the court, ordered and pulled down by force."""
    for number, beside in ((33, ()), (34, ("announced", "suit_filed", "suit_ended"))):
        story.report(place=elsewhere(number), matter="WJ-003", source="patrol", caller=None)
        story.path(*(("claim",) if story.stage.value == "offered" else ()), "sign", "arrive")
        taken(story, [*ORDER, *((step, {}) for step in beside)])
        if beside:
            story.wait(days=7)
            taken(story, [("enforced", {"emergency": True})])
        taken(story, "archived")


def spared_and_published(story: Story) -> None:
    """What may be a crime goes to the police; of two decisions that were published one is revoked, the other is late."""
    story.report(place=elsewhere(31), caller=None).path("sign", "arrive")
    taken(story, [("clue", {}), ("recused", {}), ("crime_suspected", {}), ("crime_decided", {"crime": True})])
    taken(story, "transferred archived")
    public: Steps = [("simple_decided", {"public": True}), ("served", {})]
    story.report(place=elsewhere(32), caller=None).path("sign", "arrive")
    taken(story, [*public, ("published", {}), ("reconsideration_filed", {})])
    taken(story, [("reconsideration_ended", {"outcome": "revoked"}), ("unpublished", {}), ("archived", {})])
    taken(story.report(place=elsewhere(33), caller=None).path("sign", "arrive"), public)


def decided_again(story: Story) -> None:
    """One file is sent back, and announced anew; another is revoked after it was paid and published, and decided anew, then changed."""
    offered: Said = {"fine_yuan": 5000, "hearing_offered": True}
    story.report(place=elsewhere(35), caller=None).path("sign", "arrive")
    taken(
        story,
        [("filed", {}), ("investigated", {}), ("noticed", offered), ("sent_back", {}), ("investigated", {})],
    )
    taken(
        story,
        [("noticed", offered), ("hearing_requested", {}), ("noticed", offered), ("hearing_withdrawn", {})],
    )
    taken(story, [("reviewed", {}), ("decided", {"fine_yuan": 5000}), ("served", {})])
    story.report(place=elsewhere(36), caller=None).path("sign", "arrive")
    ordinary: list[tuple[str, Said]] = [(step, {}) for step in ("investigated", "noticed", "reviewed")]
    decided: tuple[str, Said] = ("decided", {"public": True})
    taken(
        story,
        [
            ("filed", {}),
            *ordinary,
            decided,
            ("served", {}),
            ("published", {}),
            ("paid", {}),
            ("suit_filed", {}),
        ],
    )
    taken(
        story, [("suit_ended", {"outcome": "revoked", "remake": True}), ("unpublished", {}), ("refunded", {})]
    )
    taken(
        story, [("reopened", {}), *ordinary, ("decided", {}), ("served", {}), ("changed", {}), ("served", {})]
    )
    taken(story, "paid archived")
