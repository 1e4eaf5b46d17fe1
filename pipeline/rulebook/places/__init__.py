"""Where things are, read from `rules/grids/` and `rules/places/` into the core's values."""
