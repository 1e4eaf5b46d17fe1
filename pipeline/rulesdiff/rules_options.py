"""Options that several of the commands for whoever writes rules have."""

from pathlib import Path
from typing import Final

import click

from pipeline.rulebook import RULES_DIR

VARIABLE: Final = "ENFORCEMENT_RULES_DIR"
"""The worker's setting, so that the folder checked is the one a worker loads."""
FOLDER = click.Path(path_type=Path, file_okay=False)
RULES = click.option(
    "--rules", "folder", type=FOLDER, default=RULES_DIR, envvar=VARIABLE, help="Folder of rules."
)
JSON = click.option("--json", "as_json", is_flag=True, help="One JSON document instead of text.")
