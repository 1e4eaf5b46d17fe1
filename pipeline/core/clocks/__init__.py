"""The clocks of a case: which run, when they are due, what wakes next."""
