"""Which deployment is meant where nobody says: the broker that runs on this machine, under whatever port it has."""

from pipeline.broker.process import Broker, default_folder
from pipeline.settings import Settings


def settings_here() -> Settings:
    """The settings of the environment; without ENFORCEMENT_BROKERS, with the address of this machine's own broker."""
    settings = Settings()
    if "brokers" in settings.model_fields_set:
        return settings
    running = Broker.find(default_folder())
    return settings.model_copy(update={"brokers": running.address}) if running else settings
