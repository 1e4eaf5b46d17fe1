"""Reads `rules/lexicon/`, checks it, and makes of it what recognises texts. With any problem nothing is made."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple, TypeVar

from msgspec import DecodeError, Struct
from msgspec.json import Decoder
from pydantic import BaseModel

from pipeline.core.recognise.lexicon import GAP, GroupPoints, Lexicon, WordGroup
from pipeline.core.recognise.ngram_model import POINTS_MAX, NgramModel
from pipeline.core.recognise.recogniser import Kind, Margins, RecognitionRules, TrainedRecogniser
from pipeline.core.recognise.spoken_text import PAUSE, Courtesy, Speech, SpeechTurn, even_text
from pipeline.rulebook.lexicon.lexicon_tables import (
    EvidenceTable,
    KindsTable,
    MatterWordsTable,
    SpeechTable,
    SubjectWords,
)
from pipeline.rulebook.sheet import BadRules, Filled, Problem, Sheet, fill, read_sheet
from pipeline.rulebook.tables.matter_tables import MattersTable

LEXICON_FOLDER: Final = "lexicon"
"""What people say of each matter."""
MODEL_FILE: Final = "model.json"
KINDS_FILE: Final = "kinds.yaml"
SPEECH_FILE: Final = "speech.yaml"
EVIDENCE_FILE: Final = "evidence.yaml"
_OF_ALL: Final = (KINDS_FILE, SPEECH_FILE, EVIDENCE_FILE)

M = TypeVar("M", bound=BaseModel)
WordsOf = Mapping[str, Mapping[WordGroup, Sequence[str]]]


class ModelFile(Struct, frozen=True, forbid_unknown_fields=True):
    """`model.json`. `base` is in the order of `subjects`; `points` has for each piece numbers of subjects and their points, in turn.

    `trained_on` is the hash of the texts and words that it was trained on.
    """

    trained_on: str
    subjects: tuple[str, ...]
    base: tuple[int, ...]
    points: dict[str, tuple[int, ...]]


class LexiconBook:
    """The files of a lexicon, each of the right shape and consistent with the others and with the matters."""

    def __init__(self, folder: Path) -> None:
        """Reads `folder`, one of rules.

        Raises:
            BadRules: a file of the lexicon, or the list of matters, is wrong.
        """
        self._sheets: list[Sheet] = []
        lexicon = folder / LEXICON_FOLDER
        names = sorted(path.name for path in lexicon.glob("*.yaml") if path.name not in _OF_ALL)
        matters = self._page(folder / "matters.yaml", MattersTable)
        kinds = self._page(lexicon / KINDS_FILE, KindsTable)
        speech = self._page(lexicon / SPEECH_FILE, SpeechTable)
        evidence = self._page(lexicon / EVIDENCE_FILE, EvidenceTable)
        pages = [self._page(lexicon / name, MatterWordsTable) for name in names]
        problems = [problem for sheet in self._sheets for problem in sheet.problems]
        if matters and None not in pages:
            problems += _check_matters(matters, [page for page in pages if page], lexicon)
        if problems or not (matters and kinds and speech and evidence):
            raise BadRules(problems)
        self.kinds = kinds.table
        self.speech = speech.table
        self.evidence = evidence.table
        said = {code: words for page in pages if page for code, words in page.table.matters.items()}
        subjects = {entry.code: said[entry.code] for entry in matters.table.matters} | dict(self.kinds.kinds)
        self.words: WordsOf = {subject: _by_group(words) for subject, words in subjects.items()}
        """Of the matters in their order, then of the kinds."""

    def _page(self, path: Path, table: type[M]) -> Filled[M] | None:
        self._sheets.append(read_sheet(path))
        return fill(self._sheets[-1], table)


class LoadedRecognition(NamedTuple):
    """What recognises texts, and the words and numbers that it was made of, as they are compared with others."""

    rules: RecognitionRules
    written: Mapping[str, object]

    def fingerprint(self) -> str:
        """A text that is equal for equal words and numbers, whatever the comments, layout and order of fields."""
        return json.dumps(self.written, ensure_ascii=False, sort_keys=True, default=sorted)


def load_recognition(folder: Path) -> RecognitionRules:
    """What recognises texts by the rules in `folder`.

    Raises:
        BadRules: the lexicon, the model or the list of matters is wrong.
    """
    return read_recognition(folder).rules


def read_recognition(folder: Path) -> LoadedRecognition:
    """The same with its fingerprint. Files that were read before, wherever they stood, are not read anew.

    Raises:
        BadRules: the lexicon, the model or the list of matters is wrong.
    """
    return _read(_Files(folder, _digest(folder)))


@dataclass(frozen=True, slots=True)
class _Files:
    """All that recognition rests on: of two folders with the same bytes one is read."""

    folder: Path = field(compare=False)
    digest: str


def _digest(folder: Path) -> str:
    lexicon = folder / LEXICON_FOLDER
    digest = hashlib.sha256()
    for path in (folder / "matters.yaml", *sorted(lexicon.glob("*.yaml")), lexicon / MODEL_FILE):
        content = path.read_bytes() if path.is_file() else b""
        digest.update(f"{path.name} {len(content)} ".encode() + content)
    return digest.hexdigest()


@lru_cache(maxsize=8)
def _read(files: _Files) -> LoadedRecognition:
    folder = files.folder
    book, path = LexiconBook(folder), folder / LEXICON_FOLDER / MODEL_FILE
    model = _model(path, tuple(book.words))
    of_model = hashlib.sha256(path.read_bytes()).hexdigest()
    return LoadedRecognition(_rules(book, model), _written(book) | {"model": of_model})


def _written(book: LexiconBook) -> dict[str, object]:
    words = {
        subject: {group.value: frozenset(said) for group, said in groups.items() if said}
        for subject, groups in book.words.items()
    }
    kinds = {
        name: entry.model_dump(include={"name_zh", "name_en", "reply_zh", "reply_en", "emergency"})
        for name, entry in book.kinds.kinds.items()
    }
    tables = {"speech": book.speech.model_dump(), "evidence": book.evidence.model_dump()}
    return {"words": words, "kinds": kinds, **tables}


def _rules(book: LexiconBook, model: NgramModel) -> RecognitionRules:
    return RecognitionRules(
        recogniser=TrainedRecogniser(speech_of(book.speech), lexicon_of(book), model),
        kinds={
            name: Kind(entry.name_zh, entry.name_en, entry.reply_zh, entry.reply_en, entry.emergency)
            for name, entry in book.kinds.kinds.items()
        },
        margins=Margins(**book.evidence.margins.model_dump()),
    )


def speech_of(table: SpeechTable) -> Speech:
    """How callers speak, of the file."""
    turns = [
        SpeechTurn(frozenset(entry.words.split()), entry.percent, entry.reach)
        for entry in table.turns.values()
    ]
    fillers = dict.fromkeys(table.fillers.split(), PAUSE)
    said = table.courtesy
    courtesy = Courtesy(
        bare=frozenset(said.bare.split()),
        thanks=frozenset(said.thanks.split()),
        particles=frozenset(said.particles.split()),
        asking=frozenset(said.asking.split()),
        percent=said.percent,
    )
    return Speech({**table.sounds_like, **fillers}, turns, courtesy)


def lexicon_of(book: LexiconBook) -> Lexicon:
    """The words with their points."""
    return Lexicon(book.words, GroupPoints(**book.evidence.points.model_dump()))


def _check_matters(
    matters: Filled[MattersTable], pages: Sequence[Filled[MatterWordsTable]], lexicon: Path
) -> Iterator[Problem]:
    """Each matter must have its words, in one file."""
    missing = [entry.code for entry in matters.table.matters]
    for page in pages:
        for code in page.table.matters:
            if code in missing:
                missing.remove(code)
            else:
                yield page.problem(
                    ("matters", code), "no such matter, or here twice", "each code of matters.yaml once"
                )
    for code in missing:
        yield Problem(str(lexicon), 1, code, "a matter without words", "words for each matter")


def _by_group(words: SubjectWords) -> Mapping[WordGroup, Sequence[str]]:
    """The words in the form in which texts are compared."""
    return {
        group: [GAP.join(map(even_text, word.split(GAP))) for word in getattr(words, group).split()]
        for group in WordGroup
    }


def _model(path: Path, subjects: tuple[str, ...]) -> NgramModel:
    """The trained model, for these subjects: of one that is gone nothing is left, a new one is known by its words alone."""
    try:
        file = Decoder(ModelFile).decode(path.read_bytes())
    except (OSError, DecodeError) as why:  # what msgspec finds wrong is a DecodeError, too
        wrong = why.strerror if isinstance(why, OSError) and why.strerror else str(why)
        raise BadRules([Problem(str(path), 1, "", wrong, "a model as training writes it")]) from why
    if not file.base or len(file.base) != len(file.subjects):
        wrong = "not a number for each subject"
        raise BadRules([Problem(str(path), 1, "base", wrong, "a model as training writes it")])
    for piece, row in file.points.items():
        if len(row) % 2 or not all(0 <= number < len(file.subjects) for number in row[::2]):
            wrong = "points of no subject"
            raise BadRules([Problem(str(path), 1, piece, wrong, "numbers of subjects and points in turn")])
        if not all(-POINTS_MAX <= points <= POINTS_MAX for points in row[1::2]):
            allowed = f"from -{POINTS_MAX} to {POINTS_MAX}"
            raise BadRules([Problem(str(path), 1, piece, "points too large", allowed)])
    model = model_of(file)
    return model if file.subjects == subjects else _for_subjects(model, subjects)


def _for_subjects(model: NgramModel, subjects: tuple[str, ...]) -> NgramModel:
    """A new subject begins with the least that any has, so that nothing is taken for it but by its words."""
    new_number = {
        number: subjects.index(name) for number, name in enumerate(model.subjects) if name in subjects
    }
    rows = {
        piece: {new_number[number]: points for number, points in row.items() if number in new_number}
        for piece, row in model.points.items()
    }
    base_of = dict(zip(model.subjects, model.base, strict=True))
    least = min(model.base)
    return NgramModel(subjects, rows, [base_of.get(name, least) for name in subjects])


def model_of(file: ModelFile) -> NgramModel:
    """The model of a file that is right."""
    points = {piece: dict(zip(row[::2], row[1::2], strict=True)) for piece, row in file.points.items()}
    return NgramModel(file.subjects, points, file.base)
