"""What the duty chief changes about people (人员变动): leave, swaps, call-outs, loans, certificates."""

from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

from msgspec.structs import replace

from pipeline.core.duty.duty_context import DutyContext, DutyDecided, officer_of
from pipeline.core.duty.people import Officer
from pipeline.core.duty.shifts import Presence
from pipeline.core.duty.who_is_there import day_of, joined
from pipeline.core.rules.identity import person
from pipeline.core.rules.refusals import Refusal
from pipeline.core.worktime.office_hours import local_text
from schemas.duty import duty_actions as actions
from schemas.duty import duty_events as events
from schemas.duty.certificate import Certificate
from schemas.duty.street_duty import (
    Absence,
    CalledOut,
    IssuedCertificate,
    Loan,
    ShiftSwap,
    WithdrawnCertificate,
)


def take_leave(context: DutyContext, action: actions.TakeLeave) -> DutyDecided:
    """请假: into the past nobody takes leave, nor twice at a time."""
    officer = officer_of(context, action.officer)
    if isinstance(officer, Refusal):
        return officer
    if not max(action.begins, context.at) < action.ends:
        return Refusal("span_wrong", "ends", f"after begins and {local_text(context.at)}")
    for absence in context.view.known.absences(officer.id):
        if absence.begins < action.ends and action.begins < absence.ends:
            return Refusal("leave_overlaps", "begins", _span(absence.begins, absence.ends))
    absence = Absence(officer=officer.id, begins=action.begins, ends=action.ends, reason=action.reason)
    return events.LeaveTaken(street=context.street.code, absence=absence, note=action.note)


def end_leave(context: DutyContext, action: actions.EndLeave) -> DutyDecided:
    """销假: of the leave that runs, or else of the next."""
    officer = officer_of(context, action.officer)
    if isinstance(officer, Refusal):
        return officer
    ahead = [absence for absence in context.view.known.absences(officer.id) if absence.ends > context.at]
    if not ahead:
        return Refusal("not_on_leave", "officer", "somebody who is, or will be")
    first = min(ahead, key=lambda absence: absence.begins)
    return events.LeaveEnded(
        street=context.street.code,
        officer=officer.id,
        begins=first.begins,
        at=context.at,
        note=action.note,
    )


def swap_shift(context: DutyContext, action: actions.SwapShift) -> DutyDecided:
    """换班: within a team, of shifts that have not begun, by people who may do what the others may; too long nobody stays."""
    officer = officer_of(context, action.officer)
    if isinstance(officer, Refusal):
        return officer
    other = officer_of(context, action.other, "other")
    if isinstance(other, Refusal):
        return other
    if officer.id == other.id:
        return Refusal("swap_with_self", "other", "somebody else")
    if officer.team != other.team:
        return Refusal("swap_other_team", "other", officer.team)
    given = [_Giving(officer, action.day, other, "day")]
    if action.other_day is not None:
        given.append(_Giving(other, action.other_day, officer, "other_day"))
    swaps: list[ShiftSwap] = []
    for giving in given:
        swap = _given(context, giving)
        if isinstance(swap, Refusal):
            return swap
        swaps.append(swap)
    refusal = next((why for giving in given if (why := _too_much(context, giving, swaps))), None)
    return refusal or events.ShiftsSwapped(street=context.street.code, swaps=tuple(swaps), note=action.note)


class _Giving(NamedTuple):
    """Somebody gives away the shift of that day; `field` says of which."""

    giver: Officer
    day: date
    taker: Officer
    field: str


def _given(context: DutyContext, giving: _Giving) -> ShiftSwap | Refusal:
    """Whose planned shift the giver does on that day, to be done by the taker."""
    known = context.view.known
    for owner in known.owners_on(giving.giver.id, giving.day):
        shift = known.shift_of(owner, giving.day)
        if shift is None:
            continue
        if shift.begins <= context.at:
            return Refusal("shift_begun", giving.field, f"a shift that begins after {local_text(context.at)}")
        return _may_not_take(context, giving, shift) or ShiftSwap(
            day=giving.day, owner=owner, by=giving.taker.id
        )
    return Refusal("no_shift_that_day", giving.field, "a day on which the officer has a shift")


