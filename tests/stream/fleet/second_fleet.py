"""A worker of a second deployment that writes under the transactional ids of the first, from a consumer group of its own: it
gets every partition too, and knows nothing of the first. `real` as its argument takes the real core, else it counts."""

import sys

from pipeline.settings import Settings
from pipeline.stream.app import build_app, real_core, run
from pipeline.stream.core_protocol import CoreSetup
from tests.stream.fleet.counting import CountingCore


def _counting(_: Settings) -> CoreSetup:
    return CoreSetup(CountingCore)


if __name__ == "__main__":
    settings = Settings()
    in_its_own_group = settings.model_copy(update={"app_id": f"{settings.app_id}-second"})
    app = build_app(in_its_own_group, real_core if "real" in sys.argv else _counting)
    app.settings = settings
    run(app)
