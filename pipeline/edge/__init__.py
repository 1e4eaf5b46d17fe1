"""The outside world's side of the topics: the client for Python, the sources' own formats, and its commands.

Pure Python on kafka-python. Nothing here decides anything: it pushes, waits for receipts, and reads.
"""
