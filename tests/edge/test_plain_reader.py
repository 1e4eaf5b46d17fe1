"""Whatever the pipeline writes is read by kafka-python and aiokafka as they are installed, without a further package."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from schemas import topics

ROOT = Path(__file__).parents[2]
ORDER = json.loads((ROOT / "examples/report-12345.json").read_text(encoding="utf-8"))
OUTPUTS = (topics.RECEIPTS, topics.ASSIGNMENTS, topics.CASES, topics.JOURNAL, topics.CALLERS)

_WITHOUT = """
import sys
for name in ("lz4", "lz4.frame", "lz4f", "lz4framed", "snappy", "zstandard", "cramjam", "crc32c"):
    sys.modules[name] = None  # importing it raises ImportError
brokers, prefix, *names = sys.argv[1:]
"""
_KAFKA_PYTHON = (
    _WITHOUT
    + """
from kafka import KafkaConsumer
for name in names:
    reader = KafkaConsumer(prefix + name, bootstrap_servers=brokers, auto_offset_reset="earliest", group_id=None,
                           isolation_level="read_committed", consumer_timeout_ms=60_000)
    print(name, len(next(reader).value) > 0)
    reader.close()
"""
)
_AIOKAFKA = (
    _WITHOUT
    + """
import asyncio
from aiokafka import AIOKafkaConsumer
async def main():
    for name in names:
        reader = AIOKafkaConsumer(prefix + name, bootstrap_servers=brokers, auto_offset_reset="earliest",
                                  isolation_level="read_committed")
        await reader.start()
        print(name, len((await asyncio.wait_for(reader.getone(), 60)).value) > 0)
        await reader.stop()
asyncio.run(main())
"""
)


@pytest.mark.parametrize("program", [_KAFKA_PYTHON, _AIOKAFKA], ids=["kafka-python", "aiokafka"])
def test_a_reader_without_extra_packages_reads_every_output(worked: dict[str, str], program: str) -> None:
    """Not even the modules for lz4, snappy and zstd can be imported; `gzip` is Python's own."""
    orders = (json.dumps({**ORDER, "order_no": f"P-{n}", "addr": f"兴华街{n}号"}) for n in range(20))
    pushed = subprocess.run(
        [sys.executable, "-c", "from pipeline.cli import main; main()", "push", "-", "--source", "12345"],
        cwd=ROOT, env=worked, input="\n".join(orders), text=True, capture_output=True, timeout=100, check=False,
    )  # fmt: skip
    assert pushed.returncode == 0, pushed.stderr
    read = subprocess.run(
        [sys.executable, "-c", program, worked["ENFORCEMENT_BROKERS"], worked["ENFORCEMENT_TOPIC_PREFIX"], *OUTPUTS],
        env=os.environ, capture_output=True, text=True, timeout=200, check=False,
    )  # fmt: skip
    assert read.stdout.splitlines() == [f"{name} True" for name in OUTPUTS], read.stderr[-2_000:]
