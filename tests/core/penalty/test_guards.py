"""What the law asks of each step of a penalty procedure: refused with the law and article, and accepted when it is there."""

from dataclasses import replace

import pytest

from pipeline.core.partition import Partition
from pipeline.core.penalty.guards import CHECKS
from pipeline.core.rules.refusals import MEANINGS
from tests.core.clocks.test_clock import at, until
from tests.core.penalty.rows_of_what_comes_again import OF_WHAT_COMES_AGAIN, PUT_OFF
from tests.core.proceedings import (
    INQUIRY,
    NOTICE,
    NOTICE_5000,
    ORDER,
    SEIZABLE,
    SERVED,
    SIMPLE,
    Said,
    on_site,
    ruled,
    take,
    taken,
)
from tests.core.story import KEY, RULES, Story, sha

PHOTO = [{"sha256": sha("photo"), "kind": "photo", "taken_at": at("11-24 09:02").isoformat()}]
CLIP = [{"sha256": sha("clip"), "kind": "bodycam", "taken_at": at("11-24 09:02").isoformat()}]
SPARED, CRIME = "《行政处罚法》(2021) 33", "《行政处罚法》(2021) 27"
AGAIN = ["W0931", "w0931"]
FINE_5000 = {"fine_yuan": 5000}
TABLE = "《行政处罚法》(2021) 34"
OLD, BAR = "2024-11-23T09:00:00+08:00", "《行政处罚法》(2021) 36"
THIRTY = "《行政强制法》(2011) 25"
SEIZED, TOLD = "clue begun", f"{NOTICE} hearing_notified"
ANNOUNCED = [*ORDER, ("announced", {})]
PRESERVED = [("clue", {}), ("begun", {"measure_kind": "preservation"})]
DEMANDED: list[tuple[str, Said]] = [*PUT_OFF, ("demanded", {})]
LATE_DEMAND: list[tuple[str, Said]] = [*PUT_OFF, ("wait", {"days": 172}), ("demanded", {})]
COURT: list[tuple[str, Said]] = [*DEMANDED, ("court_applied", {})]
SOON, LATER = "2026-12-18T09:00:00+08:00", "2027-01-18T09:00:00+08:00"
HEAVY: list[tuple[str, Said]] = [
    *INQUIRY,
    ("noticed", {"fine_yuan": 20_000, "kinds": ["business_closed"], "hearing_offered": True}),
    ("hearing_notified", {}),
    ("heard", {}),
    ("reviewed", {}),
]

