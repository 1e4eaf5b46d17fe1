"""What a turn tells the world: assignments, receipts, notices, dead letters."""
