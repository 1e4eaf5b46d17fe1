"""The Python client: pushes, acts, waits for receipts, reads assignments. Prints nothing."""
