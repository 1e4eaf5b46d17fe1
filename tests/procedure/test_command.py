"""`enforcement procedure`: what it prints, what it refuses, and that the page in docs/ is the one it would write."""

import json
import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.procedure.law_page import FILE as LAW_FILE
from pipeline.procedure.machines import What
from pipeline.procedure.procedure_command import procedure_group
from pipeline.procedure.procedure_page import FILE
from pipeline.rulebook import RULES_DIR
from tests.core.story import RULES
from tests.procedure import reading


def run(*words: str):
    """The command with these words, in English."""
    return CliRunner().invoke(procedure_group, words, env={"LANG": "C.UTF-8"})


def other_rules(folder: Path, old: str, new: str) -> Path:
    """The shipped rules, and one thing in the law's file is said otherwise."""
    copy = Path(shutil.copytree(RULES_DIR, folder / "rules"))
    path = copy / "procedure.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return copy


def test_the_page_is_not_stale():
    """Whoever changes a table, a word or a rule writes it anew: enforcement procedure page."""
    result = run("page", "--check")
    assert (result.exit_code, result.output) == (0, "")
    readme = (FILE.parents[1] / "README.md").read_text(encoding="utf-8")
    assert FILE.name in readme
    assert LAW_FILE.name in readme


def test_every_diagram_on_the_page_is_one():
    """As GitHub would draw it."""
    blocks = FILE.read_text(encoding="utf-8").split("```mermaid\n")[1:]
    assert len(blocks) == len(What)
    for block in blocks:
        assert reading.mermaid(block.split("\n```")[0]).arrows


def test_a_stale_page_is_told_in_one_line_and_written_anew(tmp_path):
    """Checking writes nothing; a page that is right is left alone."""
    page, law = tmp_path / FILE.name, tmp_path / LAW_FILE.name
    page.write_text("old", encoding="utf-8")
    checked = run("page", "--check", "--to", str(tmp_path))
    assert (checked.exit_code, page.read_text(), law.exists()) == (1, "old", False)
    assert checked.stderr == f"error[stale]: {page} — write it anew: enforcement procedure page\n"
    assert run("page", "--to", str(tmp_path)).output == f"written: {page}\nwritten: {law}\n"
    assert (page.read_bytes(), law.read_bytes()) == (FILE.read_bytes(), LAW_FILE.read_bytes())
    assert run("page", "--to", str(tmp_path)).output == ""


def test_the_page_of_the_law_has_each_guard_and_limit_and_leads_to_what_judges_it(tmp_path):
    """With its article where somebody read it, its day, its confidence; the links lead to files that define the function."""
    text = LAW_FILE.read_text(encoding="utf-8")
    for guard in RULES.procedure.guards:
        [row] = [line for line in text.splitlines() if line.startswith(f"| `{guard.code}`")]
        assert all(
            shown in row for shown in (guard.cited, f"{guard.effective}", guard.text_zh, guard.text_en)
        )
        found = re.search(r"\[(\w+)\]\(\.\./([\w/]+\.py)\)", row)
        assert found is not None, row
        assert f"def _{found[1]}(" in (LAW_FILE.parents[1] / found[2]).read_text(encoding="utf-8")
    for limit in RULES.legal:
        assert f"{limit.name_zh} `{limit.name}`" in text
    folder = other_rules(
        tmp_path, "confidence: text_read\n    text_zh: 具有", "confidence: from_memory\n    text_zh: 具有"
    )
    (tmp_path / "pages").mkdir()
    run("page", "--rules", str(folder), "--to", str(tmp_path / "pages"))
    other = (tmp_path / "pages" / LAW_FILE.name).read_text(encoding="utf-8")
    assert "《行政处罚法》(2021) 42" in text
    assert "《行政处罚法》(2021) 42" not in other


def test_a_law_that_is_amended_makes_the_page_stale(tmp_path):
    """The rules are read each time."""
    folder = other_rules(tmp_path, 'article: "42"', 'article: "43"')
    assert run("page", "--check", "--rules", str(folder)).exit_code == 1


def test_without_words_it_draws_the_case_for_mermaid():
    """And what else is asked for, in either language."""
    assert "reported" in reading.mermaid(run("show").stdout.rstrip("\n")).nodes
    assert "clue" in reading.dot(run("show", "penalty", "--format", "dot").stdout.rstrip("\n")).nodes
    assert "谁可以" in run("show", "--format", "table", "--lang", "zh").stdout
    assert "who may" in run("show", "--format", "table").stdout


