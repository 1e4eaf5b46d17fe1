"""What callers say, and what is made of it: by example, and by the figures of texts that nothing was tuned on."""

import ast
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.core.recognise.spoken_text import READ_MAX
from pipeline.rulebook import RULES_DIR
from pipeline.rulebook.lexicon.lexicon_loading import load_recognition
from schemas.values.recognised_text import Reason, Verdict
from tests.recognition.figures import TEXTS, UNSEEN, Judged, figures, judged
from tests.recognition.train import written_files

RULES = load_recognition(RULES_DIR)
POLITE = ("praise", "consult", "suggestion")
"""Kinds of which thanks and questions are a part."""
SHARED_MAX = 0.4
"""Two texts that have more of their pairs of characters in common say the same in the same words."""


def rows(path: Path) -> list[dict[str, str]]:
    """The texts of a file."""
    return list(map(json.loads, path.read_text(encoding="utf-8").splitlines()))


def answer(text: str, category: str = "") -> str:
    """A matter, a kind that is no enforcement, or ask."""
    said = RULES.recognise(text, category)
    return "ask" if said.verdict is Verdict.ASK else said.best.code


@pytest.mark.parametrize(
    ("text", "right"),
    [
        ("路口那几个推车卖水果的把人行道占了", "SR-001"),
        ("逍遥通道被私家车堵住了", "XF-001"),  # as speech recognition hears 消防通道
        ("路灯的事就不说了，主要是井盖没了，地上一个大洞", "SZ-002"),
        ("不是路灯，是井盖丢了", "SZ-002"),
        ("请问养狗证怎么办理，需要什么材料", "consult"),
        ("感谢城管队员，小广告都清干净了，给你们点赞", "praise"),
        ("谢谢你们上次清理，但是垃圾桶又满了好几天没人清，臭得很", "SR-008"),
        ("建议在公园门口增设几个垃圾桶", "suggestion"),
        ("老板拖欠我三个月工资不给", "other_organ"),
        ("楼上着火了，浓烟滚滚，有人被困，快救人", "emergency"),
        ("房东不退押金，合同早到期了", "private_dispute"),
        ("家里老人走失了，帮忙找找", "help"),
    ],
)
def test_a_text_is_understood_as_people_mean_it(text, right):
    """Misheard words, what is dismissed, denied or only asked, praise with a complaint in it."""
    assert answer(text) == right


@pytest.mark.parametrize("text", ["", "。", "喂，你好", "那个事情怎么还没人管"])
def test_who_says_little_is_asked(text):
    """Nothing is guessed from nothing; the two that would be nearest are named."""
    said = RULES.recognise(text)
    assert (said.verdict, said.best.code != said.second.code) == (Verdict.ASK, True)


def test_of_two_complaints_the_first_decides_and_the_second_is_named():
    """Where one is plainly ahead."""
    said = RULES.recognise("路灯不亮，井盖也丢了，地上还有狗屎")
    assert (said.verdict, said.best.code, said.second.code) == (Verdict.MATTER, "SZ-003", "SZ-002")


def test_two_matters_of_equal_weight_are_put_before_a_person():
    """Both are named, and the reason."""
    said = RULES.recognise("井盖没了，灯也不亮")
    assert (said.verdict, said.reason) == (Verdict.ASK, Reason.TWO_MATTERS_CLOSE)
    assert {said.best.code, said.second.code} == {"SZ-002", "SZ-003"}


def test_the_words_it_rests_on_are_words_of_the_text():
    """A word with a gap has both its parts there; each has its points."""
    text = "有人从五楼拉根线下来给电瓶车充电"
    best = RULES.recognise(text).best
    assert best.code == "XF-002"
    assert best.evidence
    for word, points in best.evidence:
        assert points
        assert all(part in text for part in word.replace("+", "…").split("…"))


