"""`deploy/compose.yaml`, as far as it can be checked without Docker: its structure, and that it agrees with what it starts.

The compose specification has a JSON Schema; it is not copied here. What is checked is what a mistake would break.
"""

import json
import re
from pathlib import Path

import pytest
import yaml

from deploy.grafana.kit.board import UIDS
from deploy.monitoring import AUDIT_PORT, NOTIFY_PORT, WORKER_PORT, WORKERS
from deploy.render.grafana_code import GRAFANA_VERSION
from pipeline.broker import exporter
from pipeline.broker.java.jars import KAFKA_VERSION
from pipeline.broker.profile import ONE_NODE
from pipeline.indicators.objectives import load_objectives
from pipeline.notify.audiences import channels_of
from pipeline.notify.channel import ChannelKind
from pipeline.notify.notify_server import ALERTS
from pipeline.other_variables import OTHER_VARIABLES
from pipeline.settings import Settings
from tests.deploy.tools import ROOT, command_of, options_of

FOLDER = ROOT / "deploy"
COMPOSE = yaml.safe_load((FOLDER / "compose.yaml").read_text())
SERVICES = COMPOSE["services"]
OURS = [name for name, service in SERVICES.items() if service["image"] == "enforcement:local"]
ENDS = {"topics", "exporter"}
"""Services that end when they are done."""
KEYS = {
    "image", "build", "command", "environment", "ports", "volumes", "depends_on", "healthcheck", "restart", "user", "read_only",
    "tmpfs", "cap_drop", "security_opt", "stop_grace_period", "hostname",
}  # fmt: skip
CONDITIONS = {"service_started", "service_healthy", "service_completed_successfully"}
HEALTH_KEYS = {"test", "interval", "timeout", "retries", "start_period"}


def mounts(service):
    """(source, target) of each volume of a service."""
    return [tuple(text.split(":")[:2]) for text in SERVICES[service].get("volumes", ())]


def environment(service):
    """Of a service; values are text."""
    return SERVICES[service].get("environment", {})


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_is_of_the_right_form(name):
    """Known keys only, values of the types that compose reads, everything it refers to is there."""
    service = SERVICES[name]
    assert set(service) <= KEYS
    assert re.fullmatch(r"[a-z][a-z0-9-]*", name)
    assert all(isinstance(value, str) for value in environment(name).values()), (
        "numbers and truth values belong in quotes"
    )
    for other, how in service.get("depends_on", {}).items():
        assert other in SERVICES
        assert how["condition"] in CONDITIONS
        assert (how["condition"] == "service_completed_successfully") == (other in ENDS)
        assert how["condition"] != "service_healthy" or "healthcheck" in SERVICES[other]
    for word in service.get("command", ()):
        assert isinstance(word, str)


def test_the_file_has_no_other_parts():
    """What compose would not read is in extensions, which begin with x-."""
    assert {key for key in COMPOSE if not key.startswith("x-")} == {"name", "services", "volumes"}


def test_every_volume_is_declared_and_every_file_that_is_mounted_is_there():
    """Docker would make an empty folder in place of a file that is not there."""
    used = set()
    for name in SERVICES:
        for source, target in mounts(name):
            assert target.startswith("/")
            if source.startswith("."):
                assert (FOLDER / source).exists(), f"{name}: {source}"
                assert any(
                    text.endswith(":ro") for text in SERVICES[name]["volumes"] if text.startswith(source)
                )
            else:
                used.add(source)
    assert used == set(COMPOSE["volumes"])


@pytest.mark.parametrize("name", [name for name in SERVICES if name not in ENDS])
def test_what_stays_up_says_whether_it_is_well(name):
    """And is started again."""
    health = SERVICES[name]["healthcheck"]
    assert set(health) <= HEALTH_KEYS
    assert health["test"][0] == "CMD"
    assert SERVICES[name]["restart"] == "unless-stopped"


@pytest.mark.parametrize("name", SERVICES)
def test_nothing_runs_as_root_or_with_more_rights_than_it_needs(name):
    """Only the broker writes into its own image: its start makes its configuration there."""
    service = SERVICES[name]
    assert service["user"] not in ("root", "0")
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service.get("read_only", False) is (name != "kafka")


@pytest.mark.parametrize("name", SERVICES)
def test_images_are_pinned_and_ports_are_for_this_machine_only(name):
    """`latest` is another program tomorrow."""
    tag = SERVICES[name]["image"].partition(":")[2]
    assert tag == "local" or re.fullmatch(r"v?\d+\.\d+\.\d+", tag)
    assert all(port.startswith("127.0.0.1:") for port in SERVICES[name].get("ports", ()))


