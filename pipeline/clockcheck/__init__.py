"""`enforcement clock`: computes deadlines, and verifies the clocks against a slow second computation."""