# guard, matter, source, the steps before, the step, what is wrong, what is right, where it is said, the article;
# `now`: that is when the step is asked for
GUARDS = [
    ("single_officer_penalty", "", "", "filed", "investigated", {"officers": ["W0931"]}, {}, "facts.officers", "《行政处罚法》(2021) 42"),
    ("single_officer_penalty", "", "", "filed", "investigated", {"officers": AGAIN}, {}, "facts.officers", "《行政处罚法》(2021) 42"),
    ("single_officer_penalty", "", "", "", "simple_decided", {"officers": None}, {}, "facts.officers", "《行政处罚法》(2021) 42"),
    ("single_officer_penalty", "", "", ORDER, "enforced", {"officers": None}, {}, "facts.officers", "《行政处罚法》(2021) 42"),
    ("identity_not_shown", "", "", "filed", "investigated", {"identity_shown": False}, {}, "facts.identity_shown", "《行政处罚法》(2021) 55"),
    ("identity_not_shown", "", "", "", "simple_decided", {"identity_shown": None}, {}, "facts.identity_shown", "《行政处罚法》(2021) 55"),
    ("identity_not_shown", "", "", ORDER, "enforced", {"identity_shown": None}, {}, "facts.identity_shown", "《行政处罚法》(2021) 55"),
    ("fine_over_range", "SZ-002", "", "filed investigated", "noticed", {"fine_yuan": 30000, "hearing_offered": True},
     {"fine_yuan": 20000, "hearing_offered": True, "gravity": "grave"}, "facts.fine_yuan", "《行政处罚法》(2021) 4"),
    ("penalty_without_power", "HB-006", "", "clue", "begun", {}, None, "step", "《行政处罚法》(2021) 24"),
    ("time_barred", "", "", "", "filed", {"committed_at": OLD}, {"committed_at": OLD, "continuing": True}, "facts.committed_at", BAR),
    ("time_barred", "", "", "", "filed", {"committed_at": OLD}, {"committed_at": OLD, "endangered": True, "harm": "slight"}, "facts.committed_at", BAR),
    ("time_barred", "", "", "", "filed", {"committed_at": OLD, "endangered": True, "harm": "none"}, {"committed_at": "2024-11-24T23:59:00+08:00"},
     "facts.committed_at", BAR),
    ("time_barred", "", "", "", "filed", {"committed_at": "2021-11-23T09:00:00+08:00", "endangered": True, "harm": "serious"},
     {"committed_at": "2021-11-24T09:00:00+08:00", "endangered": True, "harm": "serious"}, "facts.committed_at", BAR),
    ("time_barred", "", "", "", "simple_decided", {"committed_at": OLD}, {}, "facts.committed_at", BAR),
    ("time_barred", "", "", "filed investigated", "noticed", {"committed_at": OLD}, {}, "facts.committed_at", BAR),
    ("time_barred", "", "", f"{NOTICE} reviewed", "decided", {"committed_at": OLD}, {"continuing": True}, "facts.committed_at", BAR),
    ("recused_officer", "", "", [("filed", {}), ("recused", {"recused": ["W0931"]})], "investigated", {},
     {"officers": ["W0932", "W0933"]}, "facts.officers", "《行政处罚法》(2021) 43"),
    ("recused_officer", "", "", [("clue", {}), ("recused", {"recused": ["w0932"]})], "simple_decided", {}, {"officers": ["W0931", "W0933"]},
     "facts.officers", "《行政处罚法》(2021) 43"),
    ("recused_officer", "", "", [*INQUIRY, ("noticed", {}), ("recused", {"recused": ["L01"]})], "reviewed", {}, {"reviewer": "L02"},
     "facts.reviewer", "《行政处罚法》(2021) 43"),
    ("recused_officer", SEIZABLE, "", [("clue", {}), ("recused", {"recused": ["W0931"]})], "begun", {}, {"officers": ["W0932", "W0933"]},
     "facts.officers", "《行政处罚法》(2021) 43"),
    ("recused_officer", "", "", [*INQUIRY, ("noticed", {}), ("hearing_notified", {}), ("recused", {"recused": ["W0940"]})], "heard",
     {"now": "12-08 10:00"}, {"host": "W0941"}, "facts.host", "《行政处罚法》(2021) 43"),
    ("recused_officer", "", "", [("filed", {}), ("recused", {"recused": ["W0999"]}), *ORDER[1:]], "enforced", {"officers": ["W0999", "W0932"]},
     {}, "facts.officers", "《行政处罚法》(2021) 43"),
    ("review_first_not_told", "", "", "", "simple_decided", {"review_first_told": None}, {}, "facts.review_first_told", "《行政复议法》(2023) 23"),
    ("punished_despite_ground", "", "", [("filed", {}), ("investigated", {"ground": "minor"})], "noticed", {}, None, "step", SPARED),
    ("punished_despite_ground", "", "", [*INQUIRY, ("noticed", {}), ("reviewed", {"ground": "under_age"})], "decided", {}, None, "step", SPARED),
    ("crime_not_decided", "", "", "filed crime_suspected", "crime_decided", {"approved_by": "W0931"}, {}, "facts.approved_by", CRIME),
    ("crime_not_decided", "", "", f"{NOTICE} reviewed crime_suspected", "decided", {}, None, "step", CRIME),
    ("crime_not_decided", "", "", "clue crime_suspected", "simple_decided", {}, None, "step", CRIME),
    ("crime_not_decided", "", "", [("clue", {}), ("crime_suspected", {}), ("crime_decided", {"crime": True})], "no_penalty", {}, None,
     "step", CRIME),
    ("archived_unpublished", "", "", [("simple_decided", {"public": True}), ("served", {}), ("paid", {})], "archived", {}, None, "step",
     "《行政处罚法》(2021) 48"),
    ("archived_unpublished", "", "", [("simple_decided", {"public": True}), ("served", {}), ("published", {}), ("reconsideration_filed", {}),
     ("reconsideration_ended", {"outcome": "revoked"})], "archived", {}, None, "step", "《行政处罚法》(2021) 48"),
    ("no_penalty_without_ground", "", "", "clue", "no_penalty", {"approved_by": "O1"}, {}, "facts.approved_by", "《行政处罚法》(2021) 33"),
    ("decision_without_notice", "", "", "", "simple_decided", {"rights_told": None}, {}, "facts.rights_told", "《行政处罚法》(2021) 62"),
    ("decision_without_notice", "", "", f"{NOTICE} reviewed", "decided", {"defence_done": None}, {}, "facts.defence_done", "《行政处罚法》(2021) 62"),
    ("decision_without_notice", "", "", f"{NOTICE} reviewed", "decided", {"defence_done": None, "now": "11-27 17:59"},
     {"defence_done": None, "now": "11-28 09:00"}, "facts.defence_done", "《行政处罚法》(2021) 62"),
    ("heavier_than_noticed", "", "", f"{NOTICE} reviewed", "decided", {"fine_yuan": 501}, {"fine_yuan": 400}, "facts.fine_yuan", "《行政处罚法》(2021) 45"),
    ("heavier_than_noticed", "", "", f"{NOTICE} reviewed", "decided", {"kinds": ["licence_suspended"]}, {"kinds": ["fine"]},
     "facts.kinds", "《行政处罚法》(2021) 45"),
    ("heavier_than_noticed", "", "", f"{NOTICE} reviewed", "decided", {"confiscated_yuan": 1}, {"fine_yuan": None, "kinds": ["warning"]},
     "facts.confiscated_yuan", "《行政处罚法》(2021) 45"),
    *(("hearing_not_offered", "", "", "filed investigated", "noticed", {"kinds": [kind]}, {"kinds": [kind], "hearing_offered": True},
       "facts.hearing_offered", "《行政处罚法》(2021) 63")
      for kind in ("licence_lowered", "licence_revoked", "business_stopped", "business_closed", "barred_from_trade")),
    ("hearing_not_offered", "", "", "filed investigated", "noticed", {"kinds": ["confiscated_things"], "confiscated_yuan": 5000},
     {"kinds": ["confiscated_things"], "confiscated_yuan": 4999}, "facts.hearing_offered", "《行政处罚法》(2021) 63"),
    ("hearing_not_offered", "", "", "filed investigated", "noticed", {"kinds": ["business_closed"]},
     {"kinds": ["licence_suspended", "business_restricted", "criticism"]}, "facts.hearing_offered", "《行政处罚法》(2021) 63"),
    ("hearing_not_offered", "", "", "filed investigated", "noticed", FINE_5000, {**FINE_5000, "hearing_offered": True}, "facts.hearing_offered", "《行政处罚法》(2021) 63"),
    ("hearing_not_offered", "", "", "filed investigated", "noticed", FINE_5000, {**FINE_5000, "party": "legal_person"}, "facts.hearing_offered", "《行政处罚法》(2021) 63"),
    ("hearing_not_offered", "", "", "filed investigated", "noticed", {"party": "legal_person", "fine_yuan": 50_000},
     {"party": "legal_person", "fine_yuan": 49_999}, "facts.hearing_offered", "《行政处罚法》(2021) 63"),
    ("penalty_before_hearing_window", "", "", NOTICE_5000, "reviewed", {}, {"hearing_waived": True}, "facts.hearing_waived", "《行政处罚法》(2021) 64(1)"),
    ("penalty_before_hearing_window", "", "", NOTICE_5000, "reviewed", {"now": "12-01 17:30"}, {"now": "12-02 00:01"}, "facts.hearing_waived", "《行政处罚法》(2021) 64(1)"),
    ("penalty_before_hearing_window", "", "", NOTICE_5000, "decided", FINE_5000, None, "facts.hearing_waived", "《行政处罚法》(2021) 64(1)"),
    ("penalty_before_hearing_window", "", "", TOLD, "reviewed", {"now": "12-08 08:00"}, {"hearing_waived": True}, "facts.hearing_waived",
     "《行政处罚法》(2021) 64(1)"),
    ("hearing_not_notified", "", "", NOTICE, "hearing_notified", {"hearing_at": "2026-12-03T23:00:00+08:00"},
     {"hearing_at": "2026-12-04T09:00:00+08:00"}, "facts.hearing_at", "《行政处罚法》(2021) 64(2)"),
    ("hearing_not_notified", "", "", NOTICE, "hearing_notified", {"hearing_at": None}, {}, "facts.hearing_at", "《行政处罚法》(2021) 64(2)"),
    ("hearing_not_notified", "", "", NOTICE, "hearing_notified", {"hearing_place": None}, {}, "facts.hearing_place", "《行政处罚法》(2021) 64(2)"),
    ("hearing_not_notified", "", "", NOTICE, "heard", {}, None, "step", "《行政处罚法》(2021) 64(2)"),
    ("hearing_not_notified", "", "", f"{NOTICE} hearing_notified", "heard", {"now": "12-08 08:30"}, {"now": "12-08 09:30"}, "acted_at",
     "《行政处罚法》(2021) 64(2)"),
    ("hearing_hosted_by_investigator", "", "", TOLD, "heard", {"host": "W0932", "now": "12-08 10:00"}, {}, "facts.host", "《行政处罚法》(2021) 64(4)"),
    ("hearing_hosted_by_investigator", "", "", TOLD, "heard", {"host": "o1", "now": "12-08 10:00"}, {}, "facts.host", "《行政处罚法》(2021) 64(4)"),
    ("hearing_hosted_by_investigator", "", "", TOLD, "heard", {"host": None, "now": "12-08 10:00"}, {}, "facts.host", "《行政处罚法》(2021) 64(4)"),
    ("close_penalty_without_legal_review", "", "", NOTICE, "reviewed", {"reviewer": None}, {}, "facts.reviewer", "《行政处罚法》(2021) 58"),
    ("close_penalty_without_legal_review", "", "", NOTICE, "reviewed", {"reviewer": "w0931"}, {}, "facts.reviewer", "《行政处罚法》(2021) 58"),
    ("close_penalty_without_legal_review", "", "", NOTICE, "reviewed", {"review_passed": False}, {}, "facts.review_passed", "《行政处罚法》(2021) 58"),
    ("close_penalty_without_legal_review", "", "", NOTICE, "decided", {}, None, "step", "《行政处罚法》(2021) 58"),
    ("decided_without_discussion", "", "", HEAVY, "decided", {"fine_yuan": 10_000}, {"fine_yuan": 9999}, "facts.discussed", "《行政处罚法》(2021) 57"),
    ("decided_without_discussion", "", "", HEAVY, "decided", {"fine_yuan": 10_000}, {"fine_yuan": 10_000, "discussed": True},
     "facts.discussed", "《行政处罚法》(2021) 57"),
    ("decided_without_discussion", "", "", HEAVY, "decided", {"kinds": ["business_closed"]}, {"kinds": ["business_closed"], "discussed": True},
     "facts.discussed", "《行政处罚法》(2021) 57"),
    ("decided_without_discussion", "", "", f"{NOTICE} reviewed", "decided", {"complex": True}, {"complex": True, "discussed": True},
     "facts.discussed", "《行政处罚法》(2021) 57"),
    ("decided_without_discussion", "", "", [*INQUIRY, ("noticed", {"complex": True}), ("reviewed", {})], "decided", {}, {"complex": False},
     "facts.discussed", "《行政处罚法》(2021) 57"),
    ("electronic_evidence_unreviewed", "", "monitor", "", "simple_decided", {}, {"evidence_reviewed": True}, "facts.evidence_reviewed", "《行政处罚法》(2021) 41"),
    ("electronic_evidence_unreviewed", "", "monitor", "", "simple_decided", {"evidence": [CLIP[0] | {"reviewed": False}]},
     {"evidence": [CLIP[0] | {"reviewed": True}]}, "facts.evidence_reviewed", "《行政处罚法》(2021) 41"),
    ("electronic_evidence_unreviewed", "", "monitor", "filed investigated", "noticed", {"evidence_reviewed": False},
     {"evidence_reviewed": True}, "facts.evidence_reviewed", "《行政处罚法》(2021) 41"),
    ("device_not_registered", "", "monitor", "", "simple_decided", {"evidence_reviewed": True, "device_checked_by": None},
     {"evidence_reviewed": True}, "facts.device_checked_by", "《行政处罚法》(2021) 41"),
    ("device_not_registered", "", "monitor", "filed investigated", "noticed", {"evidence_reviewed": True, "device_checked_by": None},
     {"evidence_reviewed": True}, "facts.device_checked_by", "《行政处罚法》(2021) 41"),
    ("fine_over_range", "HB-002", "", "filed investigated", "noticed", {"fine_yuan": 20_001, "hearing_offered": True},
     {"fine_yuan": 20_000, "hearing_offered": True, "gravity": "grave"}, "facts.fine_yuan", "《行政处罚法》(2021) 4"),
    ("fine_over_range", "HB-002", "", "", "simple_decided", {"fine_yuan": 20_001}, None, "facts.fine_yuan", "《行政处罚法》(2021) 4"),
    *(("fine_outside_discretion", "HB-002", "", "filed investigated", "noticed", wrong, wrong | right, field, TABLE)
      for wrong, right, field in (
          ({"fine_yuan": 2000, "gravity": None}, {"gravity": "slight"}, "facts.gravity"),
          ({"fine_yuan": 2000, "gravity": "ordinary"}, {"mitigation": "confessed"}, "facts.fine_yuan"),
          ({"fine_yuan": 400, "gravity": "slight"}, {"mitigation": "young"}, "facts.fine_yuan"),
          ({"fine_yuan": 0, "kinds": ["fine"]}, {"fine_yuan": 500}, "facts.fine_yuan"),
          ({"fine_yuan": 400, "gravity": "slight", "discussed": True}, {"fine_yuan": 500}, "facts.fine_yuan"),
          ({"fine_yuan": 6351, "gravity": "slight", "hearing_offered": True}, {"gravity": "ordinary"}, "facts.fine_yuan"),
          ({"fine_yuan": 14_151, "gravity": "ordinary", "hearing_offered": True}, {"fine_yuan": 14_150}, "facts.fine_yuan"),
          ({"fine_yuan": 15_000, "gravity": "ordinary", "mitigation": "merit", "hearing_offered": True}, {"discussed": True}, "facts.fine_yuan"),
      )),
    ("fine_outside_discretion", "HB-002", "", [*INQUIRY, ("noticed", {"fine_yuan": 2000, "gravity": "slight"}), ("reviewed", {})],
     "decided", {"fine_yuan": 400}, {"fine_yuan": 400, "mitigation": "harm_undone"}, "facts.fine_yuan", TABLE),
    ("simple_not_for_matter", "HB-002", "", "", "simple_decided", {"fine_yuan": 500, "gravity": "slight"}, None, "step", "《行政处罚法》(2021) 51"),
    ("simple_not_for_matter", "SR-015", "", "", "simple_decided", {}, None, "step", "《行政处罚法》(2021) 51"),
    ("simple_fine_over_limit", "", "", "", "simple_decided", {"fine_yuan": 201}, {"fine_yuan": 200}, "facts.fine_yuan", "《行政处罚法》(2021) 51"),
    ("simple_fine_over_limit", "", "", "", "simple_decided", {"fine_yuan": None, "kinds": ["business_stopped"]},
     {"fine_yuan": None, "kinds": ["warning"]}, "facts.kinds", "《行政处罚法》(2021) 51"),
    ("simple_fine_over_limit", "", "", "", "simple_decided", {"kinds": ["criticism"]}, {"kinds": ["warning", "fine"]}, "facts.kinds",
     "《行政处罚法》(2021) 51"),
    ("simple_fine_over_limit", "", "", "", "simple_decided", {"fine_yuan": None}, {}, "facts.kinds", "《行政处罚法》(2021) 51"),
    ("simple_fine_over_limit", "", "", "", "simple_decided", {"fine_yuan": 201, "party": None}, {"fine_yuan": 201, "party": "legal_person"},
     "facts.fine_yuan", "《行政处罚法》(2021) 51"),
    ("simple_fine_over_limit", "", "", "", "simple_decided", {"fine_yuan": 3001, "party": "legal_person"},
     {"fine_yuan": 3000, "party": "legal_person"}, "facts.fine_yuan", "《行政处罚法》(2021) 51"),
    ("onspot_collection_over_limit", "", "", "", "simple_decided", {"fine_yuan": 101, "collected_on_spot_yuan": 101},
     {"fine_yuan": 100, "collected_on_spot_yuan": 100}, "facts.collected_on_spot_yuan", "《行政处罚法》(2021) 68"),
    ("onspot_collection_over_limit", "", "", "", "simple_decided", {"fine_yuan": 150, "collected_on_spot_yuan": 100},
     {"fine_yuan": 150, "collected_on_spot_yuan": 150, "hard_to_collect_later": True}, "facts.collected_on_spot_yuan", "《行政处罚法》(2021) 68"),
    ("onspot_collection_over_limit", "", "", SIMPLE, "paid", {"collected_on_spot_yuan": 51}, {"collected_on_spot_yuan": 50},
     "facts.collected_on_spot_yuan", "《行政处罚法》(2021) 68"),
    ("onspot_collection_over_limit", "", "", SERVED, "paid", {"collected_on_spot_yuan": 1, "hard_to_collect_later": True}, {},
     "facts.collected_on_spot_yuan", "《行政处罚法》(2021) 68"),
    ("coercion_at_night_or_holiday", "", "", ORDER, "enforced", {"now": "11-24 22:00"}, {"now": "11-25 06:00"}, "acted_at", "《行政强制法》(2011) 43"),
    ("coercion_at_night_or_holiday", "", "", ORDER, "enforced", {"now": "11-25 05:59"}, {"emergency": True}, "acted_at", "《行政强制法》(2011) 43"),
    ("coercion_at_night_or_holiday", "", "", ORDER, "enforced", {"now": "11-28 10:00"}, {"now": "11-30 10:00"}, "acted_at", "《行政强制法》(2011) 43"),
    ("coercion_at_night_or_holiday", "", "", ORDER, "enforced", {"now": "11-25 09:00", "acted_at": at("11-24 23:00").isoformat()},
     {"now": "11-25 22:30", "acted_at": at("11-25 21:59").isoformat()}, "acted_at", "《行政强制法》(2011) 43"),
    ("hearing_requested_too_late", "", "", NOTICE_5000, "hearing_requested", {"now": "12-02 09:00"}, {"hearing_decided_by": "L09"},
     "facts.hearing_decided_by", "《行政处罚法》(2021) 64(1)"),
    ("hearing_requested_too_late", "", "", NOTICE_5000, "hearing_requested", {"now": "12-02 09:00"},
     {"acted_at": at("12-01 16:00").isoformat()}, "facts.hearing_decided_by", "《行政处罚法》(2021) 64(1)"),
    ("payment_deferred_out_of_form", "", "", SERVED, "payment_deferred", {"approved_by": "O1"}, {}, "facts.approved_by", "《行政处罚法》(2021) 66"),
    ("payment_deferred_out_of_form", "", "", SERVED, "payment_deferred", {"pay_by": None}, {}, "facts.pay_by", "《行政处罚法》(2021) 66"),
    ("payment_deferred_out_of_form", "", "", SERVED, "payment_deferred", {"pay_by": [LATER, SOON]}, {"pay_by": [SOON, LATER]},
     "facts.pay_by", "《行政处罚法》(2021) 66"),
    ("enforced_before_term", "", "", SERVED, "demanded", {"now": "12-09 18:00"}, {"now": "12-10 09:00"}, "acted_at", "《行政强制法》(2011) 34"),
    ("enforced_before_term", "", "", [*PUT_OFF, ("payment_deferred", {"pay_by": [SOON]})], "demanded", {"now": "12-18 18:00"},
     {"now": "12-19 09:00"}, "acted_at", "《行政强制法》(2011) 34"),
    ("enforced_without_demand", "", "", ORDER, "enforced", {"demanded": None}, {}, "facts.demanded", "《行政强制法》(2011) 35"),
    ("enforced_without_demand", "", "", ORDER, "demanded", {"until": None}, {}, "facts.until", "《行政强制法》(2011) 35"),
    ("enforced_without_demand", "", "", DEMANDED, "coercion_decided", {"now": "12-21 18:00"}, None, "acted_at", "《行政强制法》(2011) 35"),
    ("enforced_without_power", "", "", DEMANDED, "coercion_decided", {"now": "12-23 18:00"}, None, "step", "《行政强制法》(2011) 13"),
    ("enforced_without_power", "", "", SERVED, "enforced", {"now": "12-23 10:00"}, None, "step", "《行政强制法》(2011) 13"),
    ("court_before_appeal_window", "", "", DEMANDED, "court_applied", {"now": "2027-05-24 18:00"}, {"now": "2027-05-25 09:00"},
     "acted_at", "《行政强制法》(2011) 53"),
    ("court_before_appeal_window", "", "", [*DEMANDED, ("reconsideration_filed", {})], "court_applied", {"now": "2027-05-25 18:00"}, None,
     "step", "《行政强制法》(2011) 53"),
    ("court_without_demand", "", "", LATE_DEMAND, "court_applied", {"now": "2027-06-15 18:00"}, {"now": "2027-06-16 09:00"},
     "acted_at", "《行政强制法》(2011) 54"),
    ("court_time_lost", "", "", DEMANDED, "court_applied", {"now": "2027-08-25 09:00"}, {"acted_at": "2027-08-24T17:00:00+08:00"}, "acted_at",
     "《行政强制法》(2011) 53"),
    ("demolish_before_appeal_window", "WJ-001", "", ANNOUNCED, "enforced", {"now": "12-01 10:00"}, {"now": "2027-05-25 10:00"}, "acted_at", "《行政强制法》(2011) 44"),
    ("demolish_before_appeal_window", "WJ-001", "", [*ANNOUNCED, ("suit_filed", {})], "enforced", {"now": "2027-05-25 10:00"}, None, "step",
     "《行政强制法》(2011) 44"),
    ("demolition_not_ordered", "WJ-001", "", ANNOUNCED, "enforced", {"ordered_by": None, "now": "2027-05-25 10:00"}, {}, "facts.ordered_by",
     "《城乡规划法》(2019) 68"),
    ("demolished_unannounced", "WJ-001", "", ORDER, "announced", {"until": None}, {}, "facts.until", "《行政强制法》(2011) 44"),
    ("demolished_unannounced", "WJ-001", "", ORDER, "enforced", {"now": "2027-05-25 10:00"}, None, "step", "《行政强制法》(2011) 44"),
    ("demolished_unannounced", "WJ-001", "", ANNOUNCED, "enforced", {"now": "11-25 10:00"}, None, "acted_at", "《行政强制法》(2011) 44"),
    ("archived_with_open_order", "WJ-001", "", ORDER, "archived", {"corrected": None}, {}, "facts.corrected", "《行政处罚法》(2021) 28"),
    ("archived_with_open_fine", "", "", SIMPLE, "archived", {}, None, "step", "《行政处罚法》(2021) 66"),
    ("archived_with_open_fine", "", "", SIMPLE, "archived", {"now": "2027-08-25 09:00", "approved_by": None}, {}, "facts.approved_by",
     "《行政处罚法》(2021) 66"),
    *OF_WHAT_COMES_AGAIN,
    ("no_penalty_without_ground", "", "", "clue", "no_penalty", {"ground": None}, {}, "facts.ground", "《行政处罚法》(2021) 33"),
    ("no_penalty_without_ground", "", "", "clue", "no_penalty", {"corrected": False}, {}, "facts.corrected", "《行政处罚法》(2021) 33"),
    ("no_penalty_without_ground", "", "", "clue", "no_penalty", {"first_time": None}, {}, "facts.first_time", "《行政处罚法》(2021) 33"),
    ("no_penalty_without_ground", "", "", "clue", "no_penalty", {"harm": "serious"}, {}, "facts.harm", "《行政处罚法》(2021) 33"),
    ("no_penalty_without_ground", "", "", "clue", "no_penalty", {"harm": None}, {}, "facts.harm", "《行政处罚法》(2021) 33"),
    ("no_penalty_without_ground", "", "", "clue", "no_penalty", {"ground": "minor", "first_time": None},
     {"ground": "minor", "first_time": None, "harm": "none"}, "facts.harm", "《行政处罚法》(2021) 33"),
    ("no_penalty_without_ground", "", "", "filed", "no_penalty", {"educated": None}, {}, "facts.educated", "《行政处罚法》(2021) 33"),
    ("no_penalty_without_ground", "", "", "filed", "no_penalty", {"ground": "no_fault", "corrected": None, "educated": None},
     {"ground": "not_established", "corrected": None, "educated": None}, "facts.educated", "《行政处罚法》(2021) 33"),
    ("measure_without_power", "", "", "clue", "begun", {}, {"measure_kind": "preservation"}, "measure_kind", "《行政强制法》(2011) 16"),
    ("measure_without_power", "WJ-001", "", "clue", "begun", {}, {"measure_kind": "sealing"}, "measure_kind", "《行政强制法》(2011) 16"),
    ("measure_out_of_form", SEIZABLE, "", "clue", "begun", {"officers": AGAIN}, {}, "facts.officers", "《行政强制法》(2011) 18"),
    ("measure_out_of_form", SEIZABLE, "", "clue", "begun", {"identity_shown": None}, {}, "facts.identity_shown", "《行政强制法》(2011) 18"),
    ("measure_not_approved", SEIZABLE, "", "clue", "begun", {"approved_by": None}, {}, "facts.approved_by", "《行政强制法》(2011) 18"),
    ("measure_not_approved", SEIZABLE, "", "clue", "begun", {"approved_by": "w0931"}, {}, "facts.approved_by", "《行政强制法》(2011) 18"),
    ("measure_not_approved", SEIZABLE, "", SEIZED, "extended", {"approved_by": "o1"}, {}, "facts.approved_by", "《行政强制法》(2011) 18"),
    ("measure_extended_too_far", SEIZABLE, "", SEIZED, "extended", {"more": "31 calendar_days"}, {"more": "30 calendar_days"}, "facts.more", THIRTY),
    ("measure_extended_too_far", SEIZABLE, "", SEIZED, "extended", {"more": None}, {}, "facts.more", THIRTY),
    ("measure_extended_too_far", SEIZABLE, "", SEIZED, "extended", {"told_in_writing": None}, {}, "facts.told_in_writing", THIRTY),
    ("measure_extended_too_far", SEIZABLE, "", SEIZED, "extended", {"now": "12-24 17:30"}, None, "step", THIRTY),
    ("measure_extended_too_far", SEIZABLE, "", f"{SEIZED} extended testing tested", "extended", {}, None, "step", THIRTY),
    ("measure_extended_too_far", SEIZABLE, "", PRESERVED, "extended", {"measure_kind": "preservation"}, None, "step", THIRTY),
    ("testing_not_stated", SEIZABLE, "", SEIZED, "testing", {"until": None}, {}, "facts.until", THIRTY),
    ("testing_not_stated", SEIZABLE, "", SEIZED, "testing", {"until": "2026-11-24T09:00:00+08:00"}, {}, "facts.until", THIRTY),
    ("testing_not_stated", SEIZABLE, "", SEIZED, "testing", {"told_in_writing": False}, {}, "facts.told_in_writing", THIRTY),
    ("testing_not_stated", SEIZABLE, "", PRESERVED, "testing", {"measure_kind": "preservation"}, None, "step", THIRTY),
    ("things_not_decided_on", SEIZABLE, "", SEIZED, "ended", {"disposal": None}, {}, "facts.disposal", "《行政强制法》(2011) 27"),
    ("things_not_decided_on", SEIZABLE, "", SEIZED, "ended", {"disposal": "confiscated"}, {"disposal": "destroyed"}, "facts.disposal", "《行政强制法》(2011) 27"),
    ("archived_with_open_measure", SEIZABLE, "", SEIZED, "archived", {}, None, "step", "《行政强制法》(2011) 27"),
    ("transfer_without_receiver", "", "", "clue", "transferred", {"receiver": None}, {}, "facts.receiver", "《行政处罚法》(2021) 27"),
    ("process_not_recorded", "", "", "", "filed", {"evidence": []}, {}, "evidence", "《行政处罚法》(2021) 47"),
    ("process_not_recorded", "", "", "filed", "investigated", {"evidence": PHOTO}, {"evidence": CLIP}, "evidence", "《行政处罚法》(2021) 47"),
    *(("process_not_recorded", "", "", before, step, {"evidence": []}, {}, "evidence", "《行政处罚法》(2021) 47") for before, step in (
        ("filed investigated", "noticed"), (NOTICE, "hearing_notified"), (NOTICE, "reviewed"), (f"{NOTICE} reviewed", "decided"),
        ("", "simple_decided"), ("simple_decided", "served"), ("filed", "recused"), ("filed", "crime_suspected"),
        ("filed crime_suspected", "crime_decided"), (ORDER, "enforced"), (ORDER, "announced"),
        (NOTICE, "hearing_requested"), (f"{NOTICE} hearing_requested", "hearing_withdrawn"), (SERVED, "payment_deferred"),
        (ORDER, "demanded"), (DEMANDED, "coercion_heard"), (COURT, "court_granted"), (COURT, "court_refused"),
        (SIMPLE, "reconsideration_filed"), (f"{SIMPLE} reconsideration_filed", "reconsideration_ended"), (SIMPLE, "suit_filed"),
        (f"{SIMPLE} suit_filed", "suit_ended"),
        (NOTICE, "sent_back"), (SERVED, "changed"), (SERVED, "revoked"), (f"{SERVED} revoked", "reopened"),
        (f"{SERVED} paid revoked", "refunded"),
        )),
    *(("process_not_recorded", SEIZABLE, "", before, step, {"evidence": []}, {}, "evidence", "《行政处罚法》(2021) 47") for before, step in (
        ("clue", "begun"), (SEIZED, "extended"), (SEIZED, "testing"), (SEIZED, "ended"))),
    ("process_not_recorded", "", "", DEMANDED, "court_applied", {"evidence": [], "now": "2027-05-25 09:00"}, {}, "evidence",
     "《行政处罚法》(2021) 47"),
    ("process_not_recorded", "", "", TOLD, "heard", {"evidence": [], "now": "12-08 10:00"}, {}, "evidence", "《行政处罚法》(2021) 47"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("guard", "matter", "source", "before", "step", "wrong", "right", "field", "cited"),
    GUARDS,
    ids=[f"{row[0]}-{row[4]}-{number}" for number, row in enumerate(GUARDS)],
)
def test_a_guard_refuses_and_lets_pass(guard, matter, source, before, step, wrong, right, field, cited):
    """The same step is refused with its code, law and article, and accepted when what was missing is there."""
    story = on_site(matter=matter or "SR-001", source=source or "12345")
    if matter == "SZ-002":
        take(story, "filed")
        before = "investigated"
    story = taken(story, before)
    story.wait(minutes=1)
    state = asked(story, step, wrong)
    [receipt] = story.last.receipts
    assert (receipt.code, receipt.field) == (guard, field)
    assert receipt.rule == f"{cited}; rules {RULES.version}"
    assert receipt.allowed
    assert receipt.message_zh == MEANINGS[guard].zh
    assert story.state() == state
    if right is not None:
        asked(story, step, right)
        assert story.answer == "accepted", story.last.receipts[0]


def asked(story: Story, step: str, changes: dict[str, object]) -> list[bytes]:
    """Ask for it, at its time where it has one; the state before."""
    changes = dict(changes)
    if "now" in changes:
        until(story, str(changes.pop("now")))
    state = story.state()
    take(story, step, changes)
    return state


def test_every_guard_is_in_the_table_above_and_has_its_words():
    """At each step that the shipped rules put it before, and in both languages."""
    shown = {(row[0], row[4]) for row in GUARDS}
    # noticed: of no matter in the catalogue that a street punishes the law foresees no fine; below, of one that is changed
    power = {("penalty_without_power", step) for step in ("filed", "noticed", "decided", "simple_decided")}
    # reviewed and checked by then, or it were not noticed
    decided = {("electronic_evidence_unreviewed", "decided"), ("device_not_registered", "decided")}
    # no street decides that; and of no matter whose range is known a street may decide on the spot, but of its list: below
    forbidden = {("process_not_recorded", "coercion_decided"), ("fine_outside_discretion", "simple_decided")}
    wanted = {(guard.code, step.value) for guard in RULES.procedure.guards for step in guard.steps}
    assert shown == wanted - power - decided - forbidden
    assert {guard.id for guard in RULES.procedure.guards} == set(CHECKS)
    for one in RULES.procedure.guards:
        assert one.code in MEANINGS
        assert (one.article, one.text_zh, one.text_en) > ("", "", "")


def test_no_fine_is_noticed_where_the_law_foresees_none():
    """The matter may be punished otherwise; the fine is what is refused."""
    unfined = replace(RULES.matters["SR-001"], may_fine=False, fines=())
    matters = {**RULES.matters, "SR-001": unfined}
    story = taken(on_site(rules=replace(RULES, matters=matters), matter="SR-001"), "filed investigated")
    assert take(story, "noticed") == "penalty_without_power"
    assert story.last.receipts[0].field == "facts.fine_yuan"
    assert take(story, "noticed", {"fine_yuan": 0}) == "accepted"


@pytest.mark.parametrize(
    ("matter", "listed", "step", "answer"),
    [
        ("SR-001", frozenset(), "filed", "accepted"),
        ("HB-006", frozenset(), "filed", "penalty_without_power"),
        ("HB-006", frozenset(), "simple_decided", "penalty_without_power"),
        ("HB-006", frozenset({"HB-005"}), "filed", "penalty_without_power"),
        ("HB-006", frozenset({"HB-006"}), "filed", "accepted"),
        ("HB-006", frozenset({"HB-006"}), "simple_decided", "fine_outside_discretion"),
        ("XF-001", frozenset(), "filed", "penalty_without_power"),
        ("XF-001", frozenset({"XF-001"}), "filed", "penalty_without_power"),
    ],
)
def test_what_a_street_may_not_punish_it_refers(matter, listed, step, answer):
    """Devolved to all, on the street's own list, or the organ's that the law names; a clue of it can always be taken."""
    rules = ruled(listed=listed)
    story = on_site(rules=rules, matter=matter)
    assert take(story, "clue") == "accepted"
    assert take(story, step) == answer
    if answer == "penalty_without_power":
        assert rules.matters[matter].penalty_organ in story.last.receipts[0].allowed
        assert take(story, "transferred", {"receiver": "消防救援大队", "crime": False}) == "accepted"
        assert take(story, "archived") == "accepted"


def test_a_list_that_is_taken_back_ends_a_procedure_by_referring_it():
    """What was filed within power is not decided without."""
    rules = ruled(listed=frozenset({"HB-006"}))
    steps: list[tuple[str, Said]] = [*INQUIRY, ("noticed", {"gravity": "ordinary"}), ("reviewed", {})]
    story = taken(on_site(rules=rules, matter="HB-006"), steps)
    snapshots = list(story.core.cases())
    story.core = Partition(RULES, KEY, "test")
    story.core.restore(snapshots)
    assert take(story, "decided") == "penalty_without_power"
    assert take(story, "transferred") == "accepted"
