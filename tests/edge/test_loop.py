"""The closed loop through the command line, on a real worker: push, assignment, action after action, closed."""

import hashlib
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from queue import Queue
from typing import ClassVar

import pytest

from pipeline.edge.client import Client

ROOT = Path(__file__).parents[2]
STREET = "140109004"
_numbers = count(1)


def enforcement(
    worked: Mapping[str, str], *arguments: str, stdin: bytes = b"", expect: int = 0
) -> list[dict[str, object]]:
    """Run the command with --json; its lines."""
    ran = subprocess.run(
        [sys.executable, "-c", "from pipeline.cli import main; main()", *arguments, "--json"],
        cwd=ROOT,
        env=worked,
        input=stdin,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert ran.returncode == expect, ran.stderr.decode()
    return [json.loads(line) for line in ran.stdout.splitlines()]


def order(**changes: object) -> dict[str, object]:
    """A fresh 12345 order, in the hotline's own format."""
    number = next(_numbers)
    return {
        "order_no": f"LOOP-{number}",
        "accepted_at": datetime.now(UTC).isoformat(),
        "cat": "SR-001",
        "content": "占道卖水果",
        "citizen": {"name": "张某", "phone": "１３８０００００００１"},
        "addr": f"兴华街{number}号",
        "region": STREET,
        "callback": "phone",
        **changes,
    }


def pushed(worked: Mapping[str, str], *records: object, expect: int = 0) -> list[dict[str, object]]:
    """Push records as lines."""
    lines = b"".join(json.dumps(record).encode() + b"\n" for record in records)
    return enforcement(worked, "push", "-", "--source", "12345", stdin=lines, expect=expect)


def evidence(path: Path, kinds: object) -> Path:
    """A file with an item of each kind, each a second later than the one before."""
    assert isinstance(kinds, list)
    now = datetime.now(UTC)
    items = [
        {
            "sha256": hashlib.sha256(f"{path} {kind}".encode()).hexdigest(),
            "kind": kind,
            "taken_at": (now + timedelta(seconds=n)).isoformat(),
        }
        for n, kind in enumerate(kinds)
    ]
    path.write_text(json.dumps(items))
    return path


def test_a_case_is_closed_through_the_command_line(worked: dict[str, str], tmp_path: Path):
    """From the hotline's order to the caller's answer, each step answered, each team told."""
    [receipt] = pushed(worked, order())
    case, team = str(receipt["case_id"]), str(receipt["team"])
    assert (receipt["outcome"], receipt["row"]) == ("accepted", 1)
    assert receipt["due_at"]

    def act(action: str, *more: str, expect: int = 0) -> dict[str, object]:
        [answer] = enforcement(worked, "act", case, action, *more, expect=expect)
        return answer

    def open_tasks(who: str) -> list[dict[str, object]]:
        tasks = enforcement(worked, "assignments", "--team", who, "--street", STREET)
        return [task for task in tasks if task["case_id"] == case]

    mine = ("--actor", "W0931", "--team", team)
    [task] = open_tasks(team)
    assert act("sign", *mine)["stage"] == "signed"
    assert act("sign", *mine, expect=1)["code"] == "not_at_this_stage"
    assert act("arrive", *mine, "--officer", "C001", "--officer", "C002")["stage"] == "arrived"
    assert act("dispose", *mine, expect=1)["code"] == "evidence_missing"
    proof = evidence(tmp_path / "evidence.json", task["evidence_required"])
    assert act("dispose", *mine, "--evidence", str(proof))["stage"] == "awaiting_verification"
    assert open_tasks(team) == []
    assert [one["kind"] for one in open_tasks("verification")] == ["verify"]
    assert act("verify", "--passed", "--actor", "W0931", expect=1)["code"] == "self_verification"
    assert act("verify", "--passed", "--actor", "V001", expect=1)["code"] == "answer_not_written"
    act("answer", *mine, "--found", "true", "--done", "摊贩已劝离，路面已清扫")
    assert act("verify", "--passed", "--actor", "V001")["stage"] == "awaiting_callback"
    answered = ("--reached", "--solved", "--satisfied", "--actor", "H001")
    assert act("call-back", *answered)["stage"] == "closed"
    [told] = enforcement(worked, "case", case)
    assert (told["stage"], told["outcome"]) == ("closed", "resolved")
    written = json.dumps(told, ensure_ascii=False)
    assert not any(personal in written for personal in ("张某", "13800000001", "１３８０００００００１"))


def test_a_case_rests_and_tells_why(worked: dict[str, str]):
    """Asked for by the team, granted by a chief: the clock stands, and its ledger says since when, why, and by whom."""
    [receipt] = pushed(worked, order())
    case, team = str(receipt["case_id"]), str(receipt["team"])
    mine = ("--actor", "W0931", "--team", team)
    until = (datetime.now(UTC) + timedelta(days=2)).isoformat()
    enforcement(worked, "act", case, "sign", *mine)
    enforcement(worked, "act", case, "suspend", "--reason", "weather", "--until", until, *mine)
    tasks = enforcement(worked, "assignments", "--team", "duty", "--street", STREET)
    assert [task["kind"] for task in tasks if task["case_id"] == case] == ["approve"]
    [denied] = enforcement(worked, "act", case, "decide", "--grant", "--actor", "W0931", expect=1)
    assert denied["code"] == "self_approval"
    [granted] = enforcement(worked, "act", case, "decide", "--grant", "--actor", "C001")
    assert granted["stage"] == "suspended"
    [found] = enforcement(worked, "why", case)
    assert isinstance(found["clocks"], list)
    dispose = next(clock for clock in found["clocks"] if clock["kind"] == "dispose")
    assert dispose["state"] == "stood"
    assert dispose["intervals"][-1]["asked_by"] == "W0931"
    assert dispose["intervals"][-1]["suspension"]["approved_by"] == "C001"
    assert dispose["ran_s"] + dispose["left_s"] == dispose["allowed_s"]
    [resumed] = enforcement(worked, "act", case, "resume", *mine)
    assert resumed["stage"] == "signed"
    assert enforcement(worked, "why", case, "--at", "2020-01-01T00:00Z", expect=1) == []


def test_things_are_seized_tested_and_returned(worked: dict[str, str], tmp_path: Path):
    """Each fact said on the command line; the case shows the measure, and its ledger that the limit stands."""
    [receipt] = pushed(worked, order(cat="SC-003"))
    case = str(receipt["case_id"])
    mine = ("--actor", "W0931", "--team", str(receipt["team"]))
    enforcement(worked, "act", case, "sign", *mine)
    enforcement(worked, "act", case, "arrive", *mine, "--officer", "C001", "--officer", "C002")
    proof = ("--evidence", str(evidence(tmp_path / "record.json", ["document"])))

    def take(step: str, *facts: str, expect: int = 0) -> dict[str, object]:
        said = [one for fact in facts for one in ("--fact", fact)]
        measure = ("measure", "--measure", "seizure", "--step", step)
        [done] = enforcement(worked, "act", case, *measure, *said, *proof, *mine, expect=expect)
        return done

    assert take("begun", expect=1)["code"] == "not_at_this_stage"
    enforcement(worked, "act", case, "penalise", "--step", "clue", "--fact", "harm=slight", *proof, *mine)
    assert take("begun", "officers=C001", expect=1)["field"] == "facts.officers"
    begun = ("officers=C001,C002", "identity_shown=true", "approved_by=L001")
    assert take("begun", *begun)["outcome"] == "accepted"
    until = (datetime.now(UTC) + timedelta(days=2)).isoformat()
    assert take("testing", f"until={until}", "told_in_writing=true")["outcome"] == "accepted"
    [found] = enforcement(worked, "why", case)
    assert isinstance(found["clocks"], list)
    limit = next(clock for clock in found["clocks"] if clock["name"] == "seizure")
    assert (limit["state"], limit["law"]) == ("stood", "行政强制法 25")
    archive = ("act", case, "penalise", "--step", "archived", *mine)
    assert enforcement(worked, *archive, expect=1)[0]["code"] == "archived_with_open_measure"
    assert take("ended", "disposal=returned")["outcome"] == "accepted"
    assert enforcement(worked, *archive)[0]["outcome"] == "accepted"
    [shown] = enforcement(worked, "case", case)
    assert isinstance(shown["penalty"], dict)
    assert [record["step"] for record in shown["penalty"]["measures"][0]["records"]] == [
        "begun",
        "testing",
        "ended",
    ]


def test_pushing_again_gives_the_same_receipt(worked: dict[str, str]):
    """Twice the same file: the same receipt id, and one case."""
    record = order()
    [first], [again] = pushed(worked, record), pushed(worked, record)
    assert (first["receipt_id"], first["case_id"]) == (again["receipt_id"], again["case_id"])


def test_an_action_with_the_same_id_is_done_once(worked: dict[str, str]):
    """Whoever lost the receipt asks again under the same --id."""
    [receipt] = pushed(worked, order())
    arguments = ("--actor", "W0931", "--team", str(receipt["team"]), "--id", f"once-{receipt['case_id']}")
    answers = [enforcement(worked, "act", str(receipt["case_id"]), "sign", *arguments)[0] for _ in range(2)]
    assert answers[0] == answers[1]


def test_each_row_of_a_file_has_its_result(worked: dict[str, str]):
    """Accepted, refused by the adapter, refused by the pipeline, not understood: by the rows' numbers, and exit 1."""
    records = [order(), order(loc={"lon": "东", "lat": 37.88}), order(cat="SR-999"), {"source_no": "x"}]
    rows = pushed(worked, *records, expect=1)
    rows.sort(key=lambda row: int(str(row["row"])))  # each comes as soon as it is answered
    outcomes = [(row["row"], row["outcome"], row["code"]) for row in rows]
    assert outcomes == [
        (1, "accepted", "accepted"),
        (2, "error", "wrong_type"),
        (3, "refused", "unknown_matter"),
        (4, "dead_letter", "field_missing"),
    ]
    assert rows[1]["field"] == "loc.lon"


def test_the_hotlines_list_is_held_against_what_came(worked: dict[str, str], tmp_path: Path):
    """Of the morning's list one order never came, one came with other words, one was refused, and the pipeline has one more."""
    orders = [order() for _ in range(4)]
    refused = order(cat="XX-999")
    numbers = [str(one["order_no"]) for one in orders]
    pushed(worked, *orders, refused, expect=1)
    listed = [orders[0], orders[1] | {"content": "占道卖鱼"}, orders[2], refused, order()]
    path = tmp_path / "sent.jsonl"
    path.write_bytes(b"".join(json.dumps(one).encode() + b"\n" for one in listed))
    said = enforcement(worked, "reconcile", str(path), "--source", "12345", expect=1)
    found = {str(one["source_no"]): (one["standing"], one["code"]) for one in said}
    ours = [*numbers, str(refused["order_no"]), str(listed[4]["order_no"])]  # other tests have pushed, too
    assert [found[number] for number in ours] == [
        ("same", None),
        ("different", None),
        ("same", None),
        ("unknown", None),
        ("refused", "unknown_matter"),
        ("lost", None),
    ]


def test_an_unknown_case_is_said_so(worked: dict[str, str]):
    """Exit 1 and nothing on stdout."""
    assert enforcement(worked, "case", f"{STREET}-0000000000000", expect=1) == []
    assert enforcement(worked, "why", f"{STREET}-0000000000000", expect=1) == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_people_read_lines_and_tables(worked: dict[str, str], lang: str):
    """The receipt, the team's table and the case's story, in either language."""
    record = order(content="水果摊\u202e 挡路")
    case = str(pushed(worked, record)[0]["case_id"])
    environment = {**worked, "LANG": "C.UTF-8", "COLUMNS": "200"}

    def read(*arguments: str) -> str:
        command = [sys.executable, "-c", "from pipeline.cli import main; main()", *arguments, "--lang", lang]
        ran = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, timeout=60, check=False)
        assert ran.returncode == 0, ran.stderr.decode()
        return ran.stdout.decode()

    table = read("assignments", "--team", "city-appearance")
    story, why = read("case", case), read("why", case)
    assert case in table
    assert ("待办" in table or "处置" in table) == (lang == "zh")
    assert story.startswith(case)
    assert ("已派单" if lang == "zh" else "dispatched") in story
    assert "\u202e" not in story
    assert why.startswith(case)
    assert ("已用" if lang == "zh" else "allowed 2 h") in why


