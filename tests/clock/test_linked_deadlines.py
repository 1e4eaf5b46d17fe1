"""What moves one deadline of a case moves all that hang on it, and the auditor says which were left: other rules, joint enforcement."""

from datetime import timedelta

from pipeline.core.worktime.policy import span_of
from schemas.values.terms import ClockKind, Severity
from tests.audit.faults.faults_of_cases import without_clocks
from tests.audit.logs import MemoryLog, audited, story_log
from tests.audit.spoiling import at as entry_at
from tests.audit.spoiling import edit_entry, entry
from tests.core.clocks.test_changed_rules import restored, rules_with
from tests.core.clocks.test_clock import story_at
from tests.core.story import RULES, Story

BEFORE = rules_with(
    steps={
        **RULES.services[0].steps,
        Severity.P3: {
            **RULES.services[0].steps[Severity.P3],
            ClockKind.PARTNER_RESPOND: span_of("3 work_hours"),
        },
    }
)


def joint_and_suspended() -> Story:
    """Partners were asked for under a longer limit, and the case rests when the worker starts with the rules at hand."""
    story = story_at("11-24 08:58", BEFORE).path("digging", "sign", "arrive").act("whistle").act("decide")
    assert story.case.facts.severity is Severity.P3
    until = (story.now + timedelta(days=2)).isoformat()
    story.wait(hours=1).act("suspend", until=until).act("decide")
    return restored(story, RULES).wait(seconds=1)


def left_behind(log: MemoryLog, index: int, kind: ClockKind) -> list[str]:
    """The clocks that the auditor names when the entry says nothing of those of a kind."""
    edit_entry(log, index, events=tuple(without_clocks(entry(log, index).events, kind)))
    found = [one for one in audited(log, replayed=False).kept if one.code == "linked_left_behind"]
    return [str(one.words["clocks"]) for one in found]


def test_other_rules_hold_for_every_clock_of_a_case_that_rests():
    """The partners' clocks stand with the case and have the new limit too; one that kept the old one is found."""
    log = story_log(joint_and_suspended())
    assert audited(log, replayed=False).kept == []
    index = entry_at(log, "clocks_changed", "timer_fired")
    assert entry(log, index).cause.timer.value == "rules_changed"
    names = "partner_respond sanitation, partner_respond traffic_police"
    assert left_behind(log, index, ClockKind.PARTNER_RESPOND) == [names]


def test_joint_enforcement_is_time_of_the_whole_case():
    """Its limit is added to the whole case; where it was not, the auditor says so."""
    log = story_log(story_at("11-24 08:58").path("digging", "sign", "arrive", "whistle"))
    assert audited(log).kept == []
    assert left_behind(log, entry_at(log, "joint_started"), ClockKind.WHOLE) == ["whole"]
