"""Names in the texts of alerts: a team, a step or an invariant by its name in both languages, and cases by their numbers.

Prometheus fills them in each time it evaluates an alert, by asking itself: names are recorded series with a constant value, made of the
rules, so that they are there without any worker too; cases are what `case_due_timestamp_seconds` and `step_due_timestamp_seconds`
say. No name or number is a label of an alert: an alert stays the same one while they change.
"""

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from deploy.value_words import NAMES, Words
from pipeline.indicators.due_cases import NEAREST_MAX
from pipeline.indicators.stock_records import last, now
from pipeline.metrics import DescribedMetric

NAME: Final = "enforcement:name:info"
"""1 for each value `code` of the label `of`, with its names `zh` and `en`."""
_NAMED: Final = ("team", "clock", "invariant", "reason", "of", "channel")
"""Labels of alerts whose values have names."""
_OF: Final = {"report": Words("来件", "reports"), "action": Words("操作", "actions")}
_CHINA_S: Final = 28_800
"""Prometheus writes UTC: a time moved by that is written as it is in China."""


class NamedCases(NamedTuple):
    """Which cases a text names: matchers of a metric's series; and the label, if any, that they must have in common with the alert."""

    metric: DescribedMetric
    where: str
    of: str = ""

    def text(self, language: str) -> str:
        """A template: the number of each, whose it is, and its deadline; what is due first comes first."""
        matchers = (self.where.replace('"', "'"), f"{self.of}='%s'" if self.of else "")
        listed = f"{last(now(self.metric.name))}{{{', '.join(filter(None, matchers))}}}"
        chosen = f"bottomk({NEAREST_MAX}, max by (case, team) ({listed}))"
        names = f"label_replace(max by (code, zh, en) ({NAME}{{of='team'}}), 'team', '$1', 'code', '(.+)')"
        is_named = self.of != "team"
        whose = f" * on (team) group_left (zh, en) {names}" if is_named else ""
        query = f"sort({chosen}{whose} + {_CHINA_S})"
        asked = f'(printf "{query}" $labels.{self.of})' if self.of else f'"{query}"'
        holder = f" {{{{ $case.Labels.{language} }}}}" if is_named else ""
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
