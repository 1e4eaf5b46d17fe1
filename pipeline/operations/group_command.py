"""`enforcement group`: who is in the workers' consumer group, and what each was given."""

from collections.abc import Mapping
from typing import Final

import click

from pipeline.edge.commands import terminal
from pipeline.kafka_log.broker_admin import GroupMember
from pipeline.operations.broker_access import broker_access, show_rows, worker_group
from pipeline.words.command_line import command
from pipeline.words.field_words import Both, Lang, both

_WORDS: Final[Mapping[str, Both]] = {
    "client": both("进程", "process"),
    "instance": both("实例", "instance"),
    "host": both("主机", "host"),
    "partitions": both("分区", "partitions"),
    "none": both("消费组 {group} 没有成员", "the group {group} has no member"),
    "start": both("请启动处理进程（enforcement worker）", "start a worker (enforcement worker)"),
    "state": both("消费组 {group}: {state}, {count}个成员", "group {group}: {state}, {count} members"),
}


@command("group")
@terminal.broker_options
def group_command(brokers: str | None, topic_prefix: str | None, as_json: bool, lang: Lang) -> None:
    """Who is in the workers' group (消费组), and which partitions each has.

    \b
    Example:
      enforcement group
      enforcement group --json

    A worker is named by host and process, and by its ENFORCEMENT_INSTANCE_ID where it has one. A member that is no worker of
    this deployment takes partitions from those that are: stop it. The state is as Kafka has it: `Stable`, or
    `PreparingRebalance` and `CompletingRebalance` while partitions move.

    Ends with 1 if the group has no member, 69 if no broker answers.
    """  # fmt: skip
    with broker_access(brokers, topic_prefix, lang) as deployment:
        group = deployment.admin.group(worker_group(deployment.connection))
    if not group.members:
        terminal.stop(
            "no_member",
            _WORDS["none"][lang].format(group=group.name),
            _WORDS["start"][lang],
            terminal.EXIT_REFUSED,
        )
    if as_json:
        for member in group.members:
            terminal.say_json(_as_json(group.name, group.state, member))
        return
    rows = [
        [
            member.client_id,
            member.instance_id or "-",
            member.host,
            ", ".join(f"{topic}/{number}" for topic, number in sorted(member.places)) or "-",
        ]
        for member in group.members
    ]
    show_rows([_WORDS[head][lang] for head in ("client", "instance", "host", "partitions")], rows)
    state = _WORDS["state"][lang].format(group=group.name, state=group.state, count=len(group.members))
    click.echo(state, err=True)


def _as_json(group: str, state: str, member: GroupMember) -> Mapping[str, object]:
    return {
        "group": group,
        "state": state,
        "process": member.client_id,
        "instance": member.instance_id,
        "host": member.host,
        "partitions": [f"{topic}/{number}" for topic, number in sorted(member.places)],
    }
