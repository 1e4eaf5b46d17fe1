"""`python -m deploy.render.grafana_code` brings Grafana's packages from the npm registry; `draw` draws boards with them.

The packages are pinned by `page/package-lock.json` and lie outside the project, beside the broker's jars in the user's cache folder.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, NamedTuple

from deploy.render.dashboard import Dashboard, Span
from pipeline.broker.java.jars import cache_folder

PAGE: Final = Path(__file__).parent / "page"
INSTALL: Final = "python -m deploy.render.grafana_code"
DEBIAN: Final = "apt install --no-install-recommends nodejs npm chromium fonts-noto-cjk fonts-inter"
DRAW_SECONDS_MAX: Final = 600
MENU: Final = 300
"""Pixels of Grafana's own menu, which stands open beside a board where the window is at least 1,200 wide."""
GRAFANA_VERSION: Final[str] = json.loads((PAGE / "package.json").read_text("utf-8"))["dependencies"][
    "@grafana/ui"
]
"""The Grafana that boards are drawn and tested with: every other place has it from here."""
_LISTS: Final = ("package.json", "package-lock.json", ".npmrc")
_CHROMIUM: Final = ("chromium", "chromium-browser", "google-chrome")


class CannotDraw(Exception):
    """What is missing, with the command that installs it; or what the browser said."""


class BrowserWindow(NamedTuple):
    """A browser's window: a name, its width in pixels, and how many of them Grafana's menu takes."""

    name: str
    width: int
    menu: int = 0


class Shot(NamedTuple):
    """A board to draw, with the answers to its queries by panel and letter."""

    name: str
    board: Dashboard
    span: Span
    answers: Mapping[int, Mapping[str, Sequence[Mapping[str, Any]]]]


def modules() -> Path:
    """The folder of the packages, whether it is there or not."""
    lock = hashlib.sha256((PAGE / "package-lock.json").read_bytes()).hexdigest()
    return cache_folder() / f"boards-{lock[:12]}" / "node_modules"


def missing() -> str:
    """What is not installed, in one line with the command that installs it; empty if all is there."""
    if shutil.which("node") is None or _chromium() is None:
        return f"Node.js or Chromium is not installed (Debian: {DEBIAN})"
    return "" if modules().is_dir() else f"Grafana's packages are not installed ({INSTALL})"


def install() -> Path:
    """Bring the packages, if they are not there. Raises CannotDraw with npm's words."""
    npm, target = shutil.which("npm"), modules()
    if target.is_dir():
        return target
    if npm is None:
        raise CannotDraw(f"npm is not installed (Debian: {DEBIAN})")
    target.parent.parent.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(dir=target.parent.parent, prefix="boards-half-"))
    try:
        for name in _LISTS:
            shutil.copy(PAGE / name, scratch)
        ended = subprocess.run([npm, "ci"], cwd=scratch, capture_output=True, text=True, check=False)
        if ended.returncode:
            raise CannotDraw(ended.stderr.strip())
        with suppress(OSError):  # another process was sooner
            scratch.rename(target.parent)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return target


def draw(
    shots: Sequence[Shot], windows: Sequence[BrowserWindow], folder: Path, *, pictures: bool = False
) -> list[dict[str, Any]]:
    """What is read on each board in each window; with `pictures` also `folder`/BOARD-WINDOW.png.

    Returns:
        A mapping for each drawing: `board`, `window`, and `panels`, each with `id`, `wide` (one must scroll to the side) and
        `texts`: `text`, `px` (its letters' size), `box`, `part` (title, head, cell, inside, axis), `cut` ('' if all of it is seen).

    Raises:
        CannotDraw: something is not installed, or the page failed; the text says what.
    """
    if what := missing():
        raise CannotDraw(what)
    job = folder / "job.json"
    job.write_text(
        json.dumps(
            {
                "boards": [_json(shot) for shot in shots],
                "windows": [window._asdict() for window in windows],
                "chromium": _chromium(),
                "out": str(folder),
                "pictures": pictures,
            }
        ),
        "utf-8",
    )
    ended = subprocess.run(
        ["node", str(PAGE / "draw.cjs"), str(job)],
        env=os.environ | {"NODE_PATH": str(modules())},
        capture_output=True,
        text=True,
        timeout=DRAW_SECONDS_MAX,
        check=False,
    )
    job.unlink()
    if ended.returncode:
        raise CannotDraw(ended.stderr.strip())
    written = folder / "measured.json"
    measured: list[dict[str, Any]] = json.loads(written.read_text("utf-8"))
    written.unlink()
    return measured


def _json(shot: Shot) -> dict[str, object]:
    span = shot.span
    return {
        "name": shot.name,
        "board": shot.board.model,
        "answers": shot.answers,
        "span": {"from": span.start.timestamp(), "to": span.end.timestamp(), "step": span.step},
        "variables": dict(shot.board.variables),
    }


def _chromium() -> str | None:
    return next((path for name in _CHROMIUM if (path := shutil.which(name))), None)


def main() -> int:
    """Install, and say where."""
    try:
        print(f"Grafana's packages: {install()}")
    except CannotDraw as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
