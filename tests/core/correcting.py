"""Orders to correct told as stories, for logs in which everything happens: obeyed, extended and disobeyed, released."""

from tests.core.proceedings import taken
from tests.core.story import Story


def ordered_to_correct(story: Story) -> None:
    """One party obeys before its date; one is given more time, disobeys and pays a fine; of one nothing more is asked."""
    story.report(place={"address": "学苑街51号"}, caller=None).path("sign", "arrive", "order_correction")
    story.wait(days=1).path("reinspect", "dispose")
    story.report(place={"address": "学苑街52号"}, caller=None).path("sign", "arrive", "order_correction")
    story.act("extend_correction").wait(days=6).act("reinspect", result="disobeyed")
    taken(story, "simple_decided served paid archived")
    story.path("dispose")
    story.report(place={"address": "学苑街53号"}, caller=None).path("sign", "arrive", "order_correction")
    story.wait(days=3).act("reinspect", result="disobeyed").act("release_correction").path("dispose")
