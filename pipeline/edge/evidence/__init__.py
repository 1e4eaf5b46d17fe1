"""The evidence bundle of a case: made from the log, checked without it."""
