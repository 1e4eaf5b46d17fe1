"""`enforcement audit`: proves from the topics that the pipeline kept its promises, or names every entry that broke one."""

import json
import logging
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from logging.config import dictConfig
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple, NoReturn, TypeVar

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from pipeline.audit import gauges
from pipeline.audit.audit_options import (
    EXIT_NOT_CHECKED,
    EXIT_VIOLATED,
    broker_options,
    deployment,
    one_line_errors,
)
from pipeline.audit.audit_output import WatchOutput, not_kept, print_findings, print_heads
from pipeline.audit.audit_run import AuditScope, RunProgress, run
from pipeline.audit.broker_watch import BrokerWatch
from pipeline.audit.checkpoint_file import CheckpointFile
from pipeline.audit.checks.check_context import AuditSetup
from pipeline.audit.checks.replay import ReplayRulesOf
from pipeline.audit.findings import Findings
from pipeline.audit.log.cut import Cutter
from pipeline.audit.model.rules_reader import read_audit_rules
from pipeline.caller_key import existing_caller_key
from pipeline.kafka_log.broker_admin import BrokerAdmin
from pipeline.kafka_log.connection import Connection
from pipeline.loglines import logging_config
from pipeline.moments import Moment
from pipeline.rulebook import load_rules
from pipeline.rulebook.archive import ARCHIVE, RuleFolders, is_archive
from pipeline.settings import Settings
from pipeline.words.command_line import command
from pipeline.words.spoken import said
from schemas.errors import Unavailable

SKEW_S: Final = 300
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_LINE_MAX: Final = 10_000
_Rules = TypeVar("_Rules")


@command("audit")
@click.option(
    "--since", type=Moment(), metavar="ISO", help="Only what was written from then on; nothing is replayed."
)
@click.option("--partition", type=click.IntRange(0), metavar="N", help="Only this one.")
@click.option(
    "--acknowledged",
    type=click.File("rb"),
    metavar="FILE",
    help="Pushes that the brokers acknowledged, to be found in the log: one JSON a line, topic, partition, offset.",
)
@click.option(
    "--canary", "canaries", multiple=True, metavar="TEXT", help="Must stand in no output; may be repeated."
)
@click.option(
    "--no-replay", is_flag=True, help="Do not decide everything once more by the pipeline's own core."
)
@click.option("--once", is_flag=True, help="Do not read everything a second time.")
@click.option("--watch", is_flag=True, help="Again and again, with metrics over HTTP, until told to stop.")
@click.option(
    "--every",
    "every_s",
    default=60.0,
    show_default=True,
    metavar="S",
    type=click.FloatRange(min=0.1),
    help="With --watch: the pause between two runs.",
)
@click.option(
    "--port",
    default=6067,
    show_default=True,
    type=click.IntRange(0, 65_535),
    help="With --watch: of /metrics.",
)
@click.option(
    "--rules", "folders", type=click.Path(path_type=Path, file_okay=False), multiple=True, metavar="FOLDER",
    help="Rules to measure by, or an archive of them (enforcement rules archive); may be repeated, each entry is measured by "
    "those of its version. Default: ENFORCEMENT_RULES_DIR and what this machine's workers have archived.",
)  # fmt: skip
@click.option(
    "--since-checkpoint",
    is_flag=True,
    help="Only what came after the last audit that found nothing, all where there was none; nothing is replayed.",
)
@click.option(
    "--print-root",
    is_flag=True,
    help="Also print the chain heads of all partitions and one hash over them, to be noted elsewhere.",
)
@broker_options
def audit_command(
    since: datetime | None,
    partition: int | None,
    acknowledged: BinaryIO | None,
    canaries: tuple[str, ...],
    no_replay: bool,
    once: bool,
    watch: bool,
    every_s: float,
    port: int,
    brokers: str | None,
    topic_prefix: str | None,
    folders: tuple[Path, ...],
    since_checkpoint: bool,
    print_root: bool,
    as_json: bool,
) -> None:
    """Prove from the topics that every promise was kept, or name each record that breaks one.

    \b
    Example:
      enforcement audit
      enforcement audit --since 2026-11-24 --partition 0 --json
      enforcement audit --since-checkpoint
      enforcement audit --watch --every 300

    Reads all topics from outside, committed records only, while the pipeline works. What each invariant proves and how:
    docs/audit.md. The replay needs the key of the callers' tokens (ENFORCEMENT_CALLER_KEY or its file), and the rules and the
    code that decided; what cannot be checked is said, with the reason. What a run without findings has seen is kept as a
    checkpoint (ENFORCEMENT_AUDIT_CHECKPOINT_FILE): by it later runs find a log that went back.

    Ends with 0 if nothing was found, 1 on any violation, 3 if nothing was found and some entries were decided by rules that are not
    at hand, or otherwise by other code, 2 on wrong usage or rules, 69 if no broker answers.
    """  # fmt: skip
    with one_line_errors("audit"):
        connection, settings = deployment(brokers, topic_prefix), Settings()
        _set_logging(settings, watch)
        acks = _acknowledged(acknowledged)
        rule_folders = _rule_folders(settings, folders)
        setup = _setup(settings, rule_folders, canaries, acks, _partitions(connection, settings))
        rules = None if no_replay else _cached(rule_folders, load_rules)
        since_ms = _since_ms(since, since_checkpoint)
        scope = AuditScope(since_ms, partition, twice=not once, since_checkpoint=since_checkpoint)
        auditor = Auditor(connection, setup, rules, scope, _checkpoint_file(settings, connection))
        if watch:
            _watch(auditor, every_s, _serving(connection, settings, port, as_json))
        findings, seconds = auditor.run()
    print_findings(findings, seconds, as_json)
    print_heads(findings.checkpoints if print_root and not as_json else None)
    sys.exit(exit_code(findings))


