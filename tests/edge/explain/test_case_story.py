"""What `enforcement case` says of a case that rests, waits for a decision, or has more time."""

from datetime import datetime, timedelta

import pytest

from pipeline.edge.commands.case_command import story
from pipeline.edge.explain.clock_account import clock_account
from pipeline.edge.explain.why_text import lines
from pipeline.words.evidence_words import SET_ASIDE
from pipeline.words.field_words import Lang
from tests.core.clocks.test_clock import until
from tests.core.proceedings import SEIZABLE, SERVED, on_site, taken
from tests.core.story import ELSEWHERE, RULES, START, Story, sha


def said(tale: Story, lang: Lang = Lang.EN) -> str:
    """All lines."""
    return "\n".join(story(tale.case, tale.now, lang))


def test_an_open_request_says_what_who_and_until_when():
    """And that it is not decided yet; the clocks run on."""
    text = said(Story().path("report", "sign", "ask"))
    assert "to be decided: suspension · weather · until 2026-11-26 09:03+08:00 · asked by O1" in text
    assert "stands" not in text


@pytest.mark.parametrize(
    ("lang", "rests"),
    [(Lang.EN, "suspended: weather · until"), (Lang.ZH, "挂账: 天气 · 至")],
)
def test_a_case_that_rests_says_why_and_which_clocks_stand(lang: Lang, rests: str):
    """What was over before is not among them, nor the call to whoever reported it, nor the decision."""
    text = said(Story().path("report", "sign", "suspend"), lang)
    assert rests in text
    lines = {line.split()[0]: line for line in text.splitlines() if "→" in line}
    stands = "stands" if lang is Lang.EN else "暂停计时"
    assert [stands in line for line in lines.values()] == [False, True, True, True, False, False]


def test_a_clock_says_how_often_it_stood_how_much_more_it_has_and_what_is_next():
    """The next rung's time stands at the end of its line."""
    tale = Story().path("report", "sign", "extend", "suspend", "resume")
    dispose = next(line for line in said(tale).splitlines() if line.strip().startswith("dispose"))
    assert "stood 1×  extended by 1 working hour  next 2026-11-24 10:" in dispose
    wake = tale.clock("dispose").wake_at
    assert isinstance(wake, datetime)


@pytest.mark.parametrize("lang", list(Lang))
def test_a_report_says_which_of_its_photos_proves_nothing(lang: Lang):
    """Under the report: whose photo it is, or that its camera's clock is wrong."""
    photo = {"sha256": sha("seen"), "kind": "photo_before", "taken_at": START.isoformat()}
    later = photo | {"sha256": sha("later"), "taken_at": (START + timedelta(hours=8)).isoformat()}
    tale = Story().report(evidence=[photo])
    first = tale.case_id
    tale.report(place=ELSEWHERE, evidence=[photo, later])
    notes = [line for line in story(tale.case, tale.now, lang) if line.startswith("    ")]
    assert [sha("seen")[:12] in notes[0], first in notes[0], sha("later")[:12] in notes[1]] == [True] * 3
    assert ("camera" in notes[1], "相机" in notes[1]) == (lang is Lang.EN, lang is Lang.ZH)


def test_every_mark_has_its_words():
    """Whatever the core may set aside."""
    codes = {
        "evidence_in_future",
        "evidence_predates_case",
        "evidence_ends_before_begin",
        "evidence_of_other_case",
    }
    assert set(SET_ASIDE) == codes


def test_a_penalty_procedure_is_told_step_by_step():
    """In the words of the procedure."""
    tale = Story().report(matter="WJ-001").act("sign").act("arrive").act("reach_stage").act("penalise")
    assert "处罚程序: 立案" in said(tale, Lang.ZH)
    assert "stages done: stop_work" in said(tale)
    assert "stage stop_work" in said(tale)


def test_the_partners_of_a_joint_case_and_what_blocks_it():
    """Each with how far it has come; of those that are waited for, the last deadline is the critical path."""
    story_so_far = Story().path("digging", "sign", "arrive", "whistle").wait(minutes=5)
    story_so_far.act("joint_step", status="arrived").act("joint_step", status="done")
    said = [line for line in story(story_so_far.case, story_so_far.now, Lang.EN) if "partner" in line]
    assert "traffic-police" in said[0]
    assert "blocks" not in said[0]
    assert "sanitation" in said[1]
    assert "critical path" in said[1]


def penalised(text: str, *steps: tuple[str, dict[str, object]]) -> Story:
    """A procedure with these steps."""
    return taken(on_site(text, matter=SEIZABLE), list(steps))


