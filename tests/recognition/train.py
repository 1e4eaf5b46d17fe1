"""Trains the model over pieces of characters anew: `python -m tests.recognition.train` writes rules/lexicon/model.json.

It learns from four things, and from nothing else: the hand-written texts of texts/tuning.jsonl and texts/voices/, what the first simulated street's people said
(texts/street_phrases.yaml), ways of speaking with topics put into them (texts/frames.yaml), and the lexicon's own words, alone and
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
from scipy.sparse import csr_matrix

from pipeline.core.recognise.lexicon import GAP, WordGroup
from pipeline.core.recognise.ngram_model import Pieces, length_of, pieces_of
from pipeline.rulebook import RULES_DIR
from pipeline.rulebook.lexicon.lexicon_loading import (
    LEXICON_FOLDER,
    MODEL_FILE,
    LexiconBook,
    ModelFile,
    lexicon_of,
    speech_of,
)

TUNING = Path(__file__).parent / "texts" / "tuning.jsonl"
VOICES = Path(__file__).parent / "texts" / "voices"
"""A file for each way in which people speak."""
PHRASES = Path(__file__).parent / "texts" / "street_phrases.yaml"
FRAMES = Path(__file__).parent / "texts" / "frames.yaml"
SEED = 7
TOPICS = 25
"""So many topics are put into each way of speaking."""
FRAME_WEIGHT = 0.3
PUT_TOGETHER = 40
"""So many texts of an object, conduct and a place are put together of each subject's words."""
WORD_WEIGHT = 0.2
"""A text of words alone counts less than one that somebody wrote."""
NONE_WEIGHT = 0.75
"""What is no enforcement counts less than what is: there are many such texts here, and nobody shall be turned away for that."""
SEEN_MIN = 3
"""A piece in fewer lessons than this teaches nothing: what somebody wrote is two lessons."""
STRENGTH = 100.0
"""How far the model may bend to its texts."""
ROUNDS = 12
"""So often each lesson is gone through."""
FIRST_MEANT = 8
"""The mean is of this round and the later ones."""
AT_ONCE = 96
"""So many lessons make a step."""
PACE = 0.3
"""How far a step goes; later ones go less far."""
FIRST_STEP = 1e-2
LEFT_OUT = 0.5
"""The share of a lesson's pieces that are left out of a step, by chance."""
POINTS = 100
"""Points that make a subject e times as likely."""
POINTS_MIN = 16
"""Smaller coefficients are left out: they say nothing and fill the file."""


Numbers = NDArray[np.float64]


class Lesson(NamedTuple):
    """A text, what it is about, and how much it counts."""

    text: str
    subject: str
    weight: float
    is_read_by_words: bool
    """Whether the model may rest on what the lexicon says of the text; else it learns to do without."""


def written_files() -> list[Path]:
    """The files of hand-written texts that are learnt from."""
    return [TUNING, *sorted(VOICES.glob("*.jsonl"))]


def written_texts(paths: Iterable[Path]) -> list[tuple[str, str]]:
    """The hand-written texts of these files, each with its subject."""
    lines = [line for path in paths for line in path.read_text(encoding="utf-8").splitlines()]
    return [(row["text"], subject_of(row)) for row in map(json.loads, lines)]


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
        np.array(
            [
                lesson.weight * (NONE_WEIGHT if lesson.subject in book.kinds.kinds else 1.0)
                for lesson in taught
            ]
        ),
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
    """The points of each piece for each subject and those of none: a softmax regression on top of what the words already say.

    Fitted in small steps, each on some lessons of which some pieces are left out by chance, so that no few pieces carry all; the mean
    of the later rounds is taken.
    """
    chance = np.random.default_rng(SEED)
    (count, pieces), kinds = texts.shape, by_words.shape[1]
    in_texts = np.maximum(np.bincount(texts.indices, minlength=pieces), 1).astype(np.float32)
    table, steps = np.zeros((pieces, kinds), np.float32), np.full((pieces, 1), FIRST_STEP, np.float32)
    base, base_step = np.zeros(kinds, np.float32), FIRST_STEP
    means, mean_base = np.zeros_like(table), np.zeros_like(base)
    by_words, weights = by_words.astype(np.float32), weights.astype(np.float32)
    for number in range(ROUNDS):
        pace = PACE * (1 - 0.9 * number / ROUNDS)
        for some in np.array_split(chance.permutation(count), max(count // AT_ONCE, 1)):
            part = texts[some]
            part.data *= (chance.random(len(part.data)) >= LEFT_OUT) / np.float32(np.sqrt(1 - LEFT_OUT))
            here, places = np.unique(part.indices, return_inverse=True)
            part = csr_matrix((part.data, places, part.indptr), shape=(len(some), len(here)))
            off = _likely(part @ table[here] + base + by_words[some])
            off[np.arange(len(some)), right[some]] -= 1
            off *= weights[some, None]
            shares = (np.bincount(places, minlength=len(here)) / in_texts[here]).astype(np.float32)
            slope = part.T @ off + table[here] * shares[:, None] / STRENGTH
            steps[here] += (slope**2).mean(axis=1, keepdims=True)
            table[here] -= pace * slope / np.sqrt(steps[here])
            slope = off.sum(axis=0)
            base_step += float((slope**2).mean())
            base -= pace * slope / np.sqrt(base_step)
        if number >= FIRST_MEANT:
            means, mean_base = means + table, mean_base + base
    scale = POINTS / (ROUNDS - FIRST_MEANT)
    return np.rint(means * scale).astype(int), np.rint(mean_base * scale).astype(int)


def _likely(logits: Numbers) -> Numbers:
    """How likely each subject is, in each row."""
    likely: Numbers = np.exp(logits - logits.max(axis=1, keepdims=True))
    likely /= likely.sum(axis=1, keepdims=True)
    return likely


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
    return csr_matrix((np.array(values, np.float32), indices, ends), shape=(len(pieces), len(known)))


def _row(points: Numbers) -> tuple[int, ...]:
    """Numbers of subjects and their points in turn, for the coefficients that say something."""
    told = np.flatnonzero(abs(points) >= POINTS_MIN)
    return tuple(int(value) for number in told for value in (number, points[number]))


def _phrases() -> Iterator[tuple[str, str]]:
    """What the people of the first simulated street said, with blanks for what they fill in."""
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
    write(train(book, lessons(book, written_texts(written_files()))), path)
    print(f"{path.relative_to(RULES_DIR.parent)}: {path.stat().st_size // 1024} KiB")


if __name__ == "__main__":
    main()
