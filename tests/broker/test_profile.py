"""The settings of one node, as Java and Kafka's tools read them."""

from pathlib import Path

from pipeline.broker import profile
from pipeline.broker.ports import port_plans
from pipeline.broker.profile import PeerPorts, Seat


def test_a_cluster_id_never_looks_like_an_option() -> None:
    """One in 64 plain random ids starts with a dash, and Kafka's formatter then refuses to start."""
    ids = {profile.new_cluster_id() for _ in range(2000)}
    assert len(ids) == 2000
    assert {len(each) for each in ids} == {22}
    assert not [each for each in ids if each.startswith("-")]


def test_a_folder_may_have_any_name() -> None:
    """Java reads the file as Latin-1: everything else is written as an escape, a backslash too."""
    text = profile.properties(Path("/home/街道/a\\b c"), 1, 2)
    assert text.isascii()
    assert "log.dir=/home/\\u8857\\u9053/a\\u005cb c\n" in text


def test_one_node_asks_for_no_replicas() -> None:
    """Every replication factor is one."""
    factors = {name: value for name, value in profile.ONE_NODE.items() if "replication.factor" in name}
    assert set(factors.values()) == {"1"}
    assert profile.ONE_NODE["auto.create.topics.enable"] == "false"


def test_nodes_reach_one_another_where_they_are_told_to() -> None:
    """A relay may stand between nodes, and clients pass it by; without one there is nothing between, and no third listener."""
    relayed = profile.properties(Path("/x"), 1, 2, Seat(2, (20, 30, 40), PeerPorts(3, 50)))
    assert "listeners=BROKER://127.0.0.1:1,CONTROLLER://127.0.0.1:2,PEER://127.0.0.1:3\n" in relayed
    assert (
        "advertised.listeners=BROKER://127.0.0.1:1,CONTROLLER://127.0.0.1:30,PEER://127.0.0.1:50\n" in relayed
    )
    assert "controller.quorum.voters=1@127.0.0.1:20,2@127.0.0.1:30,3@127.0.0.1:40\n" in relayed
    assert "inter.broker.listener.name=PEER\n" in relayed
    direct = profile.properties(Path("/x"), 1, 30, Seat(2, (20, 30, 40)))
    assert "advertised.listeners=BROKER://127.0.0.1:1,CONTROLLER://127.0.0.1:30\n" in direct
    assert "inter.broker.listener.name=BROKER\n" in direct


def test_any_free_port_is_none_that_the_system_gives_to_clients() -> None:
    """Who knocks on such a port while its broker is away may be connected with itself, and hold it when the broker comes back."""
    for plan in port_plans([None] * 3, 0):
        ports = [port for node in plan for port in node]
        assert len(set(ports)) == 6
        assert max(ports) < 32_768
