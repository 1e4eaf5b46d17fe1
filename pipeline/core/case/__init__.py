"""One case: its legal moves, what each event changes in it, how much it can hold, who reported it. Decides nothing."""
