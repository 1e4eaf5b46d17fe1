"""Rows of the guard table in `test_guards`: who approves, what comes again, and what is given back."""

from tests.core.proceedings import INQUIRY, NOTICE, SERVED, Said

HEAD, APART, BACK = "《行政处罚法》(2021) 57", "《行政处罚法》(2021) 58", "《国家赔偿法》(2012) 36"
WORSE, ANEW = "《行政复议法》(2023) 63", "《行政复议法》(2023) 64"
PUT_OFF: list[tuple[str, Said]] = [(step, {}) for step in SERVED.split()]

# as in `test_guards`
OF_WHAT_COMES_AGAIN = [
    ("filed_unapproved", "", "", "clue", "filed", {"approved_by": None}, {}, "facts.approved_by", "《住房和城乡建设行政处罚程序规定》(2022) 15"),
    ("filed_unapproved", "", "", "", "filed", {"approved_by": "o1"}, {}, "facts.approved_by", "《住房和城乡建设行政处罚程序规定》(2022) 15"),
    ("decided_unapproved", "", "", f"{NOTICE} reviewed", "decided", {"approved_by": None}, {}, "facts.approved_by", HEAD),
    ("decided_unapproved", "", "", SERVED, "changed", {"approved_by": "O1"}, {}, "facts.approved_by", HEAD),
    ("decided_unapproved", "", "", SERVED, "revoked", {"approved_by": None}, {}, "facts.approved_by", HEAD),
    ("decided_unapproved", "", "", f"{SERVED} revoked", "reopened", {"approved_by": None}, {}, "facts.approved_by", HEAD),
    ("archived_unapproved", "", "", f"{SERVED} paid", "archived", {"approved_by": None}, {}, "facts.approved_by", HEAD),
    ("archived_unapproved", "", "", f"{SERVED} paid", "archived", {"approved_by": "O1"}, {}, "facts.approved_by", HEAD),
    ("approver_not_apart", "", "", "", "filed", {"officers": ["W0931", "W0932"], "approved_by": "w0931"}, {}, "facts.approved_by", APART),
    ("approver_not_apart", "", "", "filed", "investigated", {"officers": ["L08", "W0932"]}, {}, "facts.officers", APART),
    ("approver_not_apart", "", "", NOTICE, "sent_back", {"reviewer": "W0931"}, {}, "facts.reviewer", APART),
    ("approver_not_apart", "", "", NOTICE, "reviewed", {"reviewer": "L08"}, {}, "facts.reviewer", APART),
    ("approver_not_apart", "", "", f"{NOTICE} reviewed", "decided", {"approved_by": "W0932"}, {}, "facts.approved_by", APART),
    ("approver_not_apart", "", "", f"{NOTICE} reviewed", "decided", {"approved_by": "l01"}, {}, "facts.approved_by", APART),
    ("approver_not_apart", "", "", SERVED, "changed", {"approved_by": "W0931"}, {}, "facts.approved_by", APART),
    ("approver_not_apart", "", "", SERVED, "revoked", {"approved_by": "L01"}, {}, "facts.approved_by", APART),
    ("approver_not_apart", "", "", f"{SERVED} revoked", "reopened", {"approved_by": "W0932"}, {}, "facts.approved_by", APART),
    ("approver_not_apart", "", "", f"{SERVED} paid", "archived", {"approved_by": "W0931"}, {}, "facts.approved_by", APART),
    ("heavier_for_defending", "", "", NOTICE, "noticed", {"fine_yuan": 501}, {}, "step", "《行政处罚法》(2021) 45"),
    ("heavier_for_defending", "", "", NOTICE, "noticed", {"kinds": ["licence_suspended"]}, {"kinds": ["warning"]}, "step",
     "《行政处罚法》(2021) 45"),
    ("heavier_than_noticed", "", "", [*INQUIRY, ("noticed", {"harm": "slight"}), ("reviewed", {})], "decided", {"harm": "serious"},
     {"harm": "none"}, "facts.harm", "《行政处罚法》(2021) 45"),
    ("sent_back_by_nobody", "", "", NOTICE, "sent_back", {"reviewer": None}, {"reviewer": None, "approved_by": "L08"}, "facts.reviewer", APART),
    ("worse_for_contesting", "", "", SERVED, "changed", {"fine_yuan": 501}, {"fine_yuan": 500}, "facts.fine_yuan", WORSE),
    ("worse_for_contesting", "", "", SERVED, "changed", {"kinds": ["licence_suspended"]}, {"fine_yuan": None, "kinds": ["warning"]},
     "facts.kinds", WORSE),
    *(("worse_for_contesting", "", "", f"{SERVED} {appeal}_filed", f"{appeal}_ended", {"outcome": "changed", "fine_yuan": 501},
       {"outcome": "changed", "fine_yuan": 501, "contrary_claim": True}, "facts.fine_yuan", WORSE) for appeal in ("reconsideration", "suit")),
    ("changed_against_judgment", "", "", SERVED, "changed", {"fine_yuan": None}, {"fine_yuan": 0, "kinds": ["warning"]}, "facts.kinds",
     "《行政处罚法》(2021) 75"),
    *(("changed_against_judgment", "", "", f"{SERVED} suit_filed suit_ended", step, {}, None, "step", "《行政处罚法》(2021) 75")
      for step in ("changed", "revoked")),
    ("reopened_without_order", "", "", [*PUT_OFF, ("revoked", {"remake": None})], "reopened", {}, None, "step", ANEW),
    ("reopened_without_order", "", "", [*PUT_OFF, ("published", {}), ("revoked", {})], "reopened", {}, None, "step", ANEW),
    ("reopened_without_order", "", "", [*PUT_OFF, ("paid", {}), ("revoked", {})], "reopened", {}, None, "step", ANEW),
    ("refund_not_owed", "", "", f"{SERVED} paid changed", "refunded", {"refunded_yuan": 199}, {"refunded_yuan": 200}, "facts.refunded_yuan", BACK),
    ("archived_with_money_owed", "", "", f"{SERVED} paid revoked", "archived", {}, None, "step", BACK),
    ("archived_with_money_owed", "", "", f"{SERVED} paid changed served", "archived", {}, None, "step", BACK),
]  # fmt: skip
