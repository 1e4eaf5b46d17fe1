"""The bounds that boards colour and word by. Goals of indicators by key; levels of counts and seconds by name."""

from collections.abc import Mapping
from typing import Final

from deploy.grafana.goals import Goal

GOALS: Final[Mapping[str, Goal]] = {
    "dispatched_rightly": Goal(True, 0.95),
    "returned": Goal(False, 0.18),
    "signed_on_time": Goal(True, 0.95),
    "responded": Goal(True, 0.95),
    "handled_on_time": Goal(True, 0.95),
    "overdue_share": Goal(False, 0.05),
    "closed_of_due": Goal(True, 0.94),
    "closed_on_time": Goal(True, 0.9),
    "reworked": Goal(False, 0.01),
    "reopened": Goal(False, 0.02),
    "extended": Goal(False, 0.01),
    "suspended": Goal(False, 0.05),
    "relapsed": Goal(False, 0.05),
    "solved": Goal(True, 0.9),
    "satisfied": Goal(True, 0.9),
    "joint_days": Goal(False, 3, was=7),
    "recorded": Goal(True, 0.95),
    "two_officers": Goal(True, 1),
}
ENDED_MIN: Final = 50
"""Of fewer a share says little, and its goal is not judged."""
OVERDUE_MAX: Final = 10
AT_RISK_MAX: Final = 20
FRESH_SECONDS_MAX: Final = 60
LAG_MAX: Final = 10_000
LATE_SECONDS_MAX: Final = 30
LOOP_LAG_SECONDS_MAX: Final = 1
AUDIT_AGE_SECONDS_MAX: Final = 1_800
