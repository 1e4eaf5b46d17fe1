"""A street's day, made from a seed, and the people who work it; with the truth beside it, and counts taken from outside.

Reading order: `chance`, `hours`, `street`, `texts`, `people` (the world), `happenings`, `reports`, `storms`, `poison`, `day`
(what is pushed), `decisions`, `actors` (who works), `rehearsal` (both against the core alone), `count`, `truth` (what came of
it), and the demonstration on a real broker: `clock`, `wire`, `surroundings`, `board`, `screen`, `demo`, `command`.
"""
