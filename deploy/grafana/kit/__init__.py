"""The parts of every board: panels, queries, number looks, thresholds and words."""
