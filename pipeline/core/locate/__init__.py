"""Where an address in words is: named places found in it, and what it says around them. Pure; whole numbers say how sure it is."""
