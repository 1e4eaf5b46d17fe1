"""Plays the scenes and writes docs/alerts.md: `python -m tests.deploy.alerts_live`, or with the names of some scenes these alone."""

import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from tests.deploy.alerts_live import brokers, machine, street
from tests.deploy.alerts_live.page import count_line, read_rows, rows_of, write_page
from tests.deploy.alerts_live.scene import Scene

SCENES: Final[dict[str, Scene]] = {
    "street": street.SCENE,
    "fleet": machine.FLEET,
    "worker": machine.WORKER,
    "brokers": brokers.SCENE,
}


def main() -> int:
    """Play, and write the page; 1 if an alert did not fire that a scene is played for."""
    missing, begun = [], time.monotonic()
    for name in sys.argv[1:] or SCENES:
        scene = SCENES[name]
        with TemporaryDirectory(prefix=f"alerts-{name}-") as folder:
            found = rows_of(scene.fires, scene.play(Path(folder)))
        rows = read_rows() | found  # another scene may be played meanwhile
        missing += sorted(set(scene.fires) - {key.name for key in found})
        print(f"{name}: {len(found)} rules fired, {time.monotonic() - begun:.0f} s since the beginning")
        write_page(rows)
    print(count_line(read_rows().values()))
    if missing:
        print(f"not fired: {', '.join(missing)}", file=sys.stderr)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