@pytest.mark.parametrize("name", OURS)
def test_our_services_are_commands_and_settings_that_exist(name):
    """A setting with a typing error would be ignored in silence."""
    words = SERVICES[name]["command"]
    assert {word for word in words if word.startswith("--")} <= options_of(command_of(words))
    known_settings = {f"ENFORCEMENT_{field.upper()}" for field in Settings.model_fields}
    assert set(environment(name)) <= known_settings | {variable.name for variable in OTHER_VARIABLES}
    prefix = len("ENFORCEMENT_")
    settings = Settings.model_validate_strings(
        {key[prefix:].lower(): value for key, value in environment(name).items()}
    )
    assert settings.http_port == WORKER_PORT
    assert settings.brokers.partition(":")[0] in SERVICES


def test_the_workers_differ_and_share_what_they_must():
    """The same key for callers, another identity, and time to stop in order."""
    assert {environment(name)["ENFORCEMENT_INSTANCE_ID"] for name in WORKERS} == set(WORKERS)
    for name in (*WORKERS, "audit"):
        folders = [target for _, target in mounts(name)]
        assert Path(environment(name)["ENFORCEMENT_CALLER_KEY_FILE"]).parent in map(Path, folders)
    for name in WORKERS:
        assert int(SERVICES[name]["stop_grace_period"].removesuffix("s")) > Settings(caller_key=None).stop_s


def test_prometheus_scrapes_what_is_started_on_the_ports_that_it_has():
    """Names and ports of both files are the same."""
    config = yaml.safe_load((FOLDER / "prometheus" / "prometheus.yaml").read_text())
    jobs = {job["job_name"]: job["static_configs"][0]["targets"] for job in config["scrape_configs"]}
    assert jobs["worker"] == [f"{name}:{environment(name)['ENFORCEMENT_HTTP_PORT']}" for name in WORKERS]
    command = SERVICES["audit"]["command"]
    assert jobs["audit"] == [f"audit:{command[command.index('--port') + 1]}"] == [f"audit:{AUDIT_PORT}"]
    command = SERVICES["notify"]["command"]
    assert jobs["notify"] == [f"notify:{command[command.index('--port') + 1]}"] == [f"notify:{NOTIFY_PORT}"]
    assert jobs["kafka"] == [f"kafka:{exporter.PORT}"]
    assert all(
        environment(name)["ENFORCEMENT_HTTP_HOST"] == "0.0.0.0" for name in (*WORKERS, "audit", "notify")
    )
    [manager] = config["alerting"]["alertmanagers"]
    [target] = manager["static_configs"][0]["targets"]
    host, _, port = target.partition(":")
    assert SERVICES[host]["ports"] == [f"127.0.0.1:{port}:{port}"]


def test_the_broker_has_the_agent_that_another_service_puts_there():
    """In the folder of the volume that both have, with the names and the port of the embedded one; its own tools start none."""
    [folder] = [target for source, target in mounts("kafka") if source == "exporter"]
    [(source, written)] = mounts("exporter")
    assert (source, SERVICES["exporter"]["command"][-1]) == ("exporter", written)
    jar, names = Path(folder, exporter.JAR), Path(folder, exporter.NAMES.name)
    assert environment("kafka")["KAFKA_OPTS"] == exporter.option(jar, names, str(exporter.PORT))
    assert SERVICES["kafka"]["healthcheck"]["test"][1:3] == ["env", "KAFKA_OPTS="]


def receivers():
    """Whom Alertmanager calls, and where."""
    config = yaml.safe_load((FOLDER / "alertmanager" / "alertmanager.yaml").read_text())
    return config, {
        receiver["name"]: [webhook["url"] for webhook in receiver["webhook_configs"]]
        for receiver in config["receivers"]
    }


def test_whoever_is_called_is_called_by_the_notifier():
    """Every receiver, at the address that `enforcement notify` takes alerts of this audience at; its board is one of ours."""
    table = load_objectives().table
    assert receivers()[1] == {
        name: [f"http://notify:{NOTIFY_PORT}{ALERTS}{name}"] for name in table.receivers
    }
    assert all(receiver.board in UIDS.values() for receiver in table.receivers.values())
    command = SERVICES["notify"]["command"]
    assert {param.default for param in command_of(command).params if param.name == "port"} == {NOTIFY_PORT}


