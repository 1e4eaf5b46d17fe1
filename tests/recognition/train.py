"""Trains the model over pieces of characters anew: `python -m tests.recognition.train` writes rules/lexicon/model.json.

It learns from four things, and from nothing else: the hand-written texts of texts/tuning.jsonl, what the simulated street's people say
(pipeline/simulate/world/phrases.yaml), ways of speaking with topics put into them (texts/frames.yaml), and the lexicon's own words, alone and
put together by chance with a seed. So a word that somebody adds to the lexicon also teaches what it has in common with words that nobody listed.
"""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import NamedTuple

import numpy as np
import yaml
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

from pipeline.core.recognise.lexicon import GAP, WordGroup
from pipeline.core.recognise.ngram_model import Pieces, length_of, pieces_of
from pipeline.rulebook import RULES_DIR
from pipeline.rulebook.book import LEXICON_FOLDER
from pipeline.rulebook.lexicon.lexicon_loading import (
    MODEL_FILE,
    LexiconBook,
    ModelFile,
    lexicon_of,
    speech_of,
)

TUNING = Path(__file__).parent / "texts" / "tuning.jsonl"
PHRASES = Path(__file__).parents[2] / "pipeline" / "simulate" / "world" / "phrases.yaml"
FRAMES = Path(__file__).parent / "texts" / "frames.yaml"
SEED = 7
TOPICS = 25
"""So many topics are put into each way of speaking."""
FRAME_WEIGHT = 0.3
PUT_TOGETHER = 40
"""So many texts of an object, conduct and a place are put together of each subject's words."""
WORD_WEIGHT = 0.3
"""A text of words alone counts less than one that somebody wrote."""
SEEN_MIN = 2
"""A piece in fewer texts than this teaches nothing."""
STRENGTH = 20.0
"""How far the model may bend to its texts."""
STEPS = 250
"""So many steps of the fitting; later ones change nothing that is decided."""
POINTS = 100
"""Points that make a subject e times as likely."""
POINTS_MIN = 12
"""Smaller coefficients are left out: they say nothing and fill the file."""


Numbers = NDArray[np.float64]


class Lesson(NamedTuple):
    """A text, what it is about, and how much it counts."""

    text: str
    subject: str
    weight: float
    is_read_by_words: bool
    """Whether the model may rest on what the lexicon says of the text; else it learns to do without."""


def written_texts(path: Path) -> list[tuple[str, str]]:
    """The hand-written texts of a file, each with its subject."""
    rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return [(row["text"], subject_of(row)) for row in rows]


def subject_of(row: Mapping[str, str]) -> str:
    """A matter's code, or the kind of what is no enforcement."""
    return row["kind"] if row["matter"] == "not_enforcement" else row["matter"]


def lessons(book: LexiconBook, written: Iterable[tuple[str, str]]) -> list[Lesson]:
    """All that is learnt from. What somebody wrote is learnt both with the lexicon's help and without."""
    taught = []
    for text, subject in (*written, *_phrases()):
        taught += [Lesson(text, subject, 1.0, True), Lesson(text, subject, 1.0, False)]
    return [*taught, *_framed(book), *_of_words(book)]


def train(book: LexiconBook, taught: Sequence[Lesson]) -> ModelFile:
    """The model; the same for the same lessons."""
    subjects = list(book.words)
    speech, lexicon = speech_of(book.speech), lexicon_of(book)
    spoken = [speech.read(lesson.text) for lesson in taught]
    pieces = list(map(pieces_of, spoken))
    seen = Counter(piece for text in pieces for piece in text)
    known = sorted(piece for piece, times in seen.items() if times >= SEEN_MIN)
    by_words = np.zeros((len(taught), len(subjects)))
    for number, (text, lesson) in enumerate(zip(spoken, taught, strict=True)):
        for subject, found in lexicon.find(text).items() if lesson.is_read_by_words else ():
            by_words[number, subjects.index(subject)] = sum(each for _, each in lexicon.weigh(found)) / POINTS
    points, base = _fitted(
        _vectors(pieces, known),
        np.array([subjects.index(lesson.subject) for lesson in taught]),
        np.array([lesson.weight for lesson in taught]),
        by_words,
    )
    rows = {piece: _row(points[number]) for number, piece in enumerate(known)}
    return ModelFile(
        trained_on=fingerprint(taught),
        subjects=tuple(subjects),
        base=tuple(base.tolist()),
        points={piece: row for piece, row in rows.items() if row},
    )