def _may_not_take(context: DutyContext, giving: _Giving, shift: Presence) -> Refusal | None:
    field = "other" if giving.field == "day" else "officer"
    for absence in context.view.known.absences(giving.taker.id):
        if absence.begins < shift.ends and shift.begins < absence.ends:
            return Refusal("officer_absent", field, _span(absence.begins, absence.ends))
    view, day = context.view, giving.day
    needed = view.certificate_for(giving.giver.id, None, day)
    if needed is None:
        return None
    matters = needed.covers or (None,)
    for matter in matters:
        if not _covers(context, giving.taker, matter, day):
            return Refusal("swap_uncertified", field, f"a certificate like {needed.number} on {day}")
    return None


def _covers(context: DutyContext, officer: Officer, matter: str | None, day: date) -> bool:
    """Whether a certificate covers that matter; None: all."""
    certificate = context.view.certificate_for(officer.id, matter, day)
    if matter is not None or certificate is None:
        return certificate is not None
    return any(
        not one.covers and one.is_valid(day)
        for one in context.view.known.certificates(officer)
        if context.view.known.withdrawn.get(person(one.number)) is None
    )


def _too_much(context: DutyContext, giving: _Giving, swaps: list[ShiftSwap]) -> Refusal | None:
    """Why the taker cannot do that shift beside those of the days around it, once all is swapped."""
    known, taker = context.view.known, giving.taker.id
    after = {(swap.owner, swap.day): swap.by for swap in swaps}
    shifts: list[Presence] = []
    for away in range(-2, 3):
        day = giving.day + timedelta(days=away)
        owners = {owner for owner in known.owners_on(taker, day) if after.get((owner, day), taker) == taker}
        owners |= {swap.owner for swap in swaps if swap.day == day and swap.by == taker}
        found = (known.shift_of(owner, day) for owner in sorted(owners))
        shifts += (shift for shift in found if shift is not None)
    shifts.sort()
    for one, following in pairwise(shifts):
        if following.begins < one.ends:
            return Refusal("already_on_duty", giving.field, _span(one.begins, one.ends))
    return _too_long(context, [*shifts, *known.called_out(taker)], giving.field)


def _too_long(context: DutyContext, presences: list[Presence], field: str) -> Refusal | None:
    most = context.view.people.shift_hours
    for presence in joined(presences):
        if presence.ends - presence.begins > timedelta(hours=most):
            return Refusal("shift_too_long", field, f"{most} h")
    return None


def call_out(context: DutyContext, action: actions.CallOut) -> DutyDecided:
    """召回: from now on; who is on leave is not called, and nobody stays too long."""
    officer = officer_of(context, action.officer)
    if isinstance(officer, Refusal):
        return officer
    at, view = context.at, context.view
    if action.until <= at:
        return Refusal("span_wrong", "until", f"after {local_text(at)}")
    for absence in view.known.absences(officer.id):
        if absence.begins < action.until and at < absence.ends:
            return Refusal("officer_absent", "officer", _span(absence.begins, absence.ends))
    now = view.presence(officer.id)
    if now is not None and action.until <= now.ends:
        return Refusal("already_on_duty", "officer", _span(now.begins, now.ends))
    called = Presence(at, action.until)
    around = view.known.planned(officer.id, day_of(at) - timedelta(days=2), day_of(action.until))
    beside = [one for one in around if one.begins <= called.ends and called.begins <= one.ends]
    call = CalledOut(officer=officer.id, begins=at, ends=action.until)
    return _too_long(context, [*beside, called], "until") or events.OfficerCalledOut(
        street=context.street.code, call=call, note=action.note
    )


