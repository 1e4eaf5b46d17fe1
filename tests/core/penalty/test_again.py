"""Steps that come again, and who approves: what a party lives through when a penalty is announced anew, sent back, changed or revoked."""

from dataclasses import replace
from datetime import date

import pytest

from pipeline.core.partition import Partition
from pipeline.core.penalty.late_fee import last_day_to_pay, late_payment
from pipeline.core.penalty.penalty_procedure import standing
from pipeline.core.rules.penalty_records import fine_of, holds, owed_back, paid_of
from pipeline.edge.explain import penalty_text
from pipeline.words.field_words import Lang
from schemas import limits
from schemas.state.case import Penalty
from tests.core.clocks.test_clock import at, until
from tests.core.penalty.test_unpaid import allowed, fined, legal
from tests.core.proceedings import INQUIRY, NOTICE, SERVED, Said, Steps, on_site, take, taken
from tests.core.story import KEY, RULES, Story

TWO: Said = {"fine_yuan": 2000}
FIVE: Said = {"fine_yuan": 5000, "hearing_offered": True}
PUBLIC: Steps = [
    *((step, {}) for step in ("filed", "investigated", "noticed", "reviewed")),
    ("decided", {"public": True}),
    *((step, {}) for step in ("served", "published", "paid")),
]
CHANGED: Said = {"outcome": "changed", "fine_yuan": 200}
NAMING = {"FILED_UNAPPROVED", "DECIDED_UNAPPROVED", "ARCHIVED_UNAPPROVED", "APPROVER_NOT_APART"}
REVOKED: Said = {"outcome": "revoked", "remake": True}


def due(story: Story, name: str):
    """When a limit of the law is over."""
    return story.clock("legal", name).due_at


def file_of(story: Story) -> Penalty:
    """The procedure."""
    penalty = story.case.penalty
    assert penalty is not None
    return penalty


# announced anew


def test_found_worse_than_announced_it_is_announced_and_heard_anew():
    """Two thousand announced, found worse: nothing above it is decided before it was announced, and the party was heard, once more."""
    story = taken(on_site(), [*INQUIRY, ("noticed", TWO), ("reviewed", {"defence_done": True})])
    assert take(story, "decided", FIVE | {"hearing_offered": None}) == "heavier_than_noticed"
    assert allowed(story).endswith("or noticed anew")
    assert take(story, "noticed", FIVE) == "heavier_for_defending"
    taken(story, "sent_back investigated")
    until(story, "12-01 10:00")
    taken(story, [("noticed", FIVE)])
    assert due(story, "hearing_request") == at("12-08 17:30")
    assert take(story, "reviewed") == "penalty_before_hearing_window"
    taken(story, "hearing_requested hearing_notified heard reviewed")
    taken(story, [("decided", {"fine_yuan": 5000}), ("served", {})])
    assert fine_of(story.case.penalty) == 5000


def test_what_the_party_said_to_the_first_announcement_is_no_answer_to_the_second():
    """Its days for a defence run anew, a waiver of the first hearing waives no second one."""
    story = taken(
        on_site(), [*INQUIRY, ("noticed", FIVE), ("reviewed", {"hearing_waived": True, "defence_done": True})]
    )
    taken(until(story, "12-01 10:00"), [("noticed", {**FIVE, "fine_yuan": 4000})])
    assert take(story, "reviewed") == "penalty_before_hearing_window"
    taken(story, [("reviewed", {"hearing_waived": True})])
    lighter: Said = {"fine_yuan": 4000, "defence_done": None}
    assert take(story, "decided", lighter) == "decision_without_notice"
    assert allowed(story) == "true, or decide after 2026-12-04"
    assert take(until(story, "12-05 09:00"), "decided", lighter) == "accepted"


def test_who_asked_for_a_hearing_does_not_lose_it_by_a_new_announcement():
    """The request stands until it is heard, or withdrawn; who was heard is heard on the new one only if asked for."""
    story = taken(on_site(), [*INQUIRY, ("noticed", FIVE), ("hearing_requested", {}), ("noticed", FIVE)])
    assert (
        take(until(story, "12-10 10:00"), "reviewed", {"hearing_waived": True})
        == "penalty_before_hearing_window"
    )
    taken(story, "hearing_notified heard")
    taken(story, [("noticed", FIVE)])
    assert take(story, "hearing_requested") == "accepted"


