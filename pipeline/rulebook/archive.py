"""Rules kept under their version, so that whatever was decided by old ones can be measured by them and decided once more.

rules/            ARCHIVE/
  policy.yaml       2026.11-a7e4…/policy.yaml  …
  …                 2026.12-03bc…/policy.yaml  …
"""

import logging
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from pipeline.rulebook.book import read_book
from pipeline.rulebook.lexicon.lexicon_loading import LEXICON_FOLDER
from pipeline.rulebook.places.grid_files import grid_files
from pipeline.rulebook.places.place_files import place_files
from pipeline.rulebook.sheet import BadRules, Problem

log: Final = logging.getLogger("enforcement.rules")
ARCHIVE: Final = "rules"
"""The archive's name in the folder of the state, where each worker keeps the rules that it decides by."""
_ANY: Final = "policy.yaml"
"""A folder with this file is one of rules."""


def archive_rules(folder: Path, archive: Path) -> Path:
    """The copy of the rules in `folder` under their version in `archive`; made whole or not at all where there is none.

    Raises:
        BadRules: the rules are wrong, or changed while they were copied.
        OSError: the archive cannot be written.
    """
    version = read_book(folder).version
    kept = archive / version
    if _version_in(kept) == version:
        return kept
    archive.mkdir(parents=True, exist_ok=True)
    scratch = Path(tempfile.mkdtemp(prefix=".", dir=archive))
    try:
        scratch.chmod(0o755)
        others = (*folder.glob(f"{LEXICON_FOLDER}/*.json"), *grid_files(folder), *place_files(folder))
        for path in sorted((*folder.rglob("*.y*ml"), *others)):
            copy = scratch / path.relative_to(folder)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
        if _version_in(scratch) != version:
            raise BadRules([Problem(str(folder), 1, "", "it changed while it was read", "to be read again")])
        shutil.rmtree(kept, ignore_errors=True)  # what stood there was not this version
        scratch.replace(kept)
    except OSError:
        if _version_in(kept) != version:  # else another worker was faster
            raise
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return kept


class RuleFolders:
    """Finds the folder that holds a version, among folders of rules and archives of them."""

    def __init__(self, folders: Sequence[Path]) -> None:
        """Reads each folder of rules now, and what is archived when it is asked for.

        Raises:
            BadRules: a folder is wrong.
        """
        self._archives = [folder for folder in folders if is_archive(folder)]
        rules = (folder for folder in folders if folder not in self._archives)
        self._folders = {read_book(folder).version: folder for folder in rules}

    def find(self, version: str) -> Path | None:
        """The folder whose rules have this version; None where there is none, or none that can be read by now."""
        if version in self._folders:
            return self._folders[version]
        kept = (archive / version for archive in self._archives)
        return next((folder for folder in kept if _version_in(folder) == version), None)


def is_archive(folder: Path) -> bool:
    """Whether it is no folder of rules, and holds some."""
    return not (folder / _ANY).exists() and any(folder.glob(f"*/{_ANY}"))


def _version_in(folder: Path) -> str | None:
    if not (folder / _ANY).exists():
        return None
    try:
        return read_book(folder).version
    except BadRules as why:
        log.warning("%s is left out: %s", folder, why.problems[0])
        return None
