"""`enforcement clock`: when something is due, and the proof that the clocks are right, against a slow second opinion."""
