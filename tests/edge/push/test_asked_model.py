"""A deployment's own model is asked what an order without a matter is about: its ranking goes along, and nothing waits or fails for it."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import click
import pytest

from pipeline.edge.push.asked_model import FAILURES_MAX, proposals_of
from pipeline.intake_settings import IntakeSettings
from tests.core.story import RULES, Story

TEXT = "巷口又来了,您给看看,李测试,电话13800000001"
RANKED = [
    {"code": "SR-001", "sure": 82, "words": ["巷口", "没说过的话"]},
    {"code": "SR-002", "sure": 31, "words": []},
    {"code": "NO-999", "sure": 99, "words": ["巷口"]},
]


class Model(BaseHTTPRequestHandler):
    """Speaks as OpenAI's API does; says what the test has it say."""

    def do_POST(self) -> None:
        """Notes what it was asked, and answers."""
        server: Any = self.server
        body = self.rfile.read(int(self.headers["Content-Length"]))
        server.asked.append((self.path, self.headers.get("Authorization"), json.loads(body)))
        if server.waits is not None:
            server.waits.wait(30)
        content = json.dumps({"choices": [{"message": {"content": server.says}}]}).encode()
        self.send_response(server.status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@contextmanager
def a_model(ranked: object = RANKED) -> Iterator[Any]:
    """As long as the block goes on. `says` is its answer, `asked` what it was asked, `waits` until when it thinks."""
    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), Model)
    server.asked, server.waits, server.status = [], None, 200
    server.says = json.dumps({"ranked": ranked}, ensure_ascii=False)
    server.address = f"http://127.0.0.1:{server.server_port}/v1"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        if server.waits is not None:
            server.waits.set()
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def model() -> Iterator[Any]:
    """A model of this machine."""
    with a_model() as server:
        yield server


def asking(server: Any, **changes: Any) -> Any:
    """Who asks it."""
    made = proposals_of(IntakeSettings(model_url=server.address, model_timeout_s=3.0, **changes), RULES)
    assert made is not None
    return made


def order(**changes: object) -> dict[str, object]:
    """An order without a matter."""
    return {"text": TEXT, "caller": {"name": "李测试", "phone": "13800000001"}} | changes


def test_the_models_ranking_goes_along_and_is_decided_by_the_rules(model):
    """Codes that do not exist and words that nobody said are passed over; the case is the one that the model thinks of."""
    content, notes = asking(model, model_name="qwen").proposed(order())
    assert content["proposal"] == [
        {"code": "SR-001", "points": 820, "words": [{"word": "巷口", "points": 410}]},
        {"code": "SR-002", "points": 310, "words": []},
    ]
    assert [(note.code, note.what) for note in notes] == [("model_asked", "SR-001")]
    [(path, key, asked)] = model.asked
    assert (path, key, asked["model"], asked["temperature"]) == ("/v1/chat/completions", None, "qwen", 0)
    story = Story().report(matter=None, text=TEXT, proposal=content["proposal"])
    assert (story.case.facts.matter, story.case.reports[0].recognised.proposed) == ("SR-001", True)


def test_the_model_learns_no_name_no_phone_and_of_a_secret_order_no_door(model):
    """It is told what the case will hold."""
    secret = {"name": "李测试", "phone": "13800000001", "secret": True}
    asking(model).proposed(order(text=f"{TEXT},锦绣街23号2单元501室", caller=secret))
    asked = json.dumps(model.asked[0][2], ensure_ascii=False)
    for personal in ("李测试", "13800000001", "23号", "501"):
        assert personal not in asked
    assert "锦绣街[门牌]" in asked


@pytest.mark.parametrize("known", [{"matter": "SR-001"}, {"proposal": []}, {"text": "  "}, {"text": None}])
def test_what_is_known_or_says_nothing_is_not_asked(model, known):
    """The sender's own matter, and a ranking of the sender's own, hold."""
    content = order(**known)
    assert asking(model).proposed(content) == (content, ())
    assert model.asked == []


@pytest.mark.parametrize(
    ("says", "why"),
    [
        ("I think it is about a street vendor.", "no_ranking"),
        ('{"ranked": [{"code": "SR-001", "sure": 90}]}', "no_ranking"),
        ('{"ranked": [{"code": "SR-001", "sure": 900}, {"code": "SR-002", "sure": "high"}]}', "no_ranking"),
        ('{"ranked": 7}', "no_ranking"),
        ("[" * 100_000, "no_ranking"),
        ("x" * 300_000, "no_answer"),
    ],
)
def test_an_answer_that_is_no_ranking_is_no_proposal(model, says, why):
    """The order goes as it came, and the row says why."""
    model.says = says
    content, notes = asking(model).proposed(order())
    assert content == order()
    assert [(note.code, note.what) for note in notes] == [("model_silent", why)]


def test_a_fenced_answer_is_read(model):
    """As models write it, whatever they were told."""
    model.says = f"```json\n{model.says}\n```"
    assert "proposal" in asking(model).proposed(order())[0]


def test_a_model_that_refuses_or_is_slow_or_gone_holds_up_nothing(model):
    """After some failures in a row it is asked no more: a file of a thousand rows does not wait a thousand times."""
    model.status = 500
    asker = asking(model)
    said = [asker.proposed(order())[1][0].what for _ in range(FAILURES_MAX + 1)]
    assert said == ["status_500"] * FAILURES_MAX + ["given_up"]
    model.status, model.waits = 200, threading.Event()
    slow = proposals_of(IntakeSettings(model_url=model.address, model_timeout_s=0.3), RULES)
    assert slow.proposed(order())[1][0].what == "too_slow"
    with a_model() as gone:
        asker = asking(gone)
    assert asker.proposed(order())[1][0].what == "not_reached"


def test_the_key_comes_from_a_file_and_a_wrong_file_is_told_before_anything_is_pushed(model, tmp_path: Path):
    """It stands in no setting's value and no message."""
    (tmp_path / "key").write_text("sk-test\n")
    asking(model, model_key_file=tmp_path / "key").proposed(order())
    assert model.asked[0][1] == "Bearer sk-test"
    with pytest.raises(click.FileError) as caught:
        asking(model, model_key_file=tmp_path / "none")
    assert caught.value.ui_filename.endswith("none")


def test_no_model_is_asked_until_a_deployment_names_one():
    """As it comes, nothing leaves for one."""
    assert proposals_of(IntakeSettings(), RULES) is None
