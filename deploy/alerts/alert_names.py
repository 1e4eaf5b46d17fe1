"""Names in the texts of alerts: a team, a step or an invariant by its name in both languages, and cases by their numbers.

Prometheus fills them in each time it evaluates an alert, by asking itself: names are recorded series with a constant value, made of the
rules, so that they are there without any worker too; cases are what `case_due_timestamp_seconds` says. No name or number is a label of
an alert: an alert stays the same one while they change.
"""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from deploy.value_words import NAMES, Words
from pipeline import metrics
from pipeline.indicators.due_cases import NEAREST_MAX
from pipeline.indicators.stock_records import last, now

NAME: Final = "enforcement:name:info"
"""1 for each value `code` of the label `of`, with its names `zh` and `en`."""
_NAMED: Final = ("team", "clock", "invariant", "reason", "of", "channel")
"""Labels of alerts whose values have names."""
_OF: Final = {"report": Words("来件", "reports"), "action": Words("操作", "actions")}
_CHINA_S: Final = 28_800
"""Prometheus writes UTC: a time moved by that is written as it is in China."""
_LISTED: Final = last(now(metrics.CASE_DUE.name))


class NamedCases(NamedTuple):
    """Which cases a text names: a `state` of `due_cases`, matchers of their severities, and whether only those of the alert's team."""

    state: str
    severity: str
    of_team: bool

    def text(self, language: str) -> str:
        """A template: the number of each, whose it is, and its deadline; what is due first comes first."""
        inside = f"due='{self.state}', {self.severity.replace(chr(34), chr(39))}"
        inside += ", team='%s'" if self.of_team else ""
        chosen = f"bottomk({NEAREST_MAX}, max by (case, team) ({_LISTED}{{{inside}}}))"
        names = f"label_replace(max by (code, zh, en) ({NAME}{{of='team'}}), 'team', '$1', 'code', '(.+)')"
        whose = "" if self.of_team else f" * on (team) group_left (zh, en) {names}"
        query = f"sort({chosen}{whose} + {_CHINA_S})"
        asked = f'(printf "{query}" $labels.team)' if self.of_team else f'"{query}"'
        holder = "" if self.of_team else f" {{{{ $case.Labels.{language} }}}}"
        between = "、" if language == "zh" else ", "
        due = '{{ ($case.Value | toTime).Format "01-02 15:04" }}'
        return (
            f"{{{{ range $n, $case := query {asked} }}}}{{{{ if $n }}}}{between}{{{{ end }}}}"
            f"{{{{ $case.Labels.case }}}}{holder} ({due}){{{{ else }}}}–{{{{ end }}}}"
        )


def names() -> Iterator[Mapping[str, str]]:
    """The labels of each name's series."""
    for label in _NAMED:
        for code, words in (_OF if label == "of" else NAMES[label]).items():
            yield {"of": label, "code": code, "zh": words.zh, "en": words.en}


def with_names(template: str, language: str) -> str:
    """The template with the name in place of each value that has one."""
    for label in _NAMED:
        template = template.replace(f"{{{{ $labels.{label} }}}}", _name(label, language))
    return template


def _name(label: str, language: str) -> str:
    """Asked for, or the value as it is where there is no name of it."""
    query = f"{NAME}{{of='{label}', code='%s'}}"
    return (
        f'{{{{ with query (printf "{query}" $labels.{label}) }}}}{{{{ . | first | label "{language}" }}}}'
        f"{{{{ else }}}}{{{{ $labels.{label} }}}}{{{{ end }}}}"
    )
