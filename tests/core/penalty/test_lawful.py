"""Whatever is asked for, only lawful procedures come about."""

from datetime import datetime

import chinese_calendar
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import structs

from pipeline.core.penalty.allowed_facts import FACTS
from pipeline.core.penalty.penalty_procedure import possible
from pipeline.core.rules.refusals import MEANINGS
from pipeline.core.worktime.office_hours import SHANGHAI
from schemas.state.penalty import PenaltyFacts, PenaltyRecord
from schemas.values.terms import PenaltyStep
from tests.core.proceedings import (
    on_site,
    take,
)

CHOICES: dict[str, list[object]] = {
    "officers": [[], ["W0931"], ["W0931", "L01"]],
    "party": ["citizen", "legal_person"],
    "fine_yuan": [0, 100, 200, 201, 3000, 3001, 5000, 60_000],
    "collected_on_spot_yuan": [0, 50, 100, 150],
    "host": ["W0931", "W0940"],
    "approved_by": ["W0931", "L01", "L09"],
    "outcome": ["upheld", "changed", "revoked"],
    "reviewer": ["W0931", "L01"],
    "ground": ["minor", "first_minor", "no_fault", "not_established"],
    "harm": ["none", "slight", "serious"],
    "kinds": [[], ["warning"], ["business_closed"], ["licence_suspended"]],
    "confiscated_yuan": [0, 6000],
    "committed_at": ["2021-12-01T09:00:00+08:00", "2024-01-12T09:00:00+08:00"],
    "disposal": ["returned", "confiscated"],
    "evidence": [[]],
    **{field.name: [True, False] for field in structs.fields(PenaltyFacts) if field.type == (bool | None)},
}
SAYING = st.lists(
    st.sampled_from([(name, value) for name, values in CHOICES.items() for value in values]), max_size=4
).map(dict)
ENDING = {PenaltyStep.NO_PENALTY, PenaltyStep.TRANSFERRED, PenaltyStep.ARCHIVED}
STEPS = st.lists(
    st.tuples(
        st.sampled_from([False, False, False, True]),
        st.integers(0, 1000),
        SAYING,
        st.sampled_from([1, 1, 1, 700, 1440, 6000, 20_000]),
    ),
    min_size=10,
    max_size=40,
)
"""Whether any step is asked for or one that goes on, which, what is said, and how many minutes later."""


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    STEPS,
    st.sampled_from(["SR-001", "SR-008", "SZ-002", "WJ-001", "HB-006"]),
    st.sampled_from(["12345", "monitor"]),
)
def test_whatever_is_asked_for_only_lawful_procedures_come_about(steps, matter, source):
    """Random steps with random things said: each is taken or refused with a code, and what was taken keeps to the law."""
    story = on_site("01-12 09:00", matter=matter, source=source)
    for wild, number, facts, minutes in steps:
        story.wait(minutes=minutes)
        following = possible(story.case.penalty)
        some = list(PenaltyStep) if wild else sorted(following - ENDING) or sorted(ENDING)
        step = some[number % len(some)]
        before = story.state()
        code = take(
            story,
            step.value,
            {name: what for name, what in facts.items() if name in (*FACTS[step], "evidence")},
        )
        assert code == "accepted" or (code in MEANINGS and story.state() == before)
    cases = [case for case in story.core.cases() if case.penalty]
    for records in (case.penalty.records for case in cases):
        for number, record in enumerate(records, start=1):
            if record.step.value in JUDGED:
                lawful(matter, source, rests_on(records[:number]))
                in_time(records[:number])
        given_back(records)


JUDGED = {"decided", "simple_decided", "enforced", "no_penalty", "archived"}


def rests_on(records: tuple[PenaltyRecord, ...]) -> dict[str, PenaltyRecord]:
    """What the last step rests on, by name: without what a later notice, supplement or order to decide anew has made an end of."""
    names = [record.step.value for record in records]
    since = {
        name: len(names) - names[::-1].index(name) - 1
        for name in ("noticed", "sent_back", "reopened")
        if name in names
    }
    hearing = ("hearing_withdrawn", "hearing_notified", "heard", "reviewed")
    done = {}
    for number, (name, record) in enumerate(zip(names, records, strict=True)):
        told = max(since.get("noticed", -1), since.get("sent_back", -1)) if name in hearing else -1
        before = since.get("sent_back", -1) if name == "noticed" else -1
        kept = ("clue", "filed", "investigated", "recused", "crime_suspected", "crime_decided")
        anew = -1 if name in kept else since.get("reopened", -1)
        if number >= max(told, before, anew):
            done[name] = record
    return done


