"""What a run of `enforcement audit` says: a table or JSON where it ran once, and the log of one that runs on and on."""

import logging
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import click
from rich.console import Console

from pipeline.audit import findings_text
from pipeline.audit.findings import Findings
from pipeline.audit.log.checkpoint import Checkpoint, root_of
from pipeline.loglines import BROKER_LOST, FACTS, LOST_S
from pipeline.words.field_words import to_second
from pipeline.words.spoken import said, told
from schemas.errors import Unavailable

log: Final = logging.getLogger("enforcement.audit")
WIDTH: Final = 160


def print_findings(findings: Findings, seconds: float, as_json: bool) -> None:
    """The findings on stdout."""
    if as_json:
        click.echo(findings_text.as_json(findings, seconds))
        sys.stdout.flush()
    else:
        console = Console(width=None if sys.stdout.isatty() else WIDTH, soft_wrap=True)
        findings_text.print_text(findings, seconds, console)


def print_heads(checkpoints: Mapping[int, Checkpoint] | None) -> None:
    """To be copied out and kept elsewhere: one hash over all, and the head of each partition's chain; nothing of None."""
    if checkpoints is None:
        return
    if not checkpoints:
        click.echo(said("no chain heads: only a part of the log was read"))
        return
    newest = to_second(max(seen.at for seen in checkpoints.values()))
    click.echo(said("root {root} up to {at}", root=root_of(checkpoints), at=newest))
    for number, seen in sorted(checkpoints.items()):
        words = {"number": number, "begun": seen.begun, "seq": seen.seq, "head": seen.head}
        click.echo(said("partition {number}, entries {begun} to {seq}: {head}", **words))


def not_kept(path: Path, why: OSError) -> None:
    """The next audit goes on from the checkpoint before; said in the log, since nothing is wrong with what was audited."""
    log.warning("the checkpoint %s was not written: %s", path, why.strerror)


class WatchOutput:
    """Of `--watch`. With ENFORCEMENT_LOG_FORMAT=json every line on stderr is JSON, the findings too, and there is no table."""

    def __init__(self, *, as_json: bool, logs_json: bool) -> None:
        self._as_json = as_json
        self._logs_json = logs_json
        self._failed_at: float | None = None

    def serving(self, address: str) -> None:
        """Where the metrics are."""
        if self._logs_json:
            log.info("metrics: %s", address)
        else:
            click.echo(said("metrics: {address}", address=address), err=True)

    def failed(self, why: Unavailable) -> None:
        """A run could not read the log; said once in a minute."""
        if self._logs_json:
            log.warning("%s; trying again", why, extra=BROKER_LOST)
            return
        now = time.monotonic()
        if self._failed_at is None or now - self._failed_at >= LOST_S:
            self._failed_at = now
            words = said("error[{code}]: {why}; trying again", code=why.code, why=told(why.message))
            click.echo(words, err=True)

    def ended(self, findings: Findings, seconds: float) -> None:
        """A run is over."""
        self._failed_at = None
        if not self._logs_json or self._as_json:
            print_findings(findings, seconds, self._as_json)
        if self._logs_json:
            for violation in findings_text.violations(findings):
                log.error("violation", extra={FACTS: violation})
            log.info("audited", extra={FACTS: findings_text.summary(findings, seconds)})