def test_the_window_to_ask_for_a_hearing_opens_again_with_the_new_announcement():
    """Also where it had lapsed; the party is waited for, and who handles it is told when it is over."""
    story = taken(on_site(), [*INQUIRY, ("noticed", FIVE)])
    until(story, "12-03 10:00")
    assert "hearing_request" not in legal(story)
    taken(story, [("noticed", FIVE)])
    assert due(story, "hearing_request") == at("12-10 17:30")
    assert take(story, "reviewed") == "penalty_before_hearing_window"
    until(story, "12-11 10:00")
    assert [kind for kind, _, _ in story.notified("legal")].count("window_lapsed") == 2
    taken(story, "reviewed")


# sent back


def test_sent_back_by_the_legal_reviewer_it_is_investigated_more_and_decided():
    """What was announced before does not stand any more: investigated, announced, reviewed, then decided; the ninety days run on."""
    story = taken(on_site(), NOTICE)
    assert take(story, "reviewed", {"review_passed": False}) == "close_penalty_without_legal_review"
    assert allowed(story).endswith("sent_back")
    begun = due(story, "decision")
    taken(story, "sent_back")
    for too_early in ("noticed", "reviewed", "decided", "hearing_requested"):
        assert take(story, too_early) == "penalty_step"
    taken(story, "investigated")
    assert take(story, "decided") == "penalty_step"
    assert due(story, "decision") == begun
    taken(story, "noticed reviewed decided served paid archived")
    assert story.case.penalty.steps.count("investigated") == 2


def test_more_may_be_found_out_for_the_party():
    """A ground on which the law spares it: the last investigation counts, and who investigated first never reviews."""
    story = taken(on_site(), f"{NOTICE} sent_back")
    spared: Said = {"ground": "no_fault", "officers": ["W0941", "W0942"]}
    taken(story, [("investigated", spared)])
    assert take(story, "noticed") == "punished_despite_ground"
    taken(story, [("sent_back", {"reviewer": None, "approved_by": "L08"}), ("investigated", {})])
    taken(story, "noticed")
    assert take(story, "reviewed", {"reviewer": "W0941"}) == "close_penalty_without_legal_review"


# changed


@pytest.mark.parametrize("appeal", ["reconsideration", "suit"])
def test_changed_on_review_the_party_pays_the_lower_sum_by_the_new_day(appeal: str):
    """Served anew, fifteen days from then; what it would have cost to be late with the first sum is nobody's any more."""
    story = taken(fined(), f"{appeal}_filed")
    taken(until(story, "12-21 10:00"), [(f"{appeal}_ended", CHANGED)])
    assert due(story, f"service_after_{appeal}") == at("12-30 17:30")
    assert "payment" not in legal(story)
    assert take(story, "paid") == "penalty_step"
    taken(story, "served")
    assert last_day_to_pay(RULES, story.case.penalty) == date(2027, 1, 5)
    assert due(story, "payment") == at("2027-01-05 17:30")
    assert late_payment(RULES, story.case.penalty, at("2027-01-05 10:00")) is None
    taken(until(story, "2027-01-05 10:00"), "paid archived")
    assert (paid_of(story.case.penalty), owed_back(story.case.penalty)) == (200, 0)


def test_who_had_paid_already_gets_the_difference_back():
    """The file stays open until it did; nothing is paid twice."""
    story = taken(fined(), "paid reconsideration_filed")
    taken(story, [("reconsideration_ended", CHANGED), ("served", {})])
    assert standing(story.case.penalty) == "paid"
    assert "payment" not in legal(story)
    assert take(story, "archived") == "archived_with_money_owed"
    assert allowed(story) == "refunded first: 300 yuan are the party's"
    assert take(story, "refunded", {"refunded_yuan": 100}) == "refund_not_owed"
    taken(story, "refunded archived")


def test_the_organ_mends_its_own_decision_and_the_party_may_contest_it_anew():
    """Found wrong on a complaint: less, never more; a reconsideration that was lost before is no bar to one against the change."""
    story = taken(fined(), "reconsideration_filed reconsideration_ended demanded")
    assert take(story, "changed", {"fine_yuan": 600}) == "worse_for_contesting"
    taken(until(story, "12-21 10:00"), "changed")
    assert due(story, "service_of_change") == at("12-30 17:30")
    assert legal(story) == {"service_of_change"}
    taken(story, "served")
    assert legal(story) == {"court", "payment", "reconsideration", "suit"}
    assert due(story, "reconsideration") == at("2027-02-19 17:30")
    assert take(story, "enforced") == "enforced_without_power"
    taken(story, "reconsideration_filed reconsideration_ended paid archived")