def _serving(connection: Connection, settings: Settings, port: int, as_json: bool) -> WatchOutput:
    """The metrics are served, and the brokers looked at, from now on."""
    output = WatchOutput(as_json=as_json, logs_json=settings.log_format == "json")
    output.serving(gauges.serve(settings.http_host, port))
    BrokerWatch().start(connection)
    return output


def _set_logging(settings: Settings, watch: bool) -> None:
    if watch and settings.log_format == "json":
        dictConfig(logging_config(settings))
    logging.getLogger("kafka").setLevel(logging.CRITICAL + 1)  # it tells each attempt; we tell the result


def _since_ms(since: datetime | None, since_checkpoint: bool) -> int | None:
    if since is not None and since_checkpoint:
        raise ValueError("--since or --since-checkpoint, not both")
    return None if since is None else int((since - _EPOCH).total_seconds() * 1000)


def exit_code(findings: Findings) -> int:
    """Never 0 where something was not checked that could be, with the rules or the code that decided."""
    if findings.violated.total():
        return EXIT_VIOLATED
    return EXIT_NOT_CHECKED if findings.not_checked.total() else 0


class Auditor(NamedTuple):
    """All that a run needs; it may be run again and again."""

    connection: Connection
    setup: AuditSetup
    rules: ReplayRulesOf | None
    scope: AuditScope
    file: CheckpointFile

    def run(self) -> tuple[Findings, float]:
        """What is found, and in how many seconds. The checkpoint moves on only over what was found good."""
        started, before = time.monotonic(), self.file.read()
        with _progress() as progress:
            setup = replace(self.setup, checkpoints=before)
            findings = run(self.connection, setup, self.rules, self.scope, progress)
        if findings.checkpoints and exit_code(findings) == 0:
            try:
                self.file.write({**before, **findings.checkpoints})
            except OSError as why:
                not_kept(self.file.path, why)
        return findings, time.monotonic() - started


def _watch(auditor: Auditor, every_s: float, output: WatchOutput) -> NoReturn:
    """Until interrupted. Brokers that do not answer are counted and tried again."""
    while True:
        try:
            findings, seconds = auditor.run()
        except Unavailable as why:
            gauges.failed(why.code)
            output.failed(why)
        else:
            gauges.export(findings, seconds)
            output.ended(findings, seconds)
        time.sleep(every_s)


def _partitions(connection: Connection, settings: Settings) -> int:
    with closing(Cutter(connection, settings.transaction_timeout_ms / 1_000)) as cutter:
        return len(cutter.partitions())


def _checkpoint_file(settings: Settings, connection: Connection) -> CheckpointFile:
    """That of the settings; else one for each cluster and topic prefix: another cluster has another log."""
    key, path = settings.audit_checkpoint_key, settings.audit_checkpoint_file
    if path is None:
        with closing(BrokerAdmin(connection)) as admin:
            name = f"audit-checkpoint-{admin.cluster_id()}-{connection.topic_prefix}".rstrip("-")
        path = settings.data_dir / f"{name}.json"
    return CheckpointFile(path, None if key is None else key.get_secret_value().encode())


def _rule_folders(settings: Settings, folders: tuple[Path, ...]) -> RuleFolders:
    """Those that were named; else the rules of the settings, and what workers have archived here."""
    archive = settings.data_dir / ARCHIVE
    return RuleFolders(folders or [settings.rules_dir, *([archive] if is_archive(archive) else [])])


def _cached(rule_folders: RuleFolders, read: Callable[[Path], _Rules]) -> Callable[[str], _Rules | None]:
    """The rules of a version as `read` makes them, read once; None where no folder has them."""

    @cache
    def rules_of(version: str) -> _Rules | None:
        folder = rule_folders.find(version)
        return None if folder is None else read(folder)

    return rules_of


def _setup(
    settings: Settings,
    rule_folders: RuleFolders,
    canaries: tuple[str, ...],
    acknowledged: Mapping[tuple[str, int], frozenset[int]],
    partitions: int,
) -> AuditSetup:
    return AuditSetup(
        rules_of=_cached(rule_folders, read_audit_rules),
        partitions=partitions,
        code_version=version("enforcement"),
        caller_key=existing_caller_key(settings),
        skew_s=SKEW_S if settings.clock_origin is None else None,
        offset_s=settings.clock_offset_max_s,
        transaction_s=settings.transaction_timeout_ms / 1_000,
        canaries=canaries,
        acknowledged=acknowledged,
    )


def _acknowledged(file: BinaryIO | None) -> Mapping[tuple[str, int], frozenset[int]]:
    acknowledged_offsets: dict[tuple[str, int], set[int]] = {}
    for number, line in enumerate(file or (), 1):
        try:
            push = json.loads(line[:_LINE_MAX])
            acknowledged_offsets.setdefault((str(push["topic"]), int(push["partition"])), set()).add(
                int(push["offset"])
            )
        except (ValueError, TypeError, KeyError) as why:
            raise ValueError(
                f"line {number} of the acknowledged: topic, partition and offset are needed"
            ) from why
    return {place: frozenset(offsets) for place, offsets in acknowledged_offsets.items()}


@contextmanager
def _progress() -> Iterator[Callable[[RunProgress], None]]:
    """On a terminal only, on stderr."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda step: None
        return
    columns = (
        TextColumn(said("partition") + " {task.fields[partition]}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=None, partition=0)
        yield lambda step: bar.update(
            task, completed=step.done, total=max(step.entries, step.done), partition=step.partition
        )
