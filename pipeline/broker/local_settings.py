"""The deployment that is meant unless ENFORCEMENT_BROKERS names one: the broker of this machine, at whatever port."""

from pipeline.broker.running_address import default_folder, running_address
from pipeline.settings import Settings


def local_settings() -> Settings:
    """The settings of the environment; without ENFORCEMENT_BROKERS, with the address of this machine's own broker."""
    settings = Settings()
    if "brokers" in settings.model_fields_set:
        return settings
    address = running_address(default_folder())
    return settings.model_copy(update={"brokers": address}) if address else settings
