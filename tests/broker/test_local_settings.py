"""Without ENFORCEMENT_BROKERS the broker of this machine is meant, whatever port it has."""

from pipeline.broker import Broker
from pipeline.broker.local_settings import local_settings
from pipeline.settings import Settings


def test_the_running_broker_is_found(monkeypatch, tmp_path):
    """Worker, topics and clients all mean the same broker; the environment has the first word."""
    monkeypatch.setenv("ENFORCEMENT_HOME", str(tmp_path))
    monkeypatch.delenv("ENFORCEMENT_BROKERS", raising=False)
    assert local_settings() == Settings()
    broker = Broker.start(tmp_path / "broker", port=0)
    try:
        assert local_settings().brokers == broker.address
        monkeypatch.setenv("ENFORCEMENT_BROKERS", "elsewhere:9092")
        assert local_settings().brokers == "elsewhere:9092"
    finally:
        broker.stop()


def test_a_killed_broker_restarts_on_its_port(tmp_path):
    """Again and again, also at once: the sockets of the dead process are waited for."""
    broker = Broker.start(tmp_path / "broker", port=0)
    try:
        for _ in range(3):
            address = broker.address
            broker.kill()
            broker = broker.restart()
            assert broker.address == address
    finally:
        broker.stop()
