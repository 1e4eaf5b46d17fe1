"""A street's day, made from a seed, and the people who work it; with the truth beside it, and counts taken from the topics.

Reading order: `world` (the incidents and what is pushed: `street`, `ground_truth`, `reports`, `storms`, `poison`, `day`), `people`
(`decisions`, then `actors`, who act on them), `demo.dry_run` (both against the core alone), `tally` (counts, and the comparison
with the truth), and the demonstration on a real broker: `demo.deployment`, `demo.live_state`, `demo.screen`, `demo.demo`.
"""
