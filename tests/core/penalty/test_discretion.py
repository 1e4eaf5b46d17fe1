"""The discretion table (裁量基准): the organ's own, or shares of the range; on the spot too."""

from dataclasses import replace

from pipeline.core.rules.law import Amounts
from pipeline.core.rules.law_in_time import Band
from schemas.values.penalty_terms import Gravity
from tests.core.proceedings import on_site, ruled, take, taken
from tests.core.story import RULES


def test_on_the_spot_too_a_fine_keeps_to_the_discretion_table():
    """Noise of a shop, 200 to 1,000 yuan by the law: 200 is slight, and 150 needs something that mitigates."""
    story = on_site(rules=ruled(listed=frozenset({"HB-006"})), matter="HB-006")
    assert take(story, "simple_decided", {"fine_yuan": 150, "gravity": "slight"}) == "fine_outside_discretion"
    assert story.last.receipts[0].allowed.startswith("from 200 to 440 yuan with slight: ")
    assert (
        take(story, "simple_decided", {"fine_yuan": 150, "gravity": "slight", "mitigation": "merit"})
        == "accepted"
    )


def test_the_organs_own_discretion_table_comes_before_the_shares_of_the_range():
    """As it was published for the matter: slight goes up to 3,000, by shares it would go to 6,350."""
    matter = RULES.matters["HB-002"]
    bands = ((Gravity.SLIGHT, Band(Amounts(500, 500), Amounts(3000, 5000))),)
    own = replace(matter, fines=tuple(fines._replace(bands=bands) for fines in matter.fines))
    rules = replace(RULES, matters={**RULES.matters, "HB-002": own})
    story = taken(on_site(rules=rules, matter="HB-002"), "filed investigated")
    assert take(story, "noticed", {"fine_yuan": 3001, "gravity": "slight"}) == "fine_outside_discretion"
    assert (
        take(story, "noticed", {"fine_yuan": 3001, "gravity": "slight", "party": "legal_person"})
        == "accepted"
    )
