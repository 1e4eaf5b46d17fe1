"""Each channel speaks as its service documents it, and believes the service's own word, not HTTP's."""

import shutil
import ssl
import subprocess
import time
from threading import Event

import pytest

from pipeline.notify.channel import ChannelKind, NotTaken, SendResult, TextMessage
from pipeline.notify.mail import MailAddress
from pipeline.notify.robots import SERVICES, ChatRobot
from tests.notify.fake_services import PASSWORD, PATHS, SECRETS, mail_server, robots

MESSAGE = TextMessage("【紧急】案件超期", '**【紧急】案件超期**\n生态环境组 "2" 件', is_firing=True)
TO = "chief@street.example"


@pytest.fixture
def services():
    """The three."""
    with robots() as found:
        yield found


def robot(services, service, *, secret=None, timeout_s=5.0, clock=time.time):
    """A robot as set by an operator."""
    address = services.of(service)
    if secret is not None:
        address = f"{address.partition('#')[0]}#{secret}"
    return ChatRobot(ChannelKind(service), address, timeout_s, clock)


def refusal(channel):
    """What becomes of a message that is not taken, and why."""
    with pytest.raises(NotTaken) as refused:
        channel.send(MESSAGE)
    assert not any(secret in str(refused.value) for secret in (*SECRETS, PASSWORD, TO))
    return refused.value.result, str(refused.value)


@pytest.mark.parametrize("service", PATHS)
def test_each_service_takes_a_message(services, service):
    """Signed where it wants that, in its own form."""
    robot(services, service).send(MESSAGE)
    assert services.texts(service) == [MESSAGE.text]


@pytest.mark.parametrize(("service", "words"), [("dingtalk", "310000"), ("feishu", "19021")])
def test_a_wrong_secret_is_refused_in_the_services_words(services, service, words):
    """With HTTP 200: the code in the JSON counts. So is a clock that is wrong by two hours."""
    result, why = refusal(robot(services, service, secret="another"))
    assert (result, words in why) == (SendResult.REFUSED, True)
    result, why = refusal(robot(services, service, clock=lambda: time.time() - 7_200))
    assert (result, words in why) == (SendResult.REFUSED, True)
    assert services.taken == []


def test_what_a_service_says_of_the_key_is_shown_without_it(services):
    """Its words go into the log, and the log is no place for keys."""
    services.refusing["wecom"] = (93000, f"invalid webhook url {PATHS['wecom']}")
    assert (
        refusal(robot(services, "wecom"))[1]
        == "errcode 93000: invalid webhook url /cgi-bin/webhook/send?key=***"
    )


def test_a_service_that_does_not_answer_is_left_after_the_time_limit(services):
    """It may have the message or not: it is sent again."""
    services.hanging["feishu"] = Event()
    started = time.monotonic()
    assert refusal(robot(services, "feishu", timeout_s=0.3))[0] == SendResult.FAILED
    assert time.monotonic() - started < 5
    gone = ChatRobot(ChannelKind.WECOM, "http://127.0.0.1:1/send?key=1", 1.0)
    assert refusal(gone)[0] == SendResult.FAILED


@pytest.mark.parametrize(
    ("status", "result"),
    [
        (500, SendResult.FAILED),
        (429, SendResult.FAILED),
        (404, SendResult.REFUSED),
        (302, SendResult.REFUSED),
    ],
)
def test_an_answer_by_http_alone_is_no_taking(services, status, result):
    """A redirection is not followed: the message goes where it was meant for, or nowhere."""
    services.http_status["dingtalk"] = status
    assert refusal(robot(services, "dingtalk")) == (result, f"HTTP {status}")
    assert services.calls == 1


@pytest.mark.parametrize("service", ["wecom", "dingtalk"])
def test_no_more_messages_within_a_minute_than_the_service_allows(services, service):
    """The next is held back and comes again; the service, which would shut the robot, is not called."""
    channel = robot(services, service)
    for _ in range(SERVICES[ChannelKind(service)].per_minute):
        channel.send(MESSAGE)
    assert refusal(channel)[0] == SendResult.HELD
    assert services.calls == 20


def test_mail_is_taken_and_read_as_it_was_written():
    """Title and text in Chinese, dated by the clock."""
    with mail_server() as server:
        MailAddress(TO, "alerts@street.example", f"smtp://{server.address}", 5.0, lambda: 1_764_000_000).send(
            MESSAGE
        )
    [mail] = server.taken
    assert (mail["Subject"], mail["To"], mail["From"]) == (MESSAGE.title, TO, "alerts@street.example")
    assert mail["Date"].datetime.year == 2025
    assert mail.get_content().splitlines() == MESSAGE.text.splitlines()


def test_a_mail_address_that_is_refused_is_not_in_the_log():
    """The server's words are, without it."""
    with mail_server() as server:
        server.unknown.add(TO)
        result, why = refusal(MailAddress(TO, "a@b", f"smtp://{server.address}", 5.0))
    assert (result, why) == (SendResult.REFUSED, "SMTP 550: no such user: ***")
    assert refusal(MailAddress(TO, "a@b", "smtp://127.0.0.1:1", 1.0))[0] == SendResult.FAILED


def test_mail_that_was_taken_is_not_sent_again_for_a_bad_farewell():
    """The message counts, not how the connection ends."""
    with mail_server() as server:
        server.farewell = "421 busy"
        MailAddress(TO, "a@b", f"smtp://{server.address}", 5.0).send(MESSAGE)
    assert len(server.taken) == 1


def test_no_password_goes_where_everybody_may_read_it():
    """A server without encryption is not logged in to."""
    with mail_server() as server:
        channel = MailAddress(TO, "a@b", f"smtp://user:{PASSWORD}@{server.address}", 5.0)
        assert "offers no encryption" in refusal(channel)[1]
        assert (server.logins, server.taken) == ([], [])


def test_an_encrypted_server_is_logged_in_to_if_it_is_known(tmp_path, monkeypatch):
    """A certificate that nobody vouches for is refused before the password is sent."""
    if shutil.which("openssl") is None:
        pytest.skip("NOT CHECKED: openssl is not installed (Debian: apt install openssl)")
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", certificate, "-days", "2",
         "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"],
        check=True, capture_output=True,
    )  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with mail_server(context) as server:
        channel = MailAddress(TO, "a@b", f"smtps://user:{PASSWORD}@{server.address}", 5.0)
        assert refusal(channel)[0] == SendResult.FAILED
        assert server.logins == []
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        channel.send(MESSAGE)
        assert (server.logins, len(server.taken)) == ([f"user {PASSWORD}"], 1)
        wrong = MailAddress(TO, "a@b", f"smtps://user:wrong@{server.address}", 5.0)
        assert refusal(wrong) == (SendResult.REFUSED, "SMTP 535: no")
