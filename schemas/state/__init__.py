"""The snapshot of a case, and what is kept in it."""