def test_the_examples_run(worked: dict[str, str]):
    """One pushes a report; the other, in fewer than 20 lines, hears of it and goes on listening."""
    consumer = ROOT / "examples" / "consume_assignments.py"
    assert len(consumer.read_text().splitlines()) < 20
    ran = subprocess.run(
        [sys.executable, "examples/push_report.py"], cwd=ROOT, env=worked, capture_output=True, check=True
    )
    case = next(word for word in ran.stdout.decode().split() if word.startswith(f"{STREET}-"))
    command = [sys.executable, str(consumer), "city-appearance"]
    with subprocess.Popen(command, cwd=ROOT, env=worked, stdout=subprocess.PIPE) as hearing:
        assert hearing.stdout is not None
        heard = next(line for line in hearing.stdout if case.encode() in line)
        hearing.terminate()
    assert "占道" in heard.decode()


class Address(BaseHTTPRequestHandler):
    """An address of a hotline that fails once, then takes what is posted."""

    taken: ClassVar[Queue[tuple[str, dict[str, object]]]] = Queue()
    tries: ClassVar[Iterator[int]] = count(1)

    def do_POST(self) -> None:
        """503 the first time."""
        content = self.rfile.read(int(self.headers["Content-Length"]))
        is_up = next(self.tries) > 1
        if is_up:
            self.taken.put((self.headers["Idempotency-Key"], json.loads(content)))
        self.send_response(204 if is_up else 503)
        self.end_headers()

    def log_request(self, code: object = "", size: object = "") -> None:
        """Says nothing on the terminal."""


