"""`enforcement worker`: runs the worker in this process until it is told to stop."""

import click


@click.command("worker")
def worker_command() -> None:
    """Work the partitions that the group gives to this process."""
    from pipeline.stream.app import app, run  # Faust is slow to import: only who runs a worker pays

    run(app)
