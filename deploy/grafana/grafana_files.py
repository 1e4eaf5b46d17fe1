"""Grafana's files: the boards as JSON, and the provisioning that loads them.

GF_PATHS_PROVISIONING=.../deploy/grafana/provisioning points Grafana at them (the boards stand beside that folder), PROMETHEUS_URL at
Prometheus.
"""

import json
from collections.abc import Iterator
from typing import Final

import yaml
from grafana_foundation_sdk.cog.encoder import JSONEncoder

from deploy.grafana.boards import health, hotline, management, team
from deploy.grafana.kit.board import Board

FOLDER: Final = "deploy/grafana"
_MADE: Final = "# Made by python -m deploy.generate: do not edit.\n"
_DATASOURCES: Final = {
    "apiVersion": 1,
    "datasources": [
        {
            "name": "Prometheus",
            "uid": "prometheus",
            "type": "prometheus",
            "access": "proxy",
            "url": "${PROMETHEUS_URL}",
            "isDefault": True,
            "editable": False,
            "jsonData": {"httpMethod": "POST", "timeInterval": "15s"},
        }
    ],
}
_PROVIDERS: Final = {
    "apiVersion": 1,
    "providers": [
        {
            "name": "enforcement",
            "folder": "综合执法 Enforcement",
            "folderUid": "enforcement",
            "type": "file",
            "allowUiUpdates": False,
            "disableDeletion": True,
            "updateIntervalSeconds": 30,
            "options": {"path": "${GF_PATHS_PROVISIONING}/../dashboards", "foldersFromFilesStructure": False},
        }
    ],
}


def boards() -> tuple[Board, ...]:
    """All boards, in reading order."""
    return management.board(), team.board(), hotline.board(), health.board()


def grafana_files() -> Iterator[tuple[str, str]]:
    """Each board and each provisioning file: its path, its content."""
    for board in boards():
        plain = json.loads(json.dumps(board.build(), cls=JSONEncoder), object_hook=_in_the_open)
        text = json.dumps(plain, sort_keys=True, indent=2, ensure_ascii=False)
        yield f"{FOLDER}/dashboards/{board.key}.json", f"{text}\n"
    yield f"{FOLDER}/provisioning/datasources/prometheus.yaml", _yaml(_DATASOURCES)
    yield f"{FOLDER}/provisioning/dashboards/enforcement.yaml", _yaml(_PROVIDERS)


def _in_the_open(model: dict[str, object]) -> dict[str, object]:
    """Without the SDK's constant that hides links and annotations in a menu."""
    return {key: value for key, value in model.items() if value != "inControlsMenu"}


def _yaml(content: object) -> str:
    return _MADE + yaml.safe_dump(content, allow_unicode=True, sort_keys=False)