def test_guards_are_told_from_the_rules_that_are_loaded(tmp_path):
    """All of them in their order, with law, article, edition, day, confidence and both texts; another folder's as there."""
    printed = [json.loads(line) for line in run("guards", "--json").stdout.splitlines()]
    assert [guard_line["code"] for guard_line in printed] == [guard.code for guard in RULES.procedure.guards]
    assert printed[0] == {
        "code": "single_officer_penalty",
        "steps": ["investigated", "simple_decided", "enforced"],
        "law": "行政处罚法",
        "article": "42",
        "edition": "2021",
        "effective": "2021-07-15",
        "confidence": "text_read",
        "text_zh": "具有执法资格的人员不少于两人",
        "text_en": "At least two officers, each certified to enforce",
    }
    folder = other_rules(
        tmp_path, "confidence: text_read\n    text_zh: 具有", "confidence: from_memory\n    text_zh: 具有"
    )
    first = json.loads(run("guards", "--json", "--rules", str(folder)).stdout.splitlines()[0])
    assert (first["article"], first["confidence"]) == (None, "from_memory")


def test_guards_of_a_step_are_told_to_people_in_both_languages():
    """Those that stand before it and no other."""
    lines = run("guards", "--step", "archived").stdout.splitlines()
    assert lines == [
        "archived_with_open_fine  《行政处罚法》(2021) 66",
        "  罚款未缴清、未执行的不归档",
        "  A decision is carried out before its file is closed",
        "  before: archived; in force from: 2021-07-15; checked: text_read",
        "archived_with_open_order  《行政处罚法》(2021) 28",
        "  责令改正、限期拆除的决定，当事人履行并经复查或者强制执行后，方可归档",
        "  An order to put right or to pull down is obeyed, and looked at again, or enforced before its file is closed",
        "  before: archived; in force from: 2021-07-15; checked: text_read",
        "archived_unpublished  《行政处罚法》(2021) 48",
        "  具有一定社会影响的处罚决定依法公开；被变更、撤销的在三日内撤回公开信息",
        "  A decision of some effect on society is published; one that was changed or revoked is withdrawn from there",
        "  before: archived; in force from: 2021-07-15; checked: text_read",
        "archived_unapproved  《行政处罚法》(2021) 57",
        "  已立案的案件，经行政机关负责人批准后结案归档",
        "  What was filed is closed when a head of the organ approves",
        "  before: archived; in force from: 2021-07-15; checked: second_hand",
        "approver_not_apart  《行政处罚法》(2021) 58",
        "  立案、审核、决定、结案的审批人不得是本案承办人员，法制审核人员与负责人不得为同一人",
        "  Who handles a case approves of nothing in it, and who reviews it does not decide it",
        "  before: filed, investigated, legally reviewed, decided, archived, sent back to be investigated more, "
        "decision changed, decision revoked, to be decided anew; in force from: 2021-07-15; checked: text_read",
        "archived_with_money_owed  《国家赔偿法》(2012) 36",
        "  决定被撤销或者变更的，多缴的罚款未退还的不归档",
        "  No file is closed while money that is the party's was not given back",
        "  before: archived; in force from: 2013-01-01; checked: second_hand",
        "archived_with_open_measure  《行政强制法》(2011) 27",
        "  查封、扣押、保存的物品未处理的不归档",
        "  No file is closed while things are held",
        "  before: archived; in force from: 2012-01-01; checked: text_read",
    ]
    output = run("guards", "--step", "extended", "--lang", "zh").stdout
    assert "measure_extended_too_far  《行政强制法》(2011) 25" in output
    assert "在此步骤之前: 实施、延长" in output
    assert run("guards", "--step", "clue").stdout == ""


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("show", "nothing"), "'case', 'penalty', 'measure', 'joint'"),
        (("show", "--format", "svg"), "'mermaid', 'dot', 'table'"),
        (("guards", "--step", "shot"), "'clue', 'filed'"),
    ],
)
def test_what_it_does_not_know_is_refused_with_what_it_does(words, told):
    """As all commands do."""
    result = run(*words)
    assert result.exit_code == 2
    assert told in result.stderr


def test_wrong_rules_are_told_in_one_line(tmp_path):
    """With the first thing that is wrong, and what shows the rest."""
    folder = other_rules(tmp_path, "officers_min: 2", "officers_min: none")
    result = run("guards", "--rules", str(folder))
    assert (result.exit_code, result.stdout) == (2, "")
    [line] = result.stderr.splitlines()
    assert line.startswith("error[bad_rules]: ")
    assert "officers_min" in line
    assert line.endswith("enforcement rules check")
