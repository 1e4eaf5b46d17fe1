"""A plain Faust agent that raises at the fifth of ten messages. Run as a process by the test that pins what Faust does."""

import os

import faust

app = faust.App(
    os.environ["PINNED_APP"],
    broker=f"kafka://{os.environ['PINNED_BROKER']}",
    store="memory://",
    web_enabled=False,
    topic_allow_declare=False,
    topic_disable_leader=True,
    broker_commit_interval=0.3,
    stream_wait_empty=False,
    worker_redirect_stdouts=False,
)
messages = app.topic(os.environ["PINNED_TOPIC"], value_type=bytes, value_serializer="raw")


@app.agent(messages)
async def decide(stream: faust.StreamT[bytes]) -> None:
    """Fails at one message, as business code may."""
    async for value in stream:
        if value == b"5":
            raise ValueError("a bug at the fifth message")


if __name__ == "__main__":
    app.finalize()
    app.Worker(loglevel="ERROR").execute_from_commandline()
