"""A day played live on a real broker with a screen, or in one thread against the core alone."""