def test_a_fine_in_instalments_that_is_lowered_is_paid_by_a_new_plan():
    """What was paid counts; what is open is the new sum less that."""
    story = fined()
    taken(
        story,
        [("payment_deferred", {}), ("instalment_paid", {"paid_yuan": 100}), ("changed", {}), ("served", {})],
    )
    until(story, "12-29 10:00")
    assert take(story, "archived") == "archived_with_open_fine"
    assert "200 yuan are open" in allowed(story)
    taken(story, "payment_deferred")
    assert last_day_to_pay(RULES, story.case.penalty) == date(2027, 1, 28)
    taken(story, [("instalment_paid", {"paid_yuan": 200}), ("archived", {})])


# revoked


@pytest.mark.parametrize("how", ["reconsideration", "suit", "revoked"])
def test_revoked_the_money_is_given_back_and_it_is_withdrawn_from_the_web_within_three_days(how: str):
    """Whoever revoked it: never enforced, and the file stays open until both is done."""
    story = taken(on_site(), PUBLIC)
    until(story, "12-10 09:00")
    if how == "revoked":
        taken(story, [("revoked", {"remake": None})])
    else:
        taken(story, [(f"{how}_filed", {}), (f"{how}_ended", {"outcome": "revoked"})])
    limit = {
        "reconsideration": "withdrawal",
        "suit": "withdrawal_after_suit",
        "revoked": "withdrawal_of_revoked",
    }[how]
    assert legal(story) == {limit}
    assert due(story, limit) == at("12-15 17:30")
    for step in ("demanded", "enforced", "paid", "served", "published"):
        assert take(story, step) == "penalty_step"
    assert take(story, "archived") == "archived_unpublished"
    taken(story, "unpublished")
    assert take(story, "archived") == "archived_with_money_owed"
    assert take(story, "reopened") == "reopened_without_order"
    taken(story, "refunded archived")
    assert fine_of(story.case.penalty) == 0


@pytest.mark.parametrize("appeal", ["reconsideration", "suit"])
def test_revoked_and_sent_back_to_be_decided_anew(appeal: str):
    """So ordered, withdrawn and paid back: investigated, announced, reviewed and decided like a first time, within ninety days."""
    story = taken(on_site(), [*PUBLIC, (f"{appeal}_filed", {}), (f"{appeal}_ended", REVOKED)])
    assert take(story, "reopened") == "reopened_without_order"
    assert allowed(story).startswith("unpublished first")
    taken(story, "unpublished")
    assert take(story, "reopened") == "reopened_without_order"
    assert allowed(story).startswith("refunded first: 500 yuan")
    taken(until(story, "12-10 10:00"), "refunded reopened")
    assert legal(story) == {"decision_anew"}
    assert due(story, "decision_anew") == at("2027-03-10 17:30")
    assert take(story, "decided") == "penalty_step"
    taken(story, "investigated noticed reviewed")
    assert take(story, "decided", {"defence_done": None}) == "decision_without_notice"
    taken(
        story,
        [("decided", {"fine_yuan": 400}), ("served", {}), (f"{appeal}_filed", {}), (f"{appeal}_ended", {})],
    )
    taken(story, "paid archived")
    assert (fine_of(story.case.penalty), paid_of(story.case.penalty)) == (400, 400)


def test_a_fine_on_the_spot_that_was_wrong_is_given_back_and_may_become_an_ordinary_file():
    """What was collected there and then counts as paid."""
    story = on_site()
    taken(story, [("simple_decided", {"collected_on_spot_yuan": 50}), ("served", {}), ("revoked", {})])
    assert owed_back(story.case.penalty) == 50
    taken(story, f"refunded reopened {NOTICE.removeprefix('filed ')} reviewed decided served paid archived")


def test_what_a_court_upheld_the_organ_leaves_as_it_is():
    """And a suit that is pending goes on though the organ has revoked the decision by itself."""
    story = taken(fined(), "suit_filed revoked")
    assert take(story, "archived") == "penalty_step"
    taken(story, "suit_ended archived")
    story = taken(fined(), "suit_filed suit_ended")
    assert take(story, "changed") == "changed_against_judgment"


def test_things_are_not_confiscated_by_a_decision_that_was_revoked():
    """They are given back."""
    story = taken(on_site(matter="SC-003"), "clue begun")
    taken(story, f"{SERVED} revoked")
    assert take(story, "ended", {"disposal": "confiscated"}) == "things_not_decided_on"
    assert take(story, "ended", {"disposal": "returned"}) == "accepted"


