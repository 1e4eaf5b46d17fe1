"""A counting worker that is as awkward to stop as can be: a rebalance stands still in it until it is told to stop, and a part
of it falls over while it is taken down. By what Faust offers to any app: its signals."""

import asyncio
from typing import Any

from pipeline.settings import Settings
from pipeline.stream.app import EnforcementApp, build_app, run
from pipeline.stream.core_protocol import CoreSetup
from tests.stream.fleet.counting import CountingCore


async def wait_in_a_rebalance(app: EnforcementApp, *revoked: set[object], **_: object) -> None:
    """Sent when partitions are taken away; at first there are none."""
    if any(revoked):
        await app.wait_until_stopped()


async def fall_over(app: EnforcementApp, *_: object, **__: object) -> None:
    """Sent when the consumer's fetching has stopped and the rest has not."""
    await app.consumer.crash(asyncio.CancelledError("planted"))


if __name__ == "__main__":
    app: Any = build_app(Settings(), lambda _: CoreSetup(CountingCore))  # its signals' types fit no function
    app.on_partitions_revoked.connect(wait_in_a_rebalance)
    app.on_before_shutdown.connect(fall_over)
    run(app)
