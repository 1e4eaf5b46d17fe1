"""People and devices of a street as the auditor remembers them, and asks who was there."""
