"""A street's day, made from a seed, and the people who work it; with the truth beside it, and counts taken from outside.

Reading order: `chance`, `hours`, `street`, `texts` (the world), `happenings`, `reports`, `storms`, `poison`, `day` (what is
pushed), `decisions`, `actors` (who works), `count`, `truth` (what came of it), `demo`, `command`.
"""
