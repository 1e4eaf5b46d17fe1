"""How well ways of speaking are recognised that the model was not trained on: `python -m tests.recognition.folds [NAME …] [--wrong]`.

The files of texts/voices/ in turn: each is recognised by a model that was trained on all the others. `margins` in
rules/lexicon/evidence.yaml were chosen by these figures. (One hand wrote them all, so they flatter.)
"""

import argparse
import json
from dataclasses import replace

from pipeline.core.recognise.recogniser import RecognitionRules, TrainedRecogniser
from pipeline.rulebook import RULES_DIR
from pipeline.rulebook.lexicon.lexicon_loading import LexiconBook, load_recognition, model_of
from tests.recognition.figures import Judged, print_heads, print_table, print_wrong
from tests.recognition.train import VOICES, lessons, train, written_files, written_texts


def recognised(rules: RecognitionRules, name: str) -> list[Judged]:
    """The texts of a file, recognised by a model that has not seen it."""
    assert isinstance(rules.recogniser, TrainedRecogniser)
    left_out = VOICES / f"{name}.jsonl"
    book = LexiconBook(RULES_DIR)
    others = written_texts(path for path in written_files() if path != left_out)
    model = model_of(train(book, lessons(book, others)))
    here = replace(rules, recogniser=replace(rules.recogniser, model=model))
    return [Judged.of(here, json.loads(line)) for line in left_out.read_text(encoding="utf-8").splitlines()]


def main() -> None:
    """Prints the table of each file that is left out in turn, and of all."""
    parser = argparse.ArgumentParser(description="How well ways of speaking never seen are recognised.")
    parser.add_argument("names", nargs="*", default=sorted(path.stem for path in VOICES.glob("*.jsonl")))
    parser.add_argument("--wrong", action="store_true", help="list what was decided wrongly or asked about")
    options = parser.parse_args()
    rules = load_recognition(RULES_DIR)
    print_heads()
    every: list[Judged] = []
    for name in options.names:
        texts = recognised(rules, name)
        every += texts
        print_table(name, texts)
        if options.wrong:
            print_wrong(texts)
    print_table("all", every)


if __name__ == "__main__":
    main()
