"""How a worker ends, as sysexits has it: what a supervisor or a script may decide on. Nothing else may live here."""

from typing import Final

EX_UNAVAILABLE: Final = 69
"""A command got no answer from the brokers. (A worker waits instead.)"""
EX_SOFTWARE: Final = 70
"""A bug, or nothing moves any more: start again; if it comes back, the log line says where to look."""
EX_OSERR: Final = 71
"""This machine's clock is wrong: set it, then start again."""
EX_NOPERM: Final = 77
"""Fenced again and again: another deployment works under this application id."""
EX_CONFIG: Final = 78
"""Topics, rules or settings are wrong, or the log contradicts itself: starting again will not help."""
