"""Orders to correct told as stories, for logs in which everything happens: obeyed, extended and disobeyed, released."""

from tests.core.proceedings import taken
from tests.core.story import Story


def ordered_to_correct(story: Story) -> None:
    """One party obeys before its date; one is given more time, disobeys and pays a fine; of one nothing more is asked."""
    story.report(place={"address": "学苑街51号"}, caller=None).path("sign", "arrive", "order_correction")
    story.wait(days=1).path("reinspect", "dispose")
    story.report(place={"address": "学苑街52号"}, caller=None).path("sign", "arrive", "order_correction")
    story.act("extend_correction").wait(days=6).act("reinspect", result="disobeyed")
    taken(story, "simple_decided served paid").path("dispose").wait(days=1).act("reinspect")
    taken(story, "archived")
    story.report(place={"address": "学苑街53号"}, caller=None).path("sign", "arrive", "order_correction")
    story.wait(days=3).act("reinspect", result="disobeyed").act("release_correction").path("dispose")


def done_instead(story: Story) -> None:
    """What was dumped is cleared at once, and later after a demand; a lamp in its owner's stead; costs recovered and given up."""
    story.report(place={"address": "学苑街56号"}, matter="SR-013", caller=None).path("sign", "arrive")
    story.act("act_instead").act("claim_costs").act("claim_costs", costs="recovered")
    demanded = {"demanded_at": story.now.isoformat(), "paper": "代决〔2026〕1号", "present": "O1"}
    story.wait(days=4).act("act_instead", ground="after_demand", **demanded)
    story.act("claim_costs", costs="given_up", note="当事人无力承担")
    story.report(place={"address": "学苑街57号"}, matter="SZ-003", caller=None)
    story.act("act_instead", ground="owner", unit="pipeline-owner", party=None, told=False)