def test_the_webhook_posts_an_answer_until_it_is_taken(worked: dict[str, str]):
    """The interim answer of a case, with the notice's own id, though the address was down at first."""
    [receipt] = pushed(worked, order())
    case, mine = str(receipt["case_id"]), ("--actor", "W0931", "--team", str(receipt["team"]))
    enforcement(worked, "act", case, "sign", *mine)
    until = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    enforcement(worked, "act", case, "progress", "--measure", "已到现场", "--expected", until, *mine)
    with ThreadingHTTPServer(("127.0.0.1", 0), Address) as server, ThreadPoolExecutor(1) as pool:
        serving = pool.submit(server.serve_forever)
        url = f"http://127.0.0.1:{server.server_port}/"
        command = [sys.executable, "examples/webhook.py", "12345", url]
        with subprocess.Popen(command, cwd=ROOT, env=worked, stderr=subprocess.PIPE) as webhook:
            posted = iter(partial(Address.taken.get, timeout=60), None)
            key, notice = next(one for one in posted if one[1]["case_id"] == case)
            webhook.terminate()
        server.shutdown()
        serving.result()
    assert (notice["to"], notice["kind"]) == ("12345", "interim_answer")
    assert key == notice["notice_id"]
    assert next(Address.tries) > 2


def test_following_hears_a_task_pushed_later(worked: dict[str, str]):
    """`--follow` is not only what stands."""
    command = [sys.executable, "-c", "from pipeline.cli import main; main()"]
    asked = (*command, "assignments", "--team", "city-appearance", "--follow", "--json")
    pushed(worked, order())
    with subprocess.Popen(asked, cwd=ROOT, env=worked, stdout=subprocess.PIPE) as following:
        assert following.stdout is not None
        following.stdout.readline()  # it has begun: what stood there is being told
        case = str(pushed(worked, order())[0]["case_id"])
        heard = next(line for line in following.stdout if case.encode() in line)
        following.terminate()
    assert json.loads(heard)["status"] == "open"


def test_a_mistaken_bearer_of_an_id_gets_the_pipelines_answer(worked: dict[str, str]):
    """The client used as a library against the same worker: an unreadable report is answered, not lost."""
    brokers, prefix = worked["ENFORCEMENT_BROKERS"], worked["ENFORCEMENT_TOPIC_PREFIX"]
    with Client(brokers, topic_prefix=prefix) as client:
        answer = client.push(b'{"source":"12345",', street=STREET)
    assert (answer.outcome, answer.code) == ("dead_letter", "broken_json")
