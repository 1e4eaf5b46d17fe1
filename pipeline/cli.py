"""The `enforcement` command. Each part of the pipeline brings its own group; this only mounts them."""

from __future__ import annotations

import click

from pipeline.broker import broker_group


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="enforcement")
def main() -> None:
    """Event-driven case handling for urban enforcement."""


main.add_command(broker_group)
