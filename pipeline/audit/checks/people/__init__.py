"""Checks of the people and devices of a street: what is kept of them, and that whoever acts is there and may."""
