"""How long one `enforcement act` takes beside an idle worker, from the shell's prompt to the shell's prompt, and where it goes.

    python -m benchmarks.act [--times N] [--json]

whole      the command as people type it, in a process of its own: a broker, a worker and one report of a patrol are there, and a
           team signs for the case; each later time is refused, which is as much work
python     an interpreter that does nothing
imports    the interpreter with all that `act` imports
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

from pipeline.broker import borrowed_broker

ROOT: Final = Path(__file__).resolve().parents[1]
_RUN: Final = "from pipeline.cli import main; main()"
_IMPORTS: Final = "import pipeline.cli; from pipeline.edge.commands.act_command import act_group"


def main() -> None:
    """Prints the median, the least and the most of each, in milliseconds."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--times", type=int, default=15)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, borrowed_broker(Path(folder) / "kafka") as broker:
        environment = {
            **os.environ,
            "ENFORCEMENT_BROKERS": broker.address,
            "ENFORCEMENT_DATA_DIR": folder,
            "ENFORCEMENT_HTTP_PORT": "0",
        }
        run(_RUN, "topics", "apply", environment=environment)
        with (Path(folder) / "worker.log").open("wb") as log:
            command = [sys.executable, "-c", _RUN, "worker"]
            worker = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            figures = measure(environment, options.times)
        finally:
            worker.terminate()
            worker.wait()
    if options.json:
        print(json.dumps(figures))
        return
    for name, one in figures.items():
        print(f"{name:<8} {one['median']:>6.0f} ms   {one['least']:.0f} to {one['most']:.0f}")


def measure(environment: dict[str, str], times: int) -> dict[str, dict[str, float]]:
    """The times of each, taken in turn so that a busy moment of the machine falls on all."""
    pushed = run(
        _RUN, "push", str(ROOT / "examples" / "report-12345.json"), "--source", "12345", "--timeout", "60", "--json",
        environment=environment,
    )  # fmt: skip
    case = str(json.loads(pushed)["case_id"])
    act = (_RUN, "act", case, "sign", "--actor", "W0931", "--team", "city-appearance")
    taken: dict[str, list[float]] = {"whole": [], "python": [], "imports": []}
    run(*act, environment=environment)
    for _ in range(times):
        for name, code in (("whole", act), ("python", ("pass",)), ("imports", (_IMPORTS,))):
            began = time.perf_counter()
            run(*code, environment=environment)
            taken[name].append((time.perf_counter() - began) * 1000)
    return {
        name: {"median": statistics.median(all_), "least": min(all_), "most": max(all_)}
        for name, all_ in taken.items()
    }


def run(code: str, *arguments: str, environment: dict[str, str]) -> bytes:
    """What it printed; 1 means that the pipeline refused, which is an answer too.

    Raises:
        RuntimeError: it ended otherwise.
    """
    ended = subprocess.run(
        [sys.executable, "-c", code, *arguments], cwd=ROOT, env=environment, capture_output=True, check=False
    )
    if ended.returncode > 1:
        raise RuntimeError(ended.stderr.decode(errors="replace"))
    return ended.stdout


if __name__ == "__main__":
    main()
