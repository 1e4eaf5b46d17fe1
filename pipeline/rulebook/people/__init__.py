"""Who there is in a street and what they carry, read from `rules/people/` into the core's values."""
