"""Groups of panels that answer one question."""
