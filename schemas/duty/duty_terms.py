"""Closed lists of who is on duty and what they carry."""

from schemas.values.terms import Term


class DeviceKind(Term):
    """What an officer takes along: a body camera (执法记录仪), or a vehicle (执法车辆)."""

    CAMERA = "camera"
    VEHICLE = "vehicle"


class DeviceState(Term):
    """Where a device is: in store (在库), out with an officer (在用), charging (充电), or broken (故障)."""

    IN = "in"
    OUT = "out"
    CHARGING = "charging"
    BROKEN = "broken"


class LeaveReason(Term):
    """Why an officer is not there: leave (休假), illness (病假), training (培训), business elsewhere (公出), or suspended from office (停职)."""

    LEAVE = "leave"
    SICK = "sick"
    TRAINING = "training"
    ELSEWHERE = "elsewhere"
    SUSPENDED = "suspended"


class ReturnedAs(Term):
    """How a device comes back: to be used at once, to be charged, or broken."""

    IN = "in"
    CHARGING = "charging"
    BROKEN = "broken"


class DeviceMark(Term):
    """What is said of a device: broken (故障), repaired (修复), or calibrated (检定、校准)."""

    BROKEN = "broken"
    REPAIRED = "repaired"
    CALIBRATED = "calibrated"
