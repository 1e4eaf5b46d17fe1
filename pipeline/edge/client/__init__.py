"""The Python client: pushes, acts, waits for receipts, reads assignments. Prints nothing.

What is imported here is what a program outside needs.
"""

from pipeline.edge.client.action_builder import ActionBuilder
from pipeline.edge.client.client import Client
from pipeline.edge.client.decoding import Unreadable
from pipeline.edge.client.known_names import UnknownName
from pipeline.edge.client.receipt_waiting import NoReceipt, PendingReceipt
from schemas.errors import BadMessage, PipelineError, Unavailable

__all__ = [
    "ActionBuilder",
    "BadMessage",
    "Client",
    "NoReceipt",
    "PendingReceipt",
    "PipelineError",
    "Unavailable",
    "UnknownName",
    "Unreadable",
]
