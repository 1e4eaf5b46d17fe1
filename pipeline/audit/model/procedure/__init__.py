"""The penalty procedure as the auditor knows it: what it remembers of one, and the order that the law sets."""
