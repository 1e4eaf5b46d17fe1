"""The `enforcement` command. Each part of the pipeline brings its own commands; this module only lists where they are.

A part is imported when one of its commands runs: Faust and the Kafka clients are slow to import, `--help` stays fast.
"""

import gc
import os
import signal
import sys
from collections.abc import Mapping
from importlib import import_module
from threading import Event
from types import FrameType
from typing import Final, NoReturn

import click

from pipeline.setting_names import unknown_settings
from pipeline.words.any_terminal import speak_any_encoding
from pipeline.words.command_line import SpokenGroup
from pipeline.words.spoken import said, told

# no plugin of pydantic is used, and looking for them reads the metadata of every package: a tenth of a second
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "1")

EXIT_USAGE: Final = 2
EXIT_SETTINGS: Final = 78
EXIT_INTERRUPTED: Final = 130
WORKER: Final = "worker"
NOTIFY: Final = "notify"
CONFIG: Final = "config"
"""It says itself which variables are unknown, with all else that is wrong."""

_BEGUN: Final = Event()
"""All that a command needs is imported."""

COMMANDS: Final[Mapping[str, tuple[str, str]]] = {
    "push": (
        "pipeline.edge.push.push_command:push_command",
        "Push reports and print the receipt of each.",
    ),
    "sources": (
        "pipeline.edge.push.sources_command:sources_group",
        "Senders' own formats: which are known, and how a file would be read.",
    ),
    "validate": (
        "pipeline.edge.push.validate_command:validate_command",
        "What push would answer to a file, without a broker.",
    ),
    "reconcile": (
        "pipeline.edge.reconcile.reconcile_command:reconcile_command",
        "What was sent against what the pipeline has: lost, unknown, different.",
    ),
    "recognise": (
        "pipeline.edge.push.recognise_command:recognise_command",
        "Which matter a text is about, and the words that say so.",
    ),
    "duplicates": (
        "pipeline.edge.push.duplicates_command:duplicates_command",
        "Which reports of a file tell of one thing, and why.",
    ),
    "locate": (
        "pipeline.edge.push.locate_command:locate_command",
        "Where an address in words is, and the words that say so.",
    ),
    "assignments": (
        "pipeline.edge.commands.assignments_command:assignments_command",
        "What a team is to do, soonest due first.",
    ),
    "act": (
        "pipeline.edge.commands.act_command:act_group",
        "Act on a case: claim, sign, return, arrive, dispose, verify, call back.",
    ),
    "duty": (
        "pipeline.edge.duty.duty_command:duty_command",
        "Who and what is there: people on duty, cameras, vehicles.",
    ),
    "receipts": (
        "pipeline.edge.commands.answers_command:receipts_command",
        "What was answered to a number, a source or an actor.",
    ),
    "notices": (
        "pipeline.edge.commands.answers_command:notices_command",
        "Who was notified of what: warnings, breaches, final answers.",
    ),
    "matters": (
        "pipeline.rulesdiff.matters_command:matters_command",
        "The enforcement matters, each with the evidence that closing needs.",
    ),
    "case": ("pipeline.edge.commands.case_command:case_command", "The story of one case."),
    "why": (
        "pipeline.edge.commands.why_command:why_command",
        "Why its deadlines are what they are: the account of its clocks.",
    ),
    "evidence": (
        "pipeline.edge.commands.evidence_command:evidence_group",
        "The evidence of a case: list, bundle, check offline.",
    ),
    WORKER: (
        "pipeline.stream.worker_command:worker_command",
        "Work the partitions that the group gives to this process.",
    ),
    "lag": (
        "pipeline.operations.lag_command:lag_command",
        "How much waits in each partition, since when, and whose it is.",
    ),
    "group": (
        "pipeline.operations.group_command:group_command",
        "Which workers are there, and what each has.",
    ),
    "records": (
        "pipeline.operations.records_command:records_command",
        "What stands at a place of a topic, personal data masked.",
    ),
    "dead-letters": (
        "pipeline.operations.dead_letters.letters_command:letters_group",
        "Records that could not be worked: list, show, push again, discard.",
    ),
    "caller": (
        "pipeline.operations.caller_command:caller_command",
        "Who called, for the clerk who calls back: name, phone, and of a secret order where.",
    ),
    "forget": (
        "pipeline.operations.forget_command:forget_command",
        "Erase what is kept of a caller, or of a dead letter's bytes.",
    ),
    "topics": (
        "pipeline.operations.topics_command:topics_group",
        "Make, check and measure the topics; disks, open transactions; a partition's time.",
    ),
    CONFIG: (
        "pipeline.operations.config_command:config_group",
        "Which settings hold, and whether they are right.",
    ),
    "rules": (
        "pipeline.rulesdiff.rules_command:rules_group",
        "Check, show and compare the rules that decide.",
    ),
    "grids": (
        "pipeline.rulesdiff.grids_command:grids_group",
        "The grids of the streets: check their polygons, import a survey.",
    ),
    "places": (
        "pipeline.rulesdiff.places_command:places_group",
        "The named places of the streets: check them, import a list.",
    ),
    "procedure": (
        "pipeline.procedure.procedure_command:procedure_group",
        "The procedure as diagrams and tables; the law's guards.",
    ),
    "clock": (
        "pipeline.clockcheck.clock_command:clock_group",
        "When something is due; proof that it is right.",
    ),
    "audit": (
        "pipeline.audit.audit_command:audit_command",
        "Prove from the topics that every promise was kept.",
    ),
    NOTIFY: (
        "pipeline.notify.notify_command:notify_command",
        "Send Alertmanager's alerts to people: WeCom, DingTalk, Feishu, mail.",
    ),
    "replay": (
        "pipeline.monthly.replay_command:replay_command",
        "A case or the figures as they stood at a past instant.",
    ),
    "report": (
        "pipeline.monthly.report_command:report_command",
        "The month's report (月报) as HTML and Parquet, from the journal alone.",
    ),
    "broker": ("pipeline.broker:broker_group", "A real Kafka on this machine, with nothing but Python."),
    "simulate": ("pipeline.simulate.simulate_command:simulate_group", "A street's generated day."),
    "demo": (
        "pipeline.simulate.simulate_command:demo_command",
        "A street's whole day, live, on a real broker.",
    ),
}


