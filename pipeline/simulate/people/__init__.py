"""The people of the teams and the centre: their decisions and when they act."""