HEAVY: dict[str, object] = {"fine_yuan": 8000, "kinds": ["business_stopped", "fine"], "hearing_offered": True}


@pytest.mark.parametrize(
    ("lang", "lines"),
    [
        (
            Lang.EN,
            [
                "meant: fine 8000 yuan · production or business stopped",
                "hearing: 2026-12-08 09:04+08:00 · 街道办会议室",
                "measure: seizure · begun 2026-11-24 09:05+08:00 approved by L09 → "
                "things are tested 2026-11-24 09:06+08:00 until 2026-11-29 09:06+08:00",
            ],
        ),
        (
            Lang.ZH,
            [
                "拟处罚: 罚款 8000元 · 责令停产停业",
                "听证: 2026-12-08 09:04+08:00 · 街道办会议室",
                "措施: 扣押 · 实施 2026-11-24 09:05+08:00 L09批准 → 检测鉴定中 2026-11-24 09:06+08:00 至2026-11-29 09:06+08:00",
            ],
        ),
    ],
)
def test_a_procedure_says_what_is_meant_when_it_is_heard_and_what_is_held(lang: Lang, lines: list[str]):
    """Kinds and amounts, the hearing's time and place, and each step of a measure."""
    tale = penalised(
        "11-24 08:58",
        *(("filed", {}), ("investigated", {}), ("noticed", HEAVY), ("hearing_notified", {})),
        *(("begun", {}), ("testing", {})),
    )
    text = said(tale, lang)
    assert [line for line in lines if line not in text] == []
    clock = next(line for line in text.splitlines() if " seizure" in line and "→ 2026" in line)
    assert ("stands" if lang is Lang.EN else "暂停计时") in clock


def test_how_an_extended_measure_and_its_things_ended():
    """With what was given to it and what became of the things."""
    tale = penalised("11-24 09:00", ("clue", {}), ("begun", {}), ("extended", {}), ("ended", {}))
    text = said(tale)
    assert (
        "extended 2026-11-24 09:05+08:00 20 calendar days approved by L09 → ended 2026-11-24 09:06+08:00 returned"
        in text
    )


def test_late_payment_is_said_with_the_rules():
    """Days and yuan as of now; without the rules, and in time, nothing is said."""
    tale = taken(on_site("11-24 09:00"), SERVED)
    now = tale.now + timedelta(days=20)
    text = "\n".join(story(tale.case, now, Lang.EN, RULES))
    assert "decided: fine 500 yuan" in text
    assert "late payment: 5 d late, surcharge 75.00 yuan" in text
    assert "basis: 《城市市容和环境卫生管理条例》" in text
    assert "late payment" not in "\n".join(story(tale.case, now, Lang.EN))
    assert "late payment" not in "\n".join(story(tale.case, tale.now, Lang.EN, RULES))


def test_a_window_that_ran_out_is_neither_late_nor_in_time():
    """It was the party's."""
    tale = penalised("11-24 09:00", ("filed", {}), ("investigated", {}), ("noticed", HEAVY))
    until(tale, "12-02 09:00")
    line = next(line for line in said(tale).splitlines() if "hearing_request" in line)
    assert line.endswith("2026-12-01 17:30+08:00 ran out")


def test_a_case_that_its_address_alone_places_says_on_what_that_rests():
    """How sure, how near, and by which words; in `why` too. A case whose sender named the grid says nothing of it."""
    tale = Story().report(place={"address": "兴华街18号旁边"})
    assert (
        "  placed by its address: confidence 91, within some 50 m; rests on house number 兴华街18号, around it 旁边"
        in said(tale)
    )
    account = clock_account([outcome.entry for outcome in tale.outcomes], RULES, tale.now)
    assert account is not None
    opened = next(line for line in lines(account, RULES, Lang.ZH) if "可信度" in line)
    assert "按地址定位，可信度91 · 误差约50米 · 依据 门牌 兴华街18号、方位 旁边" in opened
    assert "placed by" not in said(Story().report())


def test_a_secret_order_says_that_its_door_is_kept_back():
    """And who may know it."""
    secret = {"name": "李测试", "phone": "13800000009", "secret": True}
    tale = Story().report(place={"address": "兴华街18号501室"}, caller=secret)
    assert "where: 兴华街[门牌]" in said(tale)
    assert "a secret order: its door and exact point are known to the clerk who calls back alone" in said(
        tale
    )
    assert "18号" not in said(tale)
