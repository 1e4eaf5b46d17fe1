"""Run every benchmark, one after the other: `python -m benchmarks`, or `make bench`."""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
for script in sorted({*HERE.glob("[a-z]*.py"), *(main.parent for main in HERE.glob("[a-z]*/__main__.py"))}):
    print(f"== {script.name}", flush=True)
    subprocess.run([sys.executable, "-m", f"benchmarks.{script.stem}"], check=True)