# who approves


@pytest.mark.parametrize(
    ("before", "step", "said"),
    [
        ("", "filed", {"officers": ["W0931", "W0932"], "approved_by": "W0931"}),
        (NOTICE, "reviewed", {"reviewer": "W0932"}),
        (f"{NOTICE} reviewed", "decided", {"approved_by": "w0931"}),
        (f"{SERVED} paid", "archived", {"approved_by": "W0932"}),
    ],
)
def test_the_handling_officer_tries_to_approve_and_is_told_why_not(before: str, step: str, said: Said):
    """In Chinese, with the article, and with whom it would take instead; nothing has changed."""
    story = taken(on_site(), before)
    state = story.state()
    assert take(story, step, said) in ("approver_not_apart", "close_penalty_without_legal_review")
    receipt = story.last.receipts[0]
    assert "《行政处罚法》(2021) 58" in receipt.rule
    assert any(word in receipt.message_zh for word in ("审批人不得是本案承办人员", "由调查人以外的人员审核"))
    assert story.state() == state
    assert take(story, step) == "accepted"


def test_filing_review_decision_and_closing_are_approved_by_whom_the_file_names():
    """A head, a legal reviewer, a head: two may be the same head, never the reviewer, never an officer."""
    story = taken(on_site(), f"{SERVED} paid archived")
    named = {
        record.step.value: record.facts.approved_by or record.facts.reviewer
        for record in story.case.penalty.records
        if record.facts
    }
    assert {step: named[step] for step in ("filed", "reviewed", "decided", "archived")} == {
        "filed": "L08", "reviewed": "L01", "decided": "L09", "archived": "L09",
    }  # fmt: skip
    assert (
        take(taken(on_site(), f"{NOTICE} reviewed"), "decided", {"approved_by": "L01"})
        == "approver_not_apart"
    )


# the file


def test_the_file_shows_what_no_longer_holds():
    """Every step stays; those that others took the place of are marked, in both languages."""
    story = taken(on_site(), f"{NOTICE} reviewed sent_back investigated noticed")
    penalty = file_of(story)
    assert [step.value for step, still in zip(penalty.steps, holds(penalty), strict=True) if not still] == [
        "noticed",
        "reviewed",
    ]
    shown = dict(penalty_text.lines(story.case, penalty, RULES, story.now, Lang.ZH))
    assert "告知（已被替代） → 法制审核（已被替代） → 退回补充调查 → 调查 → 告知" in shown["处罚程序"]
    taken(story, "reviewed decided served paid changed")
    shown = dict(penalty_text.lines(story.case, file_of(story), RULES, story.now, Lang.ZH))
    assert (shown["变更、撤销"], shown["退款"]) == ("变更决定 · 现应缴300元", "应退还200元")


def test_a_file_begun_before_anybody_was_named_goes_on():
    """Filed, noticed and reviewed without a head's name: from the next step on one is named, and it ends."""
    guards = tuple(
        guard._replace(effective=date(2099, 1, 1)) if guard.id in NAMING else guard
        for guard in RULES.procedure.guards
    )
    story = on_site(rules=replace(RULES, procedure=replace(RULES.procedure, guards=guards)))
    taken(story, [("filed", {"approved_by": None}), ("investigated", {}), ("noticed", {}), ("reviewed", {})])
    snapshots = list(story.core.cases())
    story.core = Partition(RULES, KEY, "test")
    story.core.restore(snapshots)
    assert take(story, "decided", {"approved_by": None}) == "decided_unapproved"
    taken(story, "decided served paid archived")


def test_a_file_that_goes_back_and_forth_comes_to_its_end():
    """Half full it is sent back, announced anew and changed no more, and can still be decided, paid and archived."""
    story = taken(on_site(), "filed investigated")
    while take(story.wait(minutes=1), "noticed") == "accepted":
        pass
    assert story.last.receipts[0].code == "case_full"
    taken(story, "sent_back investigated noticed")
    for _ in range(limits.INSTALMENTS_MAX):
        if take(story.wait(minutes=1), "sent_back") != "accepted":
            break
        taken(story, "investigated noticed")
    assert story.last.receipts[0].code == "case_full"
    assert len(story.case.penalty.steps) <= limits.PENALTY_STEPS_MAX
    taken(story, "reviewed decided served paid archived")