def given_back(records: tuple[PenaltyRecord, ...]) -> None:
    """A file that is closed keeps no money of the party's, and nothing is served, paid or forced once its decision is revoked."""
    revoked = False
    for record in records:
        name, facts = record.step.value, record.facts or PenaltyFacts()
        assert not revoked or name not in {
            "served",
            "paid",
            "demanded",
            "enforced",
            "published",
            "instalment_paid",
        }
        revoked = (revoked or name == "revoked" or facts.outcome == "revoked") and name != "reopened"
    names = [record.step.value for record in records]
    if revoked and names[-1] == "archived" and "paid" in names and "reopened" not in names:
        decided = next(r for r in records if r.step.value in ("decided", "simple_decided"))
        assert "refunded" in names or not (decided.facts and decided.facts.fine_yuan)


def last_said(done: dict[str, PenaltyRecord], name: str) -> object:
    """What was said of it last; a no counts."""
    answers = [getattr(record.facts, name) for record in done.values() if record.facts]
    return next((answer for answer in reversed(answers) if answer is not None), None)


def lawful(matter: str, source: str, done: dict[str, PenaltyRecord]) -> None:
    """The law in other words than the guards': looked at from the end."""
    decided = [done[name] for name in ("decided", "simple_decided") if name in done]
    assert len(decided) <= 1
    for one in decided:
        assert matter != "HB-006"
        assert (one.facts.fine_yuan or 0) <= 20_000 or matter != "SZ-002"
        assert source != "monitor" or any(r.facts and r.facts.evidence_reviewed for r in done.values())
    if "simple_decided" in done:
        facts = done["simple_decided"].facts
        assert len(set(facts.officers)) >= 2
        assert (facts.identity_shown, facts.rights_told) == (True, True)
        assert (facts.fine_yuan or 0) <= (3000 if facts.party == "legal_person" else 200)
        small = (facts.fine_yuan or 0) <= 100
        assert small or facts.hard_to_collect_later or not facts.collected_on_spot_yuan
    if "decided" in done:
        noticed, facts = done["noticed"], done["decided"].facts
        assert done["reviewed"].facts.review_passed
        assert done["reviewed"].facts.reviewer not in {*done["investigated"].facts.officers, "O1"}
        assert (facts.fine_yuan or 0) <= (noticed.facts.fine_yuan or 0)
        assert done["investigated"].at <= noticed.at <= done["reviewed"].at
        assert facts.approved_by not in {
            None,
            "O1",
            done["reviewed"].facts.reviewer,
            *done["investigated"].facts.officers,
        }
        waived = facts.hearing_waived or done["reviewed"].facts.hearing_waived
        if noticed.facts.hearing_offered and not waived and not {"heard", "hearing_withdrawn"} & set(done):
            assert (done["decided"].at - noticed.at).days >= 5
        waived_later = facts.hearing_waived or done["reviewed"].facts.hearing_waived
        assert "hearing_notified" not in done or {"heard", "hearing_withdrawn"} & set(done) or waived_later
        if "heard" in done:
            hearing_notice = done["hearing_notified"]
            hearing = hearing_notice.facts.hearing_at.astimezone(SHANGHAI)
            assert (hearing.date() - hearing_notice.at.astimezone(SHANGHAI).date()).days > 7
            assert done["heard"].at >= hearing
        if facts.kinds == ("business_closed",):
            assert (noticed.facts.hearing_offered, facts.discussed) == (True, True)
    if "enforced" in done:
        lawfully_enforced(matter, done)
    if "no_penalty" in done and done["no_penalty"].facts.ground != "not_established":
        assert done["no_penalty"].facts.educated


def in_time(records: tuple[PenaltyRecord, ...]) -> None:
    """Whoever is punished was found in time; what was said of the act at any step counts, until something else is said (行政处罚法 36)."""
    said = {str(number): record for number, record in enumerate(records)}
    committed = last_said(said, "committed_at")
    is_decided = records[-1].step.value in ("decided", "simple_decided")
    if is_decided and isinstance(committed, datetime) and not last_said(said, "continuing"):
        grave = last_said(said, "endangered") and last_said(said, "harm") in ("slight", "serious")
        assert grave or committed.year == 2024  # two years before to the day


def lawfully_enforced(matter: str, done: dict[str, PenaltyRecord]) -> None:
    """By day on a workday, a building when it cannot be contested any more, a fine by the court alone."""
    if "court_granted" in done:
        return
    local = done["enforced"].at.astimezone(SHANGHAI)
    known = local.year <= 2026
    works = chinese_calendar.is_workday(local.date()) if known else local.weekday() < 5
    assert done["enforced"].facts.emergency or (works and 6 <= local.hour < 22)
    decided = done.get("decided") or done["simple_decided"]
    changed = {"reconsideration_ended", "suit_ended", "changed"} & set(done)
    if matter == "WJ-001":
        assert changed or (done["enforced"].at - done["served"].at).days >= 181
    elif not changed and "paid" not in done:
        assert not decided.facts.fine_yuan
