"""Which partition a street's records are in: murmur2 of the key, as Java, kafka-python and aiokafka have it by default.

librdkafka's own default is another one (CRC32): its users set `partitioner=murmur2_random`. A record that came to another
partition than its street's would be decided beside the rest of its street, so the worker there forwards it to the right one
and says so (`wrong_partition`); see `pipeline.core.forwarding`.
"""

from functools import lru_cache
from typing import Final

_SEED: Final = 0x9747B28C
_FACTOR: Final = 0x5BD1E995
_MASK: Final = 0xFFFFFFFF


@lru_cache(maxsize=65_536)
def partition_of(street: str, partitions: int) -> int:
    """The partition, from 0, that holds all records of `street`."""
    return (_murmur2(street.encode()) & 0x7FFFFFFF) % partitions


def _murmur2(data: bytes) -> int:
    whole = len(data) & ~3
    state = _SEED ^ len(data)
    for start in range(0, whole, 4):
        word = int.from_bytes(data[start : start + 4], "little") * _FACTOR & _MASK
        word = (word ^ word >> 24) * _FACTOR & _MASK
        state = state * _FACTOR & _MASK ^ word
    if whole < len(data):
        state = (state ^ int.from_bytes(data[whole:], "little")) * _FACTOR & _MASK
    state = (state ^ state >> 13) * _FACTOR & _MASK
    return state ^ state >> 15