def _fitted(
    texts: csr_matrix, right: Numbers, weights: Numbers, by_words: Numbers
) -> tuple[Numbers, Numbers]:
    """The points of each piece for each subject and those of none: a softmax regression on top of what the words already say."""
    count, kinds = texts.shape[1], by_words.shape[1]
    is_right = np.zeros_like(by_words)
    is_right[np.arange(len(right)), right] = 1
    turned = texts.T.tocsr()

    def loss(flat: Numbers) -> tuple[float, Numbers]:
        table = flat.reshape(count + 1, kinds)
        logits = texts @ table[:-1] + table[-1] + by_words
        logits -= logits.max(axis=1, keepdims=True)
        likely = np.exp(logits)
        sums = likely.sum(axis=1, keepdims=True)
        told = float((weights * (np.log(sums[:, 0]) - logits[np.arange(len(right)), right])).sum())
        off = (likely / sums - is_right) * weights[:, None]
        slope = np.vstack([turned @ off + table[:-1] / STRENGTH, off.sum(axis=0)])
        return told + float((table[:-1] ** 2).sum()) / (2 * STRENGTH), slope.ravel()

    start = np.zeros((count + 1) * kinds)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": STEPS})
    table = np.rint(found.x.reshape(count + 1, kinds) * POINTS).astype(int)
    return table[:-1], table[-1]


def fingerprint(taught: Sequence[Lesson]) -> str:
    """The hash of all lessons."""
    return hashlib.sha256("\n".join(map(repr, taught)).encode()).hexdigest()[:16]


def write(model: ModelFile, path: Path) -> None:
    """A line for each piece, so that a change is seen in a diff."""
    head = json.dumps(
        {name: getattr(model, name) for name in ("trained_on", "subjects", "base")}, ensure_ascii=False
    )
    rows = ",\n".join(
        f"{json.dumps(piece, ensure_ascii=False)}: {list(row)}" for piece, row in model.points.items()
    )
    path.write_text(f'{head[:-1]}, "points": {{\n{rows}\n}}}}\n', encoding="utf-8")


def _vectors(pieces: Sequence[Pieces], known: Sequence[str]) -> csr_matrix:
    """Each text as the model sees it: of length one."""
    columns = {piece: number for number, piece in enumerate(known)}
    indices: list[int] = []
    values: list[float] = []
    ends = [0]
    for text in pieces:
        weights = {columns[piece]: percent for piece, percent in text.items() if piece in columns}
        length = length_of(list(weights.values()))
        indices += weights.keys()
        values += [percent / length for percent in weights.values()]
        ends.append(len(indices))
    return csr_matrix((values, indices, ends), shape=(len(pieces), len(known)))


def _row(points: Numbers) -> tuple[int, ...]:
    """Numbers of subjects and their points in turn, for the coefficients that say something."""
    told = np.flatnonzero(abs(points) >= POINTS_MIN)
    return tuple(int(value) for number in told for value in (number, points[number]))


def _phrases() -> Iterator[tuple[str, str]]:
    """What the people of the simulated street say, with blanks for what they fill in."""
    for matter, phrases in yaml.safe_load(PHRASES.read_text(encoding="utf-8")).items():
        for phrase in (*phrases["told"], *phrases["noted"]):
            yield re.sub(r"\{\w+\}", ",", phrase), matter


def _framed(book: LexiconBook) -> Iterator[Lesson]:
    """Each way of speaking with topics of matters put into it by chance."""
    chance = Random(SEED)
    matters = [subject for subject in book.words if subject not in book.kinds.kinds]
    for kind, frames in yaml.safe_load(FRAMES.read_text(encoding="utf-8")).items():
        for frame in frames:
            for matter in chance.sample(matters, TOPICS):
                topic = chance.choice(book.words[matter][WordGroup.SURE]).replace(GAP, "")
                subject = matter if kind == "complaint" else kind
                yield Lesson(frame.replace("{}", topic), subject, FRAME_WEIGHT, True)


def _of_words(book: LexiconBook) -> Iterator[Lesson]:
    """Each sure word by itself; and an object, conduct and a place of each subject by chance."""
    chance = Random(SEED)
    for subject, groups in book.words.items():
        for word in groups[WordGroup.SURE]:
            yield Lesson(word.replace(GAP, ""), subject, WORD_WEIGHT, False)
        objects, conduct = groups[WordGroup.OBJECTS], groups[WordGroup.CONDUCT]
        for _ in range(PUT_TOGETHER if objects and conduct else 0):
            place = chance.choice(groups[WordGroup.PLACES] or [""])
            yield Lesson(
                f"{place},{chance.choice(objects)},{chance.choice(conduct)}", subject, WORD_WEIGHT, False
            )


def main() -> None:
    """Trains on the shipped lexicon and writes the shipped model."""
    book = LexiconBook(RULES_DIR)
    path = RULES_DIR / LEXICON_FOLDER / MODEL_FILE
    write(train(book, lessons(book, written_texts(TUNING))), path)
    print(f"{path.relative_to(RULES_DIR.parent)}: {path.stat().st_size // 1024} KiB")


if __name__ == "__main__":
    main()
