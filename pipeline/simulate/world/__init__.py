"""A street's incidents and their reports, drawn from a seed, with the truth beside them."""
