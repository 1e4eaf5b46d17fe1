"""What is said with an order to correct, its re-inspection, and with what is done in somebody's stead, in a story."""

from collections.abc import Callable
from datetime import datetime, timedelta


def said_of_orders(now: datetime, evidence: Callable[..., object]) -> dict[str, dict[str, object]]:
    """By action."""
    return {
        "order_correction": {
            "what": "清除占道货架",
            "party": "citizen",
            "until": (now + timedelta(days=2)).isoformat(),
            "paper": "责改〔2026〕12号",
            "served": "in_person",
            "evidence": evidence("document"),
        },
        "extend_correction": {
            "until": (now + timedelta(days=5)).isoformat(),
            "reason": "货架定制中",
        },
        "reinspect": {"result": "obeyed", "evidence": evidence("photo")},
        "release_correction": {"note": "当事人已搬离"},
        "act_instead": {
            "ground": "at_once",
            "what": "清运遗撒渣土",
            "performer": "环卫作业队",
            "cost_yuan": 860,
            "party": "citizen",
            "told": True,
            "evidence": evidence("document"),
        },
        "claim_costs": {"costs": "claimed"},
    }
