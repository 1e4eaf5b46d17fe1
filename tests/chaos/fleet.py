"""Worker processes under a supervisor that starts anew whatever has ended, as an orchestrator would."""

import os
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from pipeline.simulate.demo.deployment import COMMAND

SIGNS: Final = {
    "fenced": "another owner (at",
    "retired": "producer retired",
    "renewed": "a new producer goes on",
    "given_up": "given up (",
    "assigned": "generation ",
    "opened": " open: epoch ",
    "frozen": "this worker was frozen",
    "crashed": "the core raised",
}
"""What workers say when it happens, by what it shows."""

STOP_S: Final = 14.0
WORKER: Final = (*COMMAND, "worker")


@dataclass
class Member:
    """A place for a worker: its process, and since when and until when it is meant to be away."""

    number: int
    log: Path
    environment: dict[str, str]
    process: subprocess.Popen[bytes] | None = None
    away: bool = False
    exits: list[int] = field(default_factory=list)


class Fleet:
    """So many workers. Not for several threads at once."""

    def __init__(
        self, environment: dict[str, str], folder: Path, size: int, program: Sequence[str] = WORKER
    ) -> None:
        """Nothing runs yet; `environment` is what every worker is told."""
        self.environment: Final = environment
        self._program = program
        self._folder = folder
        self.members = [self._member(number) for number in range(size)]

    def start(self) -> None:
        """All of them run."""
        for member in self.members:
            self.launch(member)

    def launch(self, member: Member, **environment: str) -> None:
        """It runs; `environment` is told to this process alone."""
        member.away = False
        with member.log.open("ab") as log:
            member.process = subprocess.Popen(
                self._program,
                env={**os.environ, **self.environment, **member.environment, **environment},
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self._folder,
                start_new_session=True,
            )

    def add(self) -> Member:
        """One more, running."""
        member = self._member(len(self.members))
        self.members.append(member)
        self.launch(member)
        return member

    def signal(self, member: Member, number: signal.Signals, *, away: bool = False) -> None:
        """Send a signal; with `away` the supervisor leaves it alone afterwards."""
        member.away = away
        if member.process is not None and member.process.poll() is None:
            member.process.send_signal(number)

    def tend(self) -> None:
        """Start anew whatever has ended and is not meant to be away."""
        for member in self.members:
            code = member.process.poll() if member.process else None
            if code is not None:
                member.exits.append(code)
                member.process = None
            if member.process is None and not member.away:
                self.launch(member)

    def stop(self) -> None:
        """Everything has ended, told to or made to."""
        running = [one for one in self.members if one.process is not None and one.process.poll() is None]
        for member in running:
            self.signal(member, signal.SIGCONT, away=True)
            self.signal(member, signal.SIGTERM, away=True)
        ends = time.monotonic() + STOP_S
        for member in running:
            assert member.process is not None
            try:
                member.exits.append(member.process.wait(max(0.1, ends - time.monotonic())))
            except subprocess.TimeoutExpired:
                member.process.kill()
                member.exits.append(member.process.wait())

    def signs(self) -> Counter[str]:
        """How often the workers said what `SIGNS` names."""
        found: Counter[str] = Counter()
        for member in self.members:
            text = member.log.read_text(errors="replace") if member.log.exists() else ""
            for sign, words in SIGNS.items():
                found[sign] += text.count(words)
        return found

    def _member(self, number: int) -> Member:
        status = {"ENFORCEMENT_STATUS_FILE": str(self._folder / f"status-{number}.json")}
        return Member(number, self._folder / f"worker-{number}.log", status)
