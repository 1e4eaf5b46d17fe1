"""Writes `jars.txt`: every jar the broker runs on, with its size and SHA-256. Run by hand when Kafka's version changes:

.venv/bin/python -m pipeline.broker.java.pin > pipeline/broker/java/jars.txt
"""

from __future__ import annotations

import hashlib
import sys
import tempfile
from pathlib import Path
from typing import Final

from jgo.maven import Artifact, MavenContext

from pipeline.broker.java.jars import KAFKA_VERSION

ROOTS: Final = (
    f"org.apache.kafka:kafka_2.13:{KAFKA_VERSION}",
    f"org.apache.kafka:kafka-tools:{KAFKA_VERSION}",
)
# Kafka's own artifacts name no slf4j binding: without one it logs nothing at all. The one its release ships.
# Resolved alone: together with the roots its own wishes would change the versions of others.
LOGGING: Final = "org.apache.logging.log4j:log4j-slf4j-impl:2.24.3"


def resolved(context: MavenContext, coordinates: tuple[str, ...], *, transitive: bool) -> list[Artifact]:
    """The jars of `coordinates`, and where `transitive` of all they need to run."""
    wanted = [context.create_dependency(coordinate) for coordinate in coordinates]
    for dependency in wanted:
        dependency.scope = "compile"  # without it jgo leaves out what they need
    roots, others = context.resolver.resolve(wanted, transitive=transitive)
    return [d.artifact for d in roots] + [d.artifact for d in others if d.scope in ("compile", "runtime")]


def main() -> None:
    """Prints the pins, sorted, one a line: coordinate, bytes, SHA-256."""
    with tempfile.TemporaryDirectory() as scratch:
        context = MavenContext(repo_cache=Path(scratch))
        artifacts = resolved(context, ROOTS, transitive=True) + resolved(
            context, (LOGGING,), transitive=False
        )
        lines = set()
        for artifact in artifacts:
            content = artifact.resolve().read_bytes()
            name = f"{artifact.groupId}:{artifact.artifactId}:{artifact.version}"
            lines.add(f"{name} {len(content)} {hashlib.sha256(content).hexdigest()}\n")
    sys.stdout.write(
        "# coordinate, bytes, SHA-256. Written by python -m pipeline.broker.java.pin: do not edit.\n"
    )
    sys.stdout.writelines(sorted(lines))


if __name__ == "__main__":
    main()
