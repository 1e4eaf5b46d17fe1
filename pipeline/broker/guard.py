"""What is started in a block does not outlive its starter, however that ends: by a signal, SIGKILL, or a crash in C code.

```
starter ──► guard         in a session of its own, waiting on a pipe
   │  └───► children      carry the guard's token in their environment, and so do their children
   ▼
ends the block: "released" on the pipe; the guard ends
else:           the pipe closes, by an exception or by death; the guard kills whoever carries the token, and ends
```
"""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

TOKENS: Final = "GUARDED_BY_TOKENS"
"""The variable of the environment with the tokens of all guards around a process, the innermost last."""
RELEASED: Final = b"released"

# A child that was being made while its starter died shows its environment a moment later: so the guard looks for a while.
GUARD: Final = """
import psutil, sys, time
token, name, released = sys.argv[1:]
if sys.stdin.read() != released:
    until = time.monotonic() + 2
    while time.monotonic() < until:
        for process in psutil.process_iter():
            try:
                if token in process.environ().get(name, "").split():
                    process.kill()
            except psutil.Error:
                pass
        time.sleep(0.1)
"""


@contextmanager
def guarded() -> Iterator[dict[str, str]]:
    """A guard as long as the block lasts; the value is what a child's environment must hold to be guarded."""
    token = uuid.uuid4().hex
    outside = {name: value for name, value in os.environ.items() if name != TOKENS}  # nobody guards a guard
    command = [sys.executable, "-c", GUARD, token, TOKENS, RELEASED.decode()]
    with subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True, env=outside) as guard:
        yield {TOKENS: f"{os.environ.get(TOKENS, '')} {token}".strip()}
        with suppress(BrokenPipeError):
            guard.communicate(RELEASED)


@contextmanager
def guarded_children() -> Iterator[None]:
    """All that this process starts in the block is guarded, as far as it passes its environment on."""
    before = os.environ.get(TOKENS)
    with guarded() as environment:
        os.environ.update(environment)
        try:
            yield
        finally:
            if before is None:
                del os.environ[TOKENS]
            else:
                os.environ[TOKENS] = before