def lend(context: DutyContext, action: actions.Lend) -> DutyDecided:
    """借调: to another team of the street, and to one at a time."""
    officer = officer_of(context, action.officer)
    if isinstance(officer, Refusal):
        return officer
    if action.team not in context.street.teams:
        return Refusal("unknown_team", "team", ", ".join(sorted(context.street.teams))[:200])
    if action.team == officer.team:
        return Refusal("lent_to_own_team", "team", "another team")
    if not max(action.begins, context.at) < action.ends:
        return Refusal("span_wrong", "ends", f"after begins and {local_text(context.at)}")
    begins = max(action.begins, context.at)  # for what was done before nobody is lent
    for loan in context.view.known.loans(officer.id):
        if loan.begins < action.ends and begins < loan.ends:
            return Refusal("already_lent", "officer", f"{loan.team}, {_span(loan.begins, loan.ends)}")
    loan = Loan(officer=officer.id, team=action.team, begins=begins, ends=action.ends)
    return events.OfficerLent(street=context.street.code, loan=loan, note=action.note)


def end_loan(context: DutyContext, action: actions.EndLoan) -> DutyDecided:
    """归队: of the loan that runs, or else of the next."""
    officer = officer_of(context, action.officer)
    if isinstance(officer, Refusal):
        return officer
    ahead = [loan for loan in context.view.known.loans(officer.id) if loan.ends > context.at]
    if not ahead:
        return Refusal("not_lent", "officer", "somebody who is, or will be")
    first = min(ahead, key=lambda loan: loan.begins)
    return events.LoanEnded(
        street=context.street.code,
        officer=officer.id,
        team=first.team,
        begins=first.begins,
        at=context.at,
        note=action.note,
    )


def issue_certificate(context: DutyContext, action: actions.IssueCertificate) -> DutyDecided:
    """发证: one that holds today or later, under a number that is nobody else's."""
    officer = officer_of(context, action.officer)
    if isinstance(officer, Refusal):
        return officer
    certificate = action.certificate
    if certificate.until < max(certificate.since, day_of(context.at)):
        return Refusal("certificate_ended", "certificate.until", f"{day_of(context.at)} or later")
    unknown = sorted(matter for matter in certificate.covers if matter not in context.rules.matters)
    if unknown:
        return Refusal("unknown_matter", "certificate.covers", "codes of matters")
    bearer = context.view.officer(certificate.number)
    if bearer is not None and bearer.id != officer.id:
        return Refusal("certificate_of_another", "certificate.number", bearer.id)
    return events.CertificateIssued(
        street=context.street.code,
        issued=IssuedCertificate(officer=officer.id, certificate=_as_known(context, officer, certificate)),
    )


def _as_known(context: DutyContext, officer: Officer, certificate: Certificate) -> Certificate:
    """The certificate, its number written as it is already known."""
    number = person(certificate.number)
    for known in context.view.known.certificates(officer):
        if person(known.number) == number and known.number != certificate.number:
            return replace(certificate, number=known.number)
    return certificate


def withdraw_certificate(context: DutyContext, action: actions.WithdrawCertificate) -> DutyDecided:
    """收回: of one that is somebody's, and was not withdrawn before."""
    officer = context.view.officer(action.number)
    number = person(action.number)
    of_officer = context.view.known.certificates(officer) if officer else ()
    certificate = next((one for one in of_officer if person(one.number) == number), None)
    if officer is None or certificate is None:
        return Refusal("unknown_certificate", "number", "the number of a certificate of the street")
    gone = context.view.known.withdrawn.get(number)
    if gone is not None:
        return Refusal("certificate_withdrawn", "number", local_text(gone))
    withdrawn = WithdrawnCertificate(number=certificate.number, at=context.at, until=certificate.until)
    return events.CertificateWithdrawn(
        street=context.street.code, officer=officer.id, withdrawn=withdrawn, note=action.note
    )


def _span(begins: datetime, ends: datetime) -> str:
    return f"{local_text(begins)} / {local_text(ends)}"
