"""A real Apache Kafka on one machine, with nothing but Python: `enforcement broker up|down|status`."""

from __future__ import annotations

import click


@click.group("broker")
def broker_group() -> None:
    """A real Apache Kafka on this machine."""
