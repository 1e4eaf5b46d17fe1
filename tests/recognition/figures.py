"""How well texts are recognised: `python -m tests.recognition.figures` prints both harms apart.

    python -m tests.recognition.figures [FILE …] [--wrong]

FILE has a line for each text: id, text, matter and kind as they are right, hard if it is. Without FILE: those that no training reads,
held_out.jsonl and unseen.jsonl. --wrong lists each text that was decided wrongly, or asked about.
"""

import argparse
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from pipeline.core.recognise.recogniser import Recognition, RecognitionRules
from pipeline.rulebook import RULES_DIR
from pipeline.rulebook.lexicon.lexicon_loading import load_recognition
from schemas.values.recognised_text import Verdict

TEXTS = Path(__file__).parent / "texts"
UNSEEN = (TEXTS / "held_out.jsonl", TEXTS / "unseen.jsonl")
"""No training reads them."""
NOT_ENFORCEMENT = Verdict.NOT_ENFORCEMENT.value


class Judged(NamedTuple):
    """A text with what is right and what was recognised."""

    id: str
    text: str
    matter: str
    is_hard: bool
    said: Recognition

    @classmethod
    def of(cls, rules: RecognitionRules, row: Mapping[str, object]) -> "Judged":
        """A row of a file, recognised."""
        text = str(row["text"])
        return cls(str(row["id"]), text, str(row["matter"]), bool(row.get("hard")), rules.recognise(text))

    @property
    def answer(self) -> str:
        """As `enforcement recognise` says it."""
        return self.said.best.code if self.said.verdict is Verdict.MATTER else self.said.verdict.value


class Figures(NamedTuple):
    """Shares of all texts, or of those that say so."""

    texts: int
    asked: float
    right: float
    """Of those decided."""
    wrong_matter: float
    """An enforcement matter taken for another, of all that are enforcement."""
    turned_away: float
    """An enforcement matter taken for none, of all that are."""
    sent_in: float
    """What is no enforcement taken for a matter, of all that is none."""


def judged(rules: RecognitionRules, path: Path) -> list[Judged]:
    """Each text of a file, recognised."""
    rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return [Judged.of(rules, row) for row in rows]


def figures(texts: Sequence[Judged]) -> Figures:
    """The figures of these texts."""
    decided = [text for text in texts if text.answer != Verdict.ASK.value]
    enforcement = [text for text in texts if text.matter != NOT_ENFORCEMENT]
    none = [text for text in texts if text.matter == NOT_ENFORCEMENT]
    wrong = [text for text in decided if text.answer != text.matter]
    away = [text for text in wrong if text.answer == NOT_ENFORCEMENT]
    sent_in = [text for text in wrong if text.matter == NOT_ENFORCEMENT]
    return Figures(
        texts=len(texts),
        asked=1 - _share(decided, texts),
        right=1 - _share(wrong, decided),
        wrong_matter=_share(
            [text for text in wrong if text not in away and text not in sent_in], enforcement
        ),
        turned_away=_share(away, enforcement),
        sent_in=_share(sent_in, none),
    )


def _share(some: Sequence[object], all_of_them: Sequence[object]) -> float:
    return len(some) / len(all_of_them) if all_of_them else 0.0


def print_heads() -> None:
    """The heads of the columns."""
    heads = ("asked", "right", "wrong matter", "turned away", "sent in")
    print(f"{'file':<20} {'':<5}{'texts':>6}{''.join(f'{head:>13}' for head in heads)}")


def print_table(name: str, texts: Sequence[Judged]) -> None:
    """A line for all texts, and one for the hard ones."""
    for part, chosen in (("all", texts), ("hard", [text for text in texts if text.is_hard])):
        if not chosen:
            continue
        told = figures(chosen)
        shares = "".join(f"{share:>13.1%}" for share in told[1:])
        print(f"{name:<20} {part:<5}{told.texts:>6}{shares}")


def print_wrong(texts: Iterable[Judged]) -> None:
    """Each text that was decided wrongly, or asked about, with what fits best and what second."""
    for text in texts:
        if text.answer != text.matter:
            said = text.said
            best, second = (f"{subject.code} {subject.points}" for subject in (said.best, said.second))
            print(f"  {text.id} {text.matter:<16}{text.answer:<16}{best:>20}{second:>20}  {text.text}")


def main() -> None:
    """Prints the table of each file."""
    parser = argparse.ArgumentParser(description="How well texts are recognised, both harms apart.")
    parser.add_argument("files", nargs="*", type=Path, default=UNSEEN)
    parser.add_argument(
        "--wrong", action="store_true", help="list each text that was decided wrongly or asked about"
    )
    options = parser.parse_args()
    rules = load_recognition(RULES_DIR)
    print_heads()
    for path in options.files:
        texts = judged(rules, path)
        print_table(path.stem, texts)
        if options.wrong:
            print_wrong(texts)


if __name__ == "__main__":
    main()
