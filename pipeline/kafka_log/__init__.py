"""The log as everybody but the worker reaches it: kafka-python's clients and errors stand here once, and nowhere else.

Two readers of committed records: `FollowingReader` goes on through outages, `BoundedReader` stops at anything unexpected.
"""
