"""Proves from the topics alone that the pipeline keeps its promises, or names each entry that breaks one.

The log is read from outside and judged by tables and an arithmetic that are written here a second time: nothing of
`pipeline.core` is imported, but by `replay`, which runs it once more and compares the bytes.
"""
