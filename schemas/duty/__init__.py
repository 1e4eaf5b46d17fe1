"""Contracts of who is on duty in a street and what they carry: what is asked for, what happened, and what is kept of it."""
