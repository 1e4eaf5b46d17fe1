"""What the auditor knows by itself: its own tables, rules and arithmetic, and what it remembers of each case."""