def test_the_channels_of_whoever_starts_it_are_passed_on():
    """By name, and nothing where nothing is set: then alerts go to the log, and the notifier runs."""
    passed = environment("notify")
    for name in ("WECOM", "DINGTALK", "FEISHU", "MAIL", "SMTP"):
        assert passed[f"ENFORCEMENT_NOTIFY_{name}"] == f"${{ENFORCEMENT_NOTIFY_{name}:-}}"
    nothing = Settings.model_validate(
        {f"notify_{name}": "" for name in ("wecom", "dingtalk", "feishu", "mail", "smtp")}
    )
    channels = channels_of(nothing, tuple(load_objectives().table.receivers))
    assert {channel.kind for own in channels.values() for channel in own} == {ChannelKind.LOG}


def test_alertmanager_remembers_for_longer_than_it_waits_to_tell_again():
    """Else what lasts is told again as soon as it is forgotten, and not when it was meant to."""
    [retention] = [
        int(word.removeprefix("--data.retention=").removesuffix("h"))
        for word in SERVICES["alertmanager"]["command"]
        if word.startswith("--data.retention=")
    ]
    found = re.findall(r"repeat_interval: (\d+)h$", yaml.safe_dump(receivers()[0]), re.MULTILINE)
    repeats = [int(hours) for hours in found]
    assert max(repeats) == max(entry.repeat_hours for entry in load_objectives().table.severities.values())
    assert max(repeats) < retention
    head = (FOLDER / "alertmanager" / "alertmanager.yaml").read_text().split("route:")[0]
    assert f"--data.retention above {max(repeats)}h" in head


@pytest.mark.parametrize("name", ["prometheus", "alertmanager"])
def test_a_configuration_is_where_it_is_looked_for(name):
    """The path that is said is that of the file that is mounted."""
    [path] = [
        word.partition("=")[2] for word in SERVICES[name]["command"] if word.startswith("--config.file=")
    ]
    [(source, target)] = [(source, target) for source, target in mounts(name) if source.startswith(".")]
    assert (FOLDER / source / Path(path).relative_to(target)).is_file()


def test_grafana_finds_the_boards_and_prometheus():
    """What its provisioning files ask of the environment is there."""
    folder = FOLDER / "grafana" / "provisioning"
    variables = {
        name for path in folder.rglob("*.yaml") for name in re.findall(r"\$\{(\w+)\}", path.read_text())
    }
    assert variables <= set(environment("grafana"))
    [(_, target)] = [mount for mount in mounts("grafana") if mount[0].startswith(".")]
    assert environment("grafana")["GF_PATHS_PROVISIONING"] == f"{target}/provisioning"
    host, _, port = environment("grafana")["PROMETHEUS_URL"].removeprefix("http://").partition(":")
    assert SERVICES[host]["ports"] == [f"127.0.0.1:{port}:{port}"]


def test_grafana_is_the_one_that_the_boards_are_tested_with():
    """The same version is started, drawn with and named to readers."""
    assert SERVICES["grafana"]["image"] == f"grafana/grafana:{GRAFANA_VERSION}"
    packages = json.loads((FOLDER / "render/page/package.json").read_text())["dependencies"]
    assert {packages["@grafana/data"], packages["@grafana/ui"]} == {GRAFANA_VERSION}
    for page in ("README.md", "docs/tour.md"):
        assert GRAFANA_VERSION in (ROOT / page).read_text("utf-8"), page


def test_the_broker_is_the_one_that_is_tested_with():
    """The same version and settings as the embedded one."""
    assert SERVICES["kafka"]["image"] == f"apache/kafka:{KAFKA_VERSION}"
    for name, value in ONE_NODE.items():
        assert environment("kafka")[f"KAFKA_{name.upper().replace('.', '_')}"] == value, name
    listeners = dict(text.split("://") for text in environment("kafka")["KAFKA_LISTENERS"].split(","))
    assert environment("worker-1")["ENFORCEMENT_BROKERS"] == f"kafka{listeners['BROKER']}"
    assert SERVICES["kafka"]["ports"] == [f"127.0.0.1{listeners['HOST']}{listeners['HOST']}"]


def test_the_image_is_made_of_files_that_are_there():
    """Everything that is copied exists, is not ignored, and what runs is not root."""
    text = (FOLDER / "Dockerfile").read_text()
    ignored = (FOLDER / "Dockerfile.dockerignore").read_text()
    copied = [word for line in re.findall(r"^COPY (.*)$", text, re.MULTILINE) for word in line.split()[:-1]]
    assert copied
    for name in copied:
        assert (ROOT / name).exists()
        assert f"!{name}\n" in ignored
    users = re.findall(r"^USER (.*)$", text, re.MULTILINE)
    assert users == [SERVICES[name]["user"] for name in OURS[:1]]
    build = SERVICES[OURS[0]]["build"]
    assert (FOLDER / build["context"] / build["dockerfile"]).resolve() == FOLDER / "Dockerfile"
