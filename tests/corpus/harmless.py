"""What only looks bad and is taken, with the value of the field that shows what was made of it."""

from tests.corpus.poison import BINARY, STRUCTURED, Poison, lon, raw, report, structured

HARMLESS = (
    (Poison("duplicate key: the last counts", "", "text", raw("text", '"first","text":"last"')), "last"),
    (
        Poison(
            "zero-width and bidi marks: taken out",
            "",
            "text",
            report(text="\u202e\u200b吵\u2066\ufeff\u061c闹\U000e0041"),
        ),
        "吵闹",
    ),
    (Poison("joined emoji: taken apart", "", "text", report(text="👩\u200d🔧")), "👩🔧"),
    (Poison("line separators: newlines", "", "text", report(text="a\r\nb\u2028c\rd")), "a\nb\nc\nd"),
    (Poison("decomposed: composed", "", "text", report(text="cafe\u0301")), "café"),
    (Poison("two marks in a row: kept", "", "text", report(text="x\u0323\u0302")), "x\u0323\u0302"),
    (
        Poison("private use: kept, old systems write rare names so", "", "text", report(text="\ue000")),
        "\ue000",
    ),
    (Poison("spaces only: empty", "", "text", report(text=" \u3000\t\n ")), ""),
    (
        Poison(
            "full-width phone: made plain",
            "",
            "caller.phone",
            report(caller={"phone": "\uff080351\uff09\uff11\uff12\uff13\u30004567"}),
        ),
        "(0351)123 4567",
    ),
    (
        Poison("identifier with slashes: kept as written", "", "source_no", report(source_no="../晋城管/7")),
        "../晋城管/7",
    ),
    (Poison("minus zero", "", "place.point.lon", lon("-0")), 0.0),
    (Poison("subnormal", "", "place.point.lon", lon("1e-320")), 1e-320),
    (Poison("1e-99999: zero", "", "place.point.lon", lon("1e-99999")), 0.0),
    (Poison("5,000 decimals", "", "place.point.lon", lon("112." + "1" * 5_000)), 112.11111111111111),
    (Poison("an integer as coordinate", "", "place.point.lon", lon("112")), 112.0),
    (
        Poison("offset without colon", "", "reported_at", report(reported_at="2026-11-24T09:00:00+0800")),
        "2026-11-24T01:00:00+00:00",
    ),
    (
        Poison(
            "nanoseconds: cut to micro",
            "",
            "reported_at",
            report(reported_at="2026-11-24T01:00:00.123456789Z"),
        ),
        "2026-11-24T01:00:00.123456+00:00",
    ),
    (
        Poison(
            "unknown headers",
            "",
            "text",
            report(text="x"),
            headers=(("traceparent", b"00-MALICE"), ("none", None)),
        ),
        "x",
    ),
    (Poison("binary CloudEvents", "", "text", report(text="x"), headers=BINARY), "x"),
    (
        Poison(
            "structured CloudEvents",
            "",
            "text",
            structured(report(text="x"), extension="y"),
            headers=STRUCTURED,
        ),
        "x",
    ),
    (
        Poison(
            "header names in capitals",
            "",
            "text",
            structured(report(text="x")),
            headers=(("Content-Type", b"Application/CloudEvents+JSON"),),
        ),
        "x",
    ),
)