class CommandIndex(SpokenGroup):
    """Lists every command with a line of help; imports a command when it runs."""

    def list_commands(self, context: click.Context) -> list[str]:
        """The names in the order of `COMMANDS`: push, see, act; then what runs the pipeline."""
        return list(COMMANDS)

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        """The command of this name; None if it does not exist."""
        if name not in COMMANDS:
            return None
        module, attribute = COMMANDS[name][0].split(":")
        gc.disable()  # what is imported stays: to look for garbage meanwhile costs a tenth of the time
        try:
            command: click.Command = getattr(import_module(module), attribute)
        finally:
            gc.enable()
        return command

    def format_commands(self, context: click.Context, formatter: click.HelpFormatter) -> None:
        """One line for each command, without importing it."""
        with formatter.section(said("Commands")):
            formatter.write_dl([(name, said(line)) for name, (_, line) in COMMANDS.items()])


@click.group(cls=CommandIndex, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(
    package_name="enforcement",
    message="%(prog)s, version %(version)s",
    help="Show the version and exit.",
)
@click.pass_context
def commands(context: click.Context) -> None:
    """Event-driven case handling for urban enforcement (综合执法): discovery, dispatch, handling, feedback.

    \b
    Begin with:      enforcement demo
    Or on your own:  enforcement broker up && enforcement topics apply && enforcement worker
    then elsewhere:  enforcement push examples/report-12345.json --source 12345
    Completion:      eval "$(_ENFORCEMENT_COMPLETE=bash_source enforcement)"   (zsh_source, fish_source)

    Ports, all of this machine only: the broker's 9092 and a free one beside it (broker up --port), the worker's pages 6066
    (ENFORCEMENT_HTTP_PORT).
    """
    _BEGUN.set()
    if context.invoked_subcommand != CONFIG and not set(context.help_option_names) & set(sys.argv):
        _refuse_unknown_settings(
            goes_on=context.invoked_subcommand in (WORKER, NOTIFY) or "--watch" in sys.argv
        )


def main() -> NoReturn:
    """Runs the command line. Wrong usage ends with one line on stderr and exit code 2, a signal to stop with 128 and its number."""
    _end_in_order()
    speak_any_encoding()
    try:
        code = commands.main(prog_name="enforcement", standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        sys.exit(EXIT_USAGE)
    except click.ClickException as error:
        context = error.ctx if isinstance(error, click.UsageError) else None
        command = context.command_path if context else "enforcement"
        if isinstance(
            error, click.FileError | click.BadParameter
        ):  # may hold what the machine says of a file
            error.message = told(error.message)
        message = " ".join(error.format_message().split())
        todo = said("see: {command} --help", command=command)
        click.echo(f"error[usage]: {message} — {todo}", err=True)
        sys.exit(EXIT_USAGE)
    except click.Abort:
        sys.exit(EXIT_INTERRUPTED)
    sys.exit(code if isinstance(code, int) else 0)


def _refuse_unknown_settings(*, goes_on: bool) -> None:
    """A variable with a slip of the pen would set nothing, and nobody would know. A process that goes on says it as its log is."""
    unknown = unknown_settings()
    if unknown:
        from pipeline.words.error_words import refused_names  # only where a name is wrong

        line = refused_names(unknown)
        if goes_on:
            from pipeline.loglines import last_line  # it loads all settings

            line = last_line(os.environ.get("ENFORCEMENT_LOG_FORMAT"), line)
        click.echo(line, err=True)
        sys.exit(EXIT_SETTINGS)


def _end_in_order() -> None:
    """SIGTERM and a closed terminal end a command as Ctrl-C does: what it started is stopped. An ignored signal (`nohup`) stays so."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _end)


def _end(number: int, _frame: FrameType | None) -> None:
    """At once until a command has begun: its imports run in libraries' code, where an exception may be swallowed."""
    if _BEGUN.is_set():
        sys.exit(128 + number)
    os._exit(0 if WORKER in sys.argv else 128 + number)
