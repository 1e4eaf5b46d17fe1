"""A notification is answered as taken when every channel of its audience has it: nothing is lost in silence, and nobody hears it twice
because another channel is out of order."""

import json
import logging
from contextlib import contextmanager
from http.client import HTTPConnection
from threading import Event, Thread

import pytest
from click.testing import CliRunner

from pipeline.cli import commands
from pipeline.indicators.objectives import load_objectives
from pipeline.notify import notify_metrics
from pipeline.notify.audiences import WrongChannel, channels_of
from pipeline.notify.delivery import REMEMBERED_S, Delivery
from pipeline.notify.message_text import MessageTexts
from pipeline.notify.notify_server import server_of
from pipeline.settings import Settings
from tests.deploy.tools import ROOT
from tests.notify.fake_services import PASSWORD, PATHS, SECRETS, mail_server, robots

BODY = (ROOT / "examples/alerts.json").read_bytes()
OBJECTIVES = load_objectives()
AUDIENCES = tuple(OBJECTIVES.table.receivers)
EXAMPLE = str(ROOT / "examples/alerts.json")


class Notifier:
    """One that serves, with a clock for what it remembers."""

    def __init__(self, port):
        self.port = port
        self.now = 0.0

    def asked(self, method, path, body=None):
        """The status and the text."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request(method, path, body)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()

    def told(self, audience="duty_chief", body=BODY):
        """What Alertmanager is answered."""
        return self.asked("POST", f"/alerts/{audience}", body)[0]


@contextmanager
def notifier(**settings):
    """With these settings, in this process."""
    asked = Settings.model_validate({f"notify_{name}": value for name, value in settings.items()})
    found = Notifier(0)
    delivery = Delivery(channels_of(asked, AUDIENCES), MessageTexts(asked, OBJECTIVES), lambda: found.now)
    with server_of(delivery, "127.0.0.1", 0) as server:
        found.port = server.server_port
        Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield found
        server.shutdown()


@pytest.fixture
def services():
    """The three."""
    with robots() as found:
        yield found


def test_everybody_is_told_once(services):
    """Three robots and two mail addresses, one message each; then Alertmanager means it when it tells again."""
    with mail_server() as server:
        channels = {service: services.of(service) for service in PATHS}
        with notifier(
            **channels, mail="a@street.example,b@street.example", smtp=f"smtp://{server.address}"
        ) as running:
            assert running.told() == 200
            assert sorted(posted.service for posted in services.taken) == ["dingtalk", "feishu", "wecom"]
            assert sorted(mail["To"] for mail in server.taken) == ["a@street.example", "b@street.example"]
            assert running.told() == 200
    assert (len(services.taken), len(server.taken)) == (6, 4)


def test_a_channel_that_refuses_gets_it_again_and_the_others_do_not(services, caplog):
    """Until it takes it; its words are in the log, and no key."""
    caplog.set_level(logging.INFO)
    services.refusing["feishu"] = (11232, f"frequency limited {SECRETS[2]}")
    with notifier(**{service: services.of(service) for service in PATHS}) as running:
        assert [running.told() for _ in range(3)] == [503, 503, 503]
        assert {service: len(services.texts(service)) for service in PATHS} == {
            "wecom": 1,
            "dingtalk": 1,
            "feishu": 0,
        }
        services.refusing.clear()
        assert running.told() == 200
    assert {service: len(services.texts(service)) for service in PATHS} == dict.fromkeys(PATHS, 1)
    assert (
        "feishu for duty_chief has not taken it (refused): code 11232: frequency limited ***" in caplog.text
    )
    assert not any(secret in caplog.text for secret in SECRETS)


def test_what_is_new_goes_to_all_while_one_is_out_of_order(services):
    """Another alert of the group, or one that is over, is other news; and what is repeated after an hour is too."""
    services.http_status["feishu"] = 500
    resolved = json.loads(BODY)
    resolved["alerts"][0]["status"] = "resolved"
    with notifier(wecom=services.of("wecom"), feishu=services.of("feishu")) as running:
        assert running.told() == running.told() == 503
        assert running.told(body=json.dumps(resolved)) == 503
        assert len(services.texts("wecom")) == 2
        running.now += REMEMBERED_S
        assert running.told() == 503
        assert len(services.texts("wecom")) == 3
    shortest = min(severity.repeat_hours for severity in OBJECTIVES.table.severities.values())
    assert shortest * 3_600 > REMEMBERED_S


def test_a_channel_that_hangs_holds_up_no_other(services):
    """They are told at the same time."""
    services.hanging["wecom"] = Event()
    with notifier(wecom=services.of("wecom"), dingtalk=services.of("dingtalk"), timeout_s=0.3) as running:
        assert running.told() == 503
    assert len(services.texts("dingtalk")) == 1


def test_each_audience_has_its_own_channels_and_one_without_is_told_in_the_log(services, caplog):
    """By the settings; of what nobody is called for there is a line."""
    with notifier(wecom=f"operator={services.of('wecom')}") as running:
        assert running.told("operator") == 200
        assert len(services.texts("wecom")) == 1
        assert running.told("duty_chief") == 200
    assert len(services.texts("wecom")) == 1
    assert "140109004-BBBBBBBBBBBBB" in caplog.text


def test_what_is_no_notification_is_not_posted_again():
    """An audience that there is none of, and what Alertmanager would not send."""
    with notifier() as running:
        assert running.told("nobody") == 404
        assert running.asked("POST", "/", BODY)[0] == 404
        for body in (b"{", b"[]", b'{"alerts": []}', b"\xff", BODY.replace(b'"firing"', b'"other"')):
            assert running.told(body=body) == 400
        assert running.asked("GET", "/livez") == (200, "yes\n")
        assert running.asked("HEAD", "/livez") == (200, "")
        assert running.asked("GET", "/")[0] == 404


def test_messages_are_counted_from_0(services):
    """Each channel and each end is there before anything happens, so that the first failure is seen."""
    notify_metrics.begin()
    services.refusing["dingtalk"] = (310000, "sign not match")
    with notifier(dingtalk=services.of("dingtalk")) as running:
        before = counted(running)
        assert len(before) == 20
        assert running.told() == 503
        grown = {series: value - before[series] for series, value in counted(running).items()}
    assert {series: value for series, value in grown.items() if value} == {
        'enforcement_notify_messages_total{channel="dingtalk",result="refused"}': 1
    }


def counted(running):
    """The series of messages."""
    lines = running.asked("GET", "/metrics")[1].splitlines()
    return {
        name: float(value)
        for name, _, value in (line.rpartition(" ") for line in lines if not line.startswith("#"))
    }


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (
            {"wecom": f"chief=https://x.example/?key={SECRETS[0]}"},
            "NOTIFY_WECOM: no such audience; allowed: duty_chief, operator",
        ),
        ({"feishu": SECRETS[2]}, "NOTIFY_FEISHU: no address; allowed: http://, https://"),
        ({"mail": "a@b.example"}, "NOTIFY_SMTP: no address; allowed: smtps://, smtp://"),
        ({"mail": "chief", "smtp": f"smtp://u:{PASSWORD}@h"}, "NOTIFY_MAIL: no mail address"),
        ({"mail": "a@b", "smtp": f"smtp://u:{PASSWORD}@h:x"}, "NOTIFY_SMTP: no address"),
    ],
)
def test_a_wrong_channel_is_one_line_without_its_secret_and_78(settings, words):
    """Said by the notifier when it starts, and by `config check`."""
    named = {f"ENFORCEMENT_NOTIFY_{name.upper()}": value for name, value in settings.items()}
    for command in (["notify", "--once", EXAMPLE], ["config", "check"]):
        result = CliRunner().invoke(commands, command, env={"LC_ALL": "C.UTF-8", **named})
        assert result.exit_code == 78
        [line] = result.stderr.splitlines()
        assert line.startswith(f"error[wrong_setting]: ENFORCEMENT_{words}")
        assert not any(secret in line for secret in (*SECRETS, PASSWORD))
    with pytest.raises(WrongChannel):
        channels_of(
            Settings.model_validate({f"notify_{name}": value for name, value in settings.items()}), AUDIENCES
        )


def test_once_prints_what_each_channel_would_be_sent_and_sends_nothing(services):
    """For people who try it, and without a key."""
    named = {f"ENFORCEMENT_NOTIFY_{service.upper()}": services.of(service) for service in PATHS}
    result = CliRunner().invoke(commands, ["notify", "--once", EXAMPLE], env=named)
    assert result.exit_code == 0
    for service in PATHS:
        assert f"--- {service}: 【紧急】紧急案件超期未处置：生态环境组 2 件" in result.stdout
    assert services.calls == 0
    assert not any(secret in result.output for secret in SECRETS)
    wrong = CliRunner().invoke(
        commands, ["notify", "--once", str(ROOT / "README.md")], env={"LC_ALL": "C.UTF-8"}
    )
    assert (wrong.exit_code, wrong.stderr.partition(":")[0]) == (2, "error[not_an_alert_group]")
