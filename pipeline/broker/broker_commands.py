"""`enforcement broker up|down|status`: options, output, exit codes."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import click
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from pipeline.broker.broker_errors import BrokerError
from pipeline.broker.cluster import HEAP_MB_OF_SEVERAL, SEVERAL, Cluster
from pipeline.broker.exporter import put_into
from pipeline.broker.java.jars import KAFKA_VERSION
from pipeline.broker.kept_records import size_bytes, wipe_folder, wiped_bytes
from pipeline.broker.process import HEAP_MB_DEFAULT
from pipeline.broker.profile import HOST
from pipeline.broker.progress import OnProgress, StartProgress, StartStage
from pipeline.broker.running_address import default_folder
from pipeline.words.command_line import group
from pipeline.words.spoken import said, told

EXIT_STOPPED: Final = 3  # as service managers say "not running"
EXIT_USAGE: Final = 2
EXIT_UNAVAILABLE: Final = 69  # EX_UNAVAILABLE of sysexits
LINE_INTERVAL_SECONDS: Final = 3.0

SENTENCES: Final = {
    StartStage.WAIT: "Waiting for another process that does the same",
    StartStage.FETCH: "Fetching Kafka (once; kept for later)",
    StartStage.FORMAT: "Making the data folder",
    StartStage.START: "Starting Kafka",
}


@group("broker")
def broker_group() -> None:
    """A real Apache Kafka on this machine, with nothing to install."""


@broker_group.command()
@click.option(
    "--brokers",
    type=click.Choice(["1", str(SEVERAL)]),
    help="How many: of three, any one may fail and all goes on. Default: as many as there are records of, else one.",
)
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    help="Port for clients, the first one's of three; default: the last one, 9092 or a free one.",
)
@click.option(
    "--heap-mb",
    type=click.IntRange(128, 32_768),
    help=f"Megabytes of Java's heap; default: {HEAP_MB_DEFAULT}, or {HEAP_MB_OF_SEVERAL} for each of three.",
)
@click.option(
    "--metrics-port",
    type=click.IntRange(1, 65535),
    help="Show Kafka's own metrics there too, for Prometheus: /metrics. The first one's of three.",
)
def up(brokers: str | None, port: int | None, heap_mb: int | None, metrics_port: int | None) -> None:
    """Start the broker, or say that it runs. The first time fetches about 60 MB.

    \b
    Example: three that keep each record on at least two of them, and need about 1 GB of memory together
      enforcement broker up --brokers 3 && enforcement topics apply
    """
    folder = default_folder()
    with _one_line_errors():
        running = Cluster.find(folder)
        if running and running.is_whole and brokers in (None, str(running.size)):
            click.echo(
                said(
                    "Kafka already runs at {address} (pid {pid})", address=running.address, pid=_pids(running)
                )
            )
            return
        began = time.monotonic()
        with shown_progress() as show:
            cluster = Cluster.start(
                folder,
                int(brokers) if brokers else None,
                port=port,
                heap_mb=heap_mb,
                metrics_port=metrics_port,
                on_progress=show,
            )
        words = "Kafka {version} serves at {address} after {seconds} s"
        seconds = f"{time.monotonic() - began:.1f}"
        click.echo(said(words, version=KAFKA_VERSION, address=cluster.address, seconds=seconds))
        for broker in cluster.brokers:
            if broker.metrics_port is not None:
                address = f"http://{HOST}:{broker.metrics_port}/metrics"
                click.echo(said("metrics: {address}", address=address))
        click.echo(said("Data: {folder}   End it: enforcement broker down", folder=folder))


def _pids(cluster: Cluster) -> str:
    return ", ".join(str(broker.pid) for broker in cluster.brokers)


@broker_group.command("exporter")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def exporter_command(folder: Path) -> None:
    """Put the agent that shows Kafka's own metrics into FOLDER, for a Kafka that somebody else starts, and print Java's option for it.

    \b
    Example:
      KAFKA_OPTS="$(enforcement broker exporter /opt/exporter)" kafka-server-start.sh server.properties

    The metrics are then at port 9404 of that broker, /metrics. Which there are: exporter.yaml in FOLDER.
    """
    with _one_line_errors(), shown_progress() as show:
        option = put_into(folder, show)
    click.echo(option)


@broker_group.command()
@click.option("--wipe", is_flag=True, help="Also remove all its topics and records; asks first.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def down(wipe: bool, yes: bool) -> None:
    """End the broker in order, all of several; the records stay, unless --wipe."""
    folder = default_folder()
    if wipe and not yes:
        _ask_to_wipe(folder)  # before the broker is stopped: after a no all is as it was
    with _one_line_errors():
        if running := Cluster.find(folder):
            began = time.monotonic()
            obeyed = running.stop()
            forced = "Kafka ended by force after {seconds} s: it did not obey in time; the next start checks its records"
            words = "Kafka ended in order after {seconds} s" if obeyed else forced
            click.echo(said(words, seconds=f"{time.monotonic() - began:.1f}"))
        else:
            click.echo(said("Kafka does not run"))
        if wipe:
            wipe_folder(folder)
            click.echo(said("Removed what it kept in {folder}", folder=folder))


def _ask_to_wipe(folder: Path) -> None:
    size = f"{wiped_bytes(folder):,}"
    if not sys.stdin.isatty():
        words = "--wipe would remove {size} bytes in {folder} and nobody can be asked here: add --yes"
        click.echo(f"enforcement: not_confirmed: {said(words, size=size, folder=folder)}", err=True)
        sys.exit(EXIT_USAGE)
    words = "Remove all topics and records in {folder} ({size} bytes)? They cannot be brought back."
    click.confirm(said(words, folder=folder, size=size), abort=True, err=True)


@broker_group.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object on one line.")
def status(as_json: bool) -> None:
    """Say whether the broker runs: exit code 0 when it does, 3 when not."""
    folder = default_folder()
    running = Cluster.find(folder)
    facts = {
        "running": running is not None,
        "pid": running.brokers[0].pid if running else None,
        "pids": [broker.pid for broker in running.brokers] if running else [],
        "address": running.address if running else None,
        "folder": str(folder),
        "size_bytes": size_bytes(folder),
        "version": KAFKA_VERSION,
    }
    if as_json:
        click.echo(json.dumps(facts))
    else:
        serves = "Kafka {version} serves at {address} (pid {pid})"
        found = {"address": running.address, "pid": _pids(running)} if running else {}
        click.echo(
            said(serves if running else "Kafka {version} does not run", version=KAFKA_VERSION, **found)
        )
        if running and not running.is_whole:
            words = "{running} of {size} brokers run; start the others: enforcement broker up"
            click.echo(said(words, running=len(running.brokers), size=running.size))
        click.echo(said("Data: {folder} ({size} MB)", folder=folder, size=f"{size_bytes(folder) / 1e6:.1f}"))
    sys.exit(0 if running else EXIT_STOPPED)


@contextmanager
def shown_progress() -> Iterator[OnProgress]:
    """Shows on stderr what `Broker.start` reports: a bar on a terminal, else a plain line every few seconds."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _StartLines().show
        return
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeElapsedColumn())
    with Bar(*columns, console=console, transient=True) as bar:
        yield _BarOf(bar).show


