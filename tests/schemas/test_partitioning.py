"""A street's partition is the one every murmur2 client puts its records into."""

import random

from kafka.partitioner.default import murmur2

from schemas.partitioning import partition_of


def test_it_is_the_clients_partition():
    """For streets and for any other length of key, our arithmetic and kafka-python's agree."""
    chance = random.Random(7)
    keys = [f"1401{number:05}" for number in range(500)]
    keys += ["".join(chance.choices("abc0123街道", k=length)) for length in range(1, 40)]
    for count in (1, 3, 4, 12, 64):
        for key in keys:
            assert partition_of(key, count) == (murmur2(key.encode()) & 0x7FFFFFFF) % count
