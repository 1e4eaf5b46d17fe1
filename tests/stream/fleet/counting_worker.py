"""A worker process with the counting core: the real app, another core. Settings come from the environment."""

from pipeline.settings import Settings
from pipeline.stream.app import build_app, run
from pipeline.stream.core_protocol import CoreSetup
from tests.stream.fleet.counting import CountingCore

if __name__ == "__main__":
    run(build_app(Settings(), lambda _: CoreSetup(CountingCore)))
