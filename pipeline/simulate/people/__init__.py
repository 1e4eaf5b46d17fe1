"""The people of the teams and the centre: what each decides to do, and when."""