class _BarOf:
    """One bar whose words follow the stage."""

    def __init__(self, bar: Bar) -> None:
        self._bar = bar
        self._task: TaskID = bar.add_task(said("Looking"), total=None)

    def show(self, now: StartProgress) -> None:
        jars = f" {now.jars_done}/{now.jars_total} jar" if now.stage is StartStage.FETCH else ""
        self._bar.update(
            self._task,
            description=said(SENTENCES[now.stage]) + jars,
            completed=now.bytes_done,
            total=now.bytes_total or None,
        )


class _StartLines:
    """A line when the stage changes, and every few seconds while fetching."""

    def __init__(self) -> None:
        self._stage: StartStage | None = None
        self._next = 0.0

    def show(self, now: StartProgress) -> None:
        due = now.stage is StartStage.FETCH and time.monotonic() >= self._next
        if now.stage is self._stage and not due:
            return
        self._stage, self._next = now.stage, time.monotonic() + LINE_INTERVAL_SECONDS
        counts = (
            f": {now.jars_done}/{now.jars_total} jar, {now.bytes_done / 1e6:.0f}/{now.bytes_total / 1e6:.0f} MB"
            if now.stage is StartStage.FETCH
            else ""
        )
        click.echo(said(SENTENCES[now.stage]) + counts, err=True)


@contextmanager
def _one_line_errors() -> Iterator[None]:
    try:
        yield
    except BrokerError as error:
        click.echo(f"enforcement: {error.code}: {told(error.message)}", err=True)
        sys.exit(EXIT_UNAVAILABLE)
