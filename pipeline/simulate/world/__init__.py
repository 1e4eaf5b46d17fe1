"""What happens in a street and who reports it, drawn from a seed; with the truth beside it."""
