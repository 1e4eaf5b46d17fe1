"""The lexicon by which texts are recognised, read from `rules/lexicon/` into the core's values."""
