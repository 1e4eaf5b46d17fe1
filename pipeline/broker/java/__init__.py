"""Java for the broker: which runtime, which jars, and one process of it."""