def test_the_senders_own_category_counts_as_words_do():
    """The same few words under another category are about something else."""
    assert answer("坏了没人修", "市政设施/路灯") == "SZ-003"
    assert answer("坏了没人修", "市容环卫/公厕") == "SR-015"


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=2 * READ_MAX))
def test_any_text_has_an_answer_and_always_the_same(text):
    """However strange it is; nothing in it stops the pipeline."""
    assert RULES.recognise(text) == RULES.recognise(text)


@pytest.mark.parametrize(
    ("file", "right", "asked", "wrong_matter", "turned_away", "sent_in"),
    [
        ("held_out.jsonl", 0.98, 0.12, 0.02, 0.005, 0.03),
        ("unseen.jsonl", 0.97, 0.18, 0.02, 0.005, 0.03),
    ],
)
def test_texts_never_seen_are_recognised_as_promised(file, right, asked, wrong_matter, turned_away, sent_in):
    """The floors of docs/discovery.md, both harms apart."""
    told = figures(judged(RULES, TEXTS / file))
    assert told.texts >= 300
    assert told.right >= right
    assert told.asked <= asked
    assert told.wrong_matter <= wrong_matter
    assert told.turned_away <= turned_away
    assert told.sent_in <= sent_in


@pytest.mark.parametrize(
    "frame",
    [
        "{}，麻烦尽快处理，谢谢",
        "{}。请相关部门尽快处理，非常感谢！",
        "您好，我想反映一下，{}",
        "来电人反映：{}，要求处理并回复。",
        "市民来电反映，{}，影响居民正常生活，诉求：希望相关部门核实处理。",
        "喂你好是12345吗，我是附近的居民，{}，我打过好几次电话了，一直没人管，你们能不能派人来看看",
        "我想问一下，{}，这个归不归你们管",
        "我要投诉，{}，太不像话了",
    ],
)
def test_what_callers_say_around_it_changes_nothing(frame):
    """Thanks at the end are no praise, "is that yours" is no enquiry; hardly more is asked, and nobody is turned away for being polite."""
    complaints = [
        Judged.of(RULES, row | {"text": frame.format(row["text"])})
        for path in UNSEEN
        for row in rows(path)
        if row["kind"] not in POLITE
    ]
    told = figures(complaints)
    assert told.texts >= 550
    assert told.right >= 0.98
    assert told.asked <= 0.18
    assert told.turned_away == 0


def test_the_texts_never_seen_are_in_other_words_than_those_learnt_from():
    """No text stands among both, and none says the same in nearly the same words."""

    def pairs(text: str) -> set[str]:
        return {text[at : at + 2] for at in range(len(text) - 1)}

    learnt = [pairs(row["text"]) for path in written_files() for row in rows(path)]
    unseen = {row["text"]: pairs(row["text"]) for path in UNSEEN for row in rows(path)}
    shared = {
        text: max(len(own & other) / len(own | other) for other in learnt) for text, own in unseen.items()
    }
    assert {text: share for text, share in shared.items() if share > SHARED_MAX} == {}


def test_training_reads_no_text_that_is_kept_from_it():
    """The trainer does not know the files, and reads none that it does not know."""
    assert not {*written_files()} & {*UNSEEN}
    source = (Path(__file__).parent / "train.py").read_text(encoding="utf-8")
    strings = [node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant)]
    assert "tuning.jsonl" in strings
    assert not [text for text in strings for path in UNSEEN if isinstance(text, str) and path.stem in text]


def test_each_text_has_a_subject_that_the_rules_know():
    """In every file; all matters and kinds are among those kept from training, and among those learnt from."""
    known = {subject.code for subject in RULES.recogniser.rank("")}
    for paths in (written_files(), *([path] for path in UNSEEN)):
        texts = [row for path in paths for row in rows(path)]
        assert {
            row["matter"] if row["matter"] != "not_enforcement" else row["kind"] for row in texts
        } == known
        assert len({row["id"] for row in texts}) == len(texts)
