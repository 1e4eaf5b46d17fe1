"""Contracts as bytes and back, and the envelope around them."""
