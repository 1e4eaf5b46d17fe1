"""What happened: the events, and the entry that holds those of one turn."""
