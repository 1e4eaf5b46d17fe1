"""The `enforcement` command. Each part of the pipeline brings its own commands; this only says where they are.

A part is imported when one of its commands is asked for: Faust and the Kafka clients are slow to import, `--help` is not.
"""

from collections.abc import Mapping
from importlib import import_module
from typing import Final

import click

COMMANDS: Final[Mapping[str, tuple[str, str]]] = {
    "push": ("pipeline.edge.push_command:push_command", "Push reports and print the receipt of each."),
    "assignments": (
        "pipeline.edge.assignments_command:assignments_command",
        "What a team is to do, soonest due first.",
    ),
    "act": (
        "pipeline.edge.act_command:act_group",
        "Act on a case: claim, sign, return, arrive, dispose, verify, call back.",
    ),
    "case": ("pipeline.edge.case_command:case_command", "The story of one case."),
    "worker": (
        "pipeline.stream.command:worker_command",
        "Work the partitions that the group gives to this process.",
    ),
    "topics": ("pipeline.stream.topics:topics_group", "Make and check the topics."),
    "rules": ("pipeline.rulebook_cli:rules_group", "Check and show the rules that decide."),
    "broker": ("pipeline.broker:broker_group", "A real Kafka on this machine, with nothing but Python."),
    "simulate": ("pipeline.simulate.command:simulate_group", "A street's generated day."),
    "demo": ("pipeline.simulate.command:demo_command", "A street's whole day, live, on a real broker."),
}


class Parts(click.Group):
    """Knows every command by name and a line of help, and imports it when it is used."""

    def list_commands(self, context: click.Context) -> list[str]:
        """In the order of the work: push, see, act; then what runs it."""
        return list(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """The command itself; None where there is none of this name."""
        if name not in COMMANDS:
            return None
        module, attribute = COMMANDS[name][0].split(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """One line each, without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.group(cls=Parts, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="enforcement")
def main() -> None:
    """Event-driven case handling for urban enforcement: discovery, dispatch, handling, feedback.

    Begin with `enforcement demo`, or on your own: `enforcement broker up`, `enforcement topics apply`,
    `enforcement worker`, then `enforcement push examples/report-12345.json --source 12345`.
    """
