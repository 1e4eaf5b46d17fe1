"""The settings of one node, as Java and Kafka's tools read them."""

from pathlib import Path

from pipeline.broker import profile


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
