"""Certificates that end soon (将到期执法证), or hold no more: of an officer only the one that holds longest."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final, NamedTuple

from pipeline.core.duty.people import Officer
from pipeline.core.duty.who_is_there import DutyView, day_of

ENDING_DAYS: Final = 30
"""A certificate or a calibration that ends so soon is told of."""


class EndingCertificate(NamedTuple):
    """Somebody whose last certificate ends within `ENDING_DAYS`, or holds no more."""

    officer: Officer
    number: str
    until: date
    is_valid: bool


def last_day(view: DutyView) -> date:
    """Whatever ends until then ends soon."""
    return day_of(view.at) + timedelta(days=ENDING_DAYS)


def ending_certificates(view: DutyView) -> Iterator[EndingCertificate]:
    """In the file's order. Who never had one decides nothing, and is not listed."""
    last = last_day(view)
    for officer in view.people.officers.values():
        certificates = view.known.certificates(officer)
        if not certificates:
            continue
        valid = view.certificate_for(officer.id)
        shown = valid or max(certificates, key=lambda one: one.until)
        if valid is None or valid.until <= last:
            yield EndingCertificate(officer, shown.number, shown.until, valid is not None)
