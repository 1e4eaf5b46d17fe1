"""Microseconds a text to recognise its matter, on the hand-written texts of tests/recognition/texts.

A figure is the least of the rounds' means, in processor time, so that a busy machine does not count.
"""

import json
import time
from pathlib import Path

from pipeline.rulebook import RULES_DIR
from pipeline.rulebook.lexicon.lexicon_loading import load_recognition

TEXTS = Path(__file__).parents[2] / "tests" / "recognition" / "texts"
BUDGET_US = 200


def measure(rounds: int) -> dict[str, float]:
    """How many texts of how many characters; milliseconds to load what recognises them, microseconds to recognise one."""
    started = time.process_time()
    rules = load_recognition(RULES_DIR)
    load_ms = (time.process_time() - started) * 1e3
    files = sorted(TEXTS.glob("*.jsonl"))
    texts = [
        json.loads(line)["text"] for file in files for line in file.read_text(encoding="utf-8").splitlines()
    ]
    means = []
    for _ in range(rounds):
        started = time.process_time()
        for text in texts:
            rules.recognise(text)
        means.append((time.process_time() - started) / len(texts) * 1e6)
    return {
        "texts": len(texts),
        "characters": round(sum(map(len, texts)) / len(texts), 1),
        "load_ms": round(load_ms),
        "recognise_us": round(min(means)),
        "recognise_budget_us": BUDGET_US,
    }
