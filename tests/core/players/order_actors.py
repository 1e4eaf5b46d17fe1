"""What people say with orders to correct, and with what is done in somebody's stead; part of `actors.SAID`."""

from collections.abc import Callable, Mapping
from typing import Final

from schemas.values.penalty_terms import CostState, InsteadGround, PartyKind, ServiceWay
from tests.core.players.scene import Content, Scene, documents
from tests.core.story import RULES


def _told(scene: Scene) -> str:
    return "" if scene.slips(0.2) else "当事人已搬离"


def _order_correction(scene: Scene) -> Content:
    days = scene.draw.choice((-1, 60)) if scene.slips(0.3) else scene.draw.choice((0.2, 1, 2, 5))
    return {
        "what": "" if scene.slips(0.1) else "清除占道货架",
        "party": scene.one_of(PartyKind),
        "until": scene.at(days=-days),
        "paper": "责改〔2026〕12号",
        "served": scene.one_of(ServiceWay),
        "evidence": documents(scene),
    }


def _act_instead(scene: Scene) -> Content:
    matter, ground = scene.case.facts.matter, scene.draw.choice(list(InsteadGround))
    owners = [name for name, unit in RULES.departments.items() if matter in unit.handles]
    of_owner = ground is InsteadGround.OWNER and not scene.slips(0.2)
    whose: Content = (
        {"unit": scene.draw.choice(owners or ["ghosts"])} if of_owner else {"party": scene.one_of(PartyKind)}
    )
    said: Content = {
        "ground": ground.value,
        "what": "" if scene.slips(0.1) else "清运",
        "performer": "环卫作业队",
        "cost_yuan": scene.draw.randrange(9000),
        "told": not scene.slips(0.3),
        "evidence": documents(scene),
    }
    if ground is InsteadGround.AFTER_DEMAND:
        said |= {
            "demanded_at": scene.at(days=1 if scene.slips(0.3) else 4),
            "paper": "代决〔2026〕1号",
            "present": "O1",
        }
    return said | whose


def _reinspect(scene: Scene) -> Content:
    order = scene.case.corrections[-1] if scene.case.corrections else None
    over = order is not None and order.until <= scene.now and scene.draw.random() < 0.6
    disobeyed = over or scene.slips(0.3)
    return {"result": "disobeyed" if disobeyed else "obeyed", "evidence": documents(scene)}


SAID_OF_ORDERS: Final[Mapping[str, Callable[[Scene], Content]]] = {
    "order_correction": _order_correction,
    "extend_correction": lambda scene: {
        "until": scene.at(days=-scene.draw.randint(1, 9)),
        "reason": _told(scene),
    },
    "reinspect": _reinspect,
    "release_correction": lambda scene: {"note": _told(scene)},
    "act_instead": _act_instead,
    "claim_costs": lambda scene: {"costs": scene.one_of(CostState), "note": _told(scene)},
}
"""By the action's name."""
