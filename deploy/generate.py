"""`python -m deploy.generate` writes every file of deploy/ and docs/ that is made from code and rules; `--check` only compares.

A part is a function that yields (path from the repository's root, content). Add a new one to `PARTS`.
"""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from deploy.glossary_page import glossary_page
from deploy.grafana.grafana_files import grafana_files
from deploy.metrics_page import metrics_page
from deploy.monitoring import monitoring_files
from deploy.policy_page import policy_page
from deploy.settings_page import settings_page

ROOT: Final = Path(__file__).parents[1]
Part = Callable[[], Iterator[tuple[str, str]]]
PARTS: Final[tuple[Part, ...]] = (
    metrics_page,
    monitoring_files,
    policy_page,
    settings_page,
    glossary_page,
    grafana_files,
)


def contents() -> Iterator[tuple[str, str]]:
    """Every generated file: its path from the repository's root, its content."""
    for part in PARTS:
        yield from part()


def main() -> int:
    """Write the files, or with `--check` compare them: 1 if one differs."""
    stale = 0
    for name, content in contents():
        path = ROOT / name
        if path.exists() and path.read_text("utf-8") == content:
            continue
        stale += 1
        if "--check" in sys.argv[1:]:
            print(f"stale: {name}")
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, "utf-8")
        print(f"wrote {name}")
    return 1 if stale and "--check" in sys.argv[1:] else 0


if __name__ == "__main__":
    sys.exit(main())
