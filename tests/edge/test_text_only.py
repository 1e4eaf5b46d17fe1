"""Orders that say nothing but what happened, through the command line and a real worker: to the right team, to the centre, or answered."""

from collections.abc import Mapping

from tests.edge.evidence.test_fetched_evidence import serving
from tests.edge.push.test_asked_model import a_model
from tests.edge.test_loop import STREET, enforcement, order, pushed

QUESTION = "你好 我想问一下,家里孩子上学怎么办理入学手续,需要什么材料"
UNCLEAR = "那个事情你们管一下吧"
CENTRE = "duty"


def told(text: str, **changes: object) -> dict[str, object]:
    """An order without a matter."""
    return order(cat="", content=text, **changes)


def tasks_of(worked: Mapping[str, str], team: str, case: str) -> list[dict[str, object]]:
    """What the team is asked of the case."""
    tasks = enforcement(worked, "assignments", "--team", team, "--street", STREET)
    return [task for task in tasks if task["case_id"] == case]


def test_a_text_alone_reaches_the_team_whose_matter_it_is(worked: dict[str, str]):
    """It is dispatched at once; the receipt says on which words that rests."""
    [receipt] = pushed(worked, told("有人在路边摆摊卖水果,占着人行道"))
    case, team = str(receipt["case_id"]), str(receipt["team"])
    assert receipt["outcome"] == "accepted"
    assert receipt["recognised"]["best"]["code"] == "SR-001"  # type: ignore[index]
    [named] = pushed(worked, order(cat="SR-001"))
    assert team == named["team"]
    assert [task["matter"] for task in tasks_of(worked, team, case)] == ["SR-001"]


def test_an_unclear_text_goes_to_the_centre_and_from_there_to_the_team(worked: dict[str, str]):
    """Nobody is sent until a clerk has said what it is; then it goes on as if it had been reported so."""
    [receipt] = pushed(worked, told(UNCLEAR))
    case = str(receipt["case_id"])
    assert (receipt["outcome"], receipt["team"], receipt["missing"]) == ("accepted", None, ["matter"])
    [asked] = tasks_of(worked, CENTRE, case)
    assert (asked["kind"], asked["missing"]) == ("assess", ["matter"])
    [answer] = enforcement(worked, "act", case, "recognise", "--matter", "SR-001", "--actor", "D001")
    assert answer["stage"] == "dispatched"
    [case_now] = enforcement(worked, "case", case)
    team = str(case_now["task"]["team"])  # type: ignore[index]
    assert tasks_of(worked, CENTRE, case) == []
    assert [task["kind"] for task in tasks_of(worked, team, case)] == ["handle"]


def test_a_question_is_answered_directly_and_the_receipt_says_so(worked: dict[str, str]):
    """The sender has the words for the caller; nobody has a task and no clock runs."""
    [receipt] = pushed(worked, told(QUESTION))
    case = str(receipt["case_id"])
    assert (receipt["outcome"], receipt["code"], receipt["team"]) == ("answered", "answered", None)
    assert receipt["answer"]["kind"] == "consult"  # type: ignore[index]
    assert receipt["answer"]["reply_zh"]  # type: ignore[index]
    assert tasks_of(worked, CENTRE, case) == []
    [case_now] = enforcement(worked, "case", case)
    assert (case_now["stage"], case_now["clocks"]) == ("answered", [])


def test_a_deployments_own_model_settles_what_the_rules_leave_open(worked: dict[str, str]):
    """The same words, with a model at the edge: the case opens by its ranking, and says that it was proposed."""
    with a_model() as model:
        [receipt] = pushed({**worked, "ENFORCEMENT_MODEL_URL": model.address}, told(UNCLEAR))
    assert receipt["outcome"] == "accepted"
    assert receipt["recognised"]["proposed"]  # type: ignore[index]
    assert receipt["recognised"]["best"]["code"] == "SR-001"  # type: ignore[index]
    assert [note["code"] for note in receipt["notes"]] == ["matter_unknown", "model_asked"]  # type: ignore[attr-defined]


def test_a_photo_by_its_address_is_hashed_where_that_is_allowed_and_else_asked_for(worked: dict[str, str]):
    """One order with each: the first is evidence of the case, of the second both sides read that it is missing."""
    with serving() as files:
        address = f"http://127.0.0.1:{files.server_port}"
        photos = [{"uri": f"{address}/photo"}, {"uri": f"{address}/gone"}]
        allowed = {
            **worked,
            "ENFORCEMENT_EVIDENCE_HOSTS": "127.0.0.1",
            "ENFORCEMENT_EVIDENCE_NETWORKS": "127.0.0.0/8",
        }
        [receipt] = pushed(allowed, order(attachments=photos))
        [refused] = pushed({**worked, "ENFORCEMENT_EVIDENCE_HOSTS": "127.0.0.1"}, order(attachments=photos))
        asked = len(files.asked)  # type: ignore[attr-defined]
    assert receipt["left_out"] == [{"field": "evidence.1", "why": "unhashed"}]
    assert asked == 2
    [case] = enforcement(worked, "case", str(receipt["case_id"]))
    assert len(case["evidence"]) == 1  # type: ignore[arg-type]
    [task] = tasks_of(worked, str(receipt["team"]), str(receipt["case_id"]))
    assert task["left_out"] == receipt["left_out"]
    notes = [(note["code"], note["what"]) for note in refused["notes"]]  # type: ignore[attr-defined]
    assert ("evidence_unfetched", "address_refused") in notes
