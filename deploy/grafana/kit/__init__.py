"""What every board is built of: panels, queries, looks and words."""
