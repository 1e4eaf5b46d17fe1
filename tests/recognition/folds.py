"""How well texts are recognised that the model was not trained on: `python -m tests.recognition.folds [FOLDS]`.

The hand-written texts of texts/tuning.jsonl in turn: each part is recognised by a model that was trained on the other parts. (The lexicon
was written by somebody who knew them all, so these figures flatter; those of held_out.jsonl flatter less.)
"""

import json
import sys
from dataclasses import replace
from random import Random

from pipeline.core.recognise.recogniser import RecognitionRules, TrainedRecogniser
from pipeline.rulebook import RULES_DIR
from pipeline.rulebook.lexicon.lexicon_loading import LexiconBook, load_recognition, model_of
from tests.recognition.figures import Judged, print_heads, print_table, print_wrong
from tests.recognition.train import SEED, TUNING, lessons, subject_of, train

FOLDS = 4


def recognised(rules: RecognitionRules, folds: int) -> list[Judged]:
    """Each text, recognised by a model that has not seen it."""
    assert isinstance(rules.recogniser, TrainedRecogniser)
    book = LexiconBook(RULES_DIR)
    rows = list(map(json.loads, TUNING.read_text(encoding="utf-8").splitlines()))
    Random(SEED).shuffle(rows)
    texts = []
    for fold in range(folds):
        others = [(row["text"], subject_of(row)) for number, row in enumerate(rows) if number % folds != fold]
        model = model_of(train(book, lessons(book, others)))
        here = replace(rules, recogniser=replace(rules.recogniser, model=model))
        texts += [Judged.of(here, row) for row in rows[fold::folds]]
    return texts


if __name__ == "__main__":
    print_heads()
    TEXTS = recognised(load_recognition(RULES_DIR), int(sys.argv[1]) if len(sys.argv) > 1 else FOLDS)
    print_table("folds", TEXTS)
    print_wrong(TEXTS)
