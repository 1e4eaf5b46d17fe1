"""Bounds at which boards change colour and word, all from `rules/objectives.yaml`: goals of indicators, thresholds of alerts."""

from typing import Final

from pipeline.indicators.objectives import load_objectives

_READ: Final = load_objectives()
_ALERTS: Final = _READ.table.alerts
GOALS: Final = _READ.goals
"""By indicator; a share as a fraction of 1."""
OVERDUE_MAX: Final = _ALERTS.many_overdue.cases_max
AT_RISK_MAX: Final = _ALERTS.many_at_risk.cases_max
FRESH_SECONDS_MAX: Final = _ALERTS.decisions_stale.age_seconds_max
LAG_MAX: Final = _ALERTS.lag_high.records_max
LATE_SECONDS_MAX: Final = _ALERTS.timers_late.late_seconds_max
LOOP_LAG_SECONDS_MAX: Final = _ALERTS.loop_lag.lag_seconds_max
AUDIT_AGE_SECONDS_MAX: Final = 60 * _ALERTS.audit_silent.age_minutes_max
