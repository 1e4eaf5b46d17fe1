"""A lexicon that is wrong is refused with file, line, and what is allowed; and the shipped model belongs to the shipped words."""

import json

import pytest
from click.testing import CliRunner

from pipeline.cli import commands
from pipeline.rulebook import RULES_DIR, BadRules
from pipeline.rulebook.archive import archive_rules
from pipeline.rulebook.lexicon.lexicon_loading import LexiconBook, load_recognition
from tests.recognition.train import fingerprint, lessons, written_files, written_texts
from tests.rules.conftest import folder as folder

MODEL = "lexicon/model.json"


@pytest.mark.parametrize(
    ("file", "there", "instead", "field", "wrong"),
    [
        ("YQ.yaml", "YQ-001:", "YQ-009:", "matters.YQ-009", "no such matter"),
        ("YQ.yaml", "YQ-001:", "YL-001:", "matters.YL-001", "here twice"),
        ("YQ.yaml", "遛狗", "遛狗 遛狗", "matters.YQ-001.sure", "遛狗 is here twice"),
        ("YQ.yaml", "遛狗", "遛…狗…绳", "matters.YQ-001.sure", "is no word"),
        ("YQ.yaml", "遛狗", "遛狗不牵绳还在小区里乱跑的人和他的狗", "matters.YQ-001.sure", "is no word"),
        ("evidence.yaml", "[90, 35, 18]", "[9000, 35, 18]", "points.sure.0", "too large"),
        ("evidence.yaml", "[-44, -26]", "[44, -26]", "points.against.0", "too large"),
        ("evidence.yaml", "turn_away: 280", "turn_away: -1", "margins.turn_away", "too small"),
        ("speech.yaml", "percent: 10", "percent: 900", "courtesy.percent", "too large"),
        ("speech.yaml", "reach: clause", "reach: chapter", "turns.dismissed.reach", "not one of these"),
        ("kinds.yaml", "reply_zh", "reply", "kinds.consult.reply", "unknown field"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(folder, file, there, instead, field, wrong):
    """The field, its line, and what would be right."""
    path = folder / "lexicon" / file
    text = path.read_text(encoding="utf-8")
    assert there in text
    path.write_text(text.replace(there, instead, 1), encoding="utf-8")
    with pytest.raises(BadRules) as caught:
        load_recognition(folder)
    found = [problem for problem in caught.value.problems if problem.field == field]
    assert wrong in found[0].wrong
    assert found[0].allowed
    assert 1 <= found[0].line <= text.count("\n") + 1


def test_a_matter_without_words_is_refused(folder):
    """Nobody's complaint of it would ever be recognised."""
    (folder / "lexicon" / "JT.yaml").unlink()
    with pytest.raises(BadRules) as caught:
        load_recognition(folder)
    assert [(problem.field, problem.wrong) for problem in caught.value.problems] == [
        ("JT-001", "a matter without words")
    ]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda model: "no JSON",
        lambda model: json.dumps(model | {"base": model["base"][1:]}),
        lambda model: json.dumps(model | {"points": {"摊": [999, 1]}}),
        lambda model: json.dumps(model | {"points": {"摊": [1]}}),
        lambda model: json.dumps(model | {"points": {"摊": [1, 2001]}}),
        lambda model: json.dumps(model | {"more": 1}),
    ],
)
def test_a_model_that_does_not_fit_is_refused(folder, spoil):
    """Broken, without a number for each subject, with points for nobody, or with more than are added up safely."""
    model = json.loads((folder / MODEL).read_text(encoding="utf-8"))
    (folder / MODEL).write_text(spoil(model), encoding="utf-8")
    with pytest.raises(BadRules) as caught:
        load_recognition(folder)
    assert caught.value.problems[0].file.endswith(MODEL)


def test_a_street_may_have_a_matter_that_the_model_was_not_trained_for(folder):
    """The worker starts; until somebody trains the model anew only its words speak for it, and the others are recognised as before."""
    for name, old, new in (("matters", "code: SR-001", "code: SR-098"), ("lexicon/SR", "SR-001:", "SR-098:")):
        path = folder / f"{name}.yaml"
        path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    before, after = load_recognition(RULES_DIR), load_recognition(folder)
    text = "小区后门的井盖没了，差点掉下去"
    assert before.recognise(text).best == after.recognise(text).best
    [ranked] = [one for one in after.recogniser.rank("占道经营，流动商贩占道摆摊") if one.code == "SR-098"]
    assert any("占道" in word for word, _ in ranked.evidence)


def test_rules_check_says_what_is_wrong_with_the_lexicon(folder):
    """With the exit code of wrong rules."""
    (folder / "lexicon" / "evidence.yaml").write_text("points: {}\n", encoding="utf-8")
    ran = CliRunner().invoke(commands, ["rules", "check", str(folder)])
    assert ran.exit_code == 65
    assert "evidence.yaml" in ran.output


def test_archived_rules_recognise_as_those_that_were_archived(folder, tmp_path):
    """Words and model are kept with the rest."""
    kept = archive_rules(folder, tmp_path / "archive")
    text = "广场舞的音响吵得人睡不着"
    assert load_recognition(kept).recognise(text) == load_recognition(folder).recognise(text)


def test_the_shipped_model_was_trained_on_the_shipped_words_and_texts():
    """Else: python -m tests.recognition.train."""
    model = json.loads((RULES_DIR / MODEL).read_text(encoding="utf-8"))
    assert model["trained_on"] == fingerprint(lessons(LexiconBook(RULES_DIR), written_texts(written_files())))
