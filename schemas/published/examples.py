"""One example of each message a sender writes, for the documents. What it says is made up."""

from collections.abc import Mapping
from typing import Final

EXAMPLES: Final[Mapping[str, tuple[Mapping[str, object], ...]]] = {
    "Report": (
        {
            "source": "12345",
            "source_no": "GD20261124000318",
            "street": "140109004",
            "matter": "SR-001",
            "reported_at": "2026-11-24T09:05:00+08:00",
            "place": {
                "address": "兴华街18号",
                "point": {"lon": 112.5012, "lat": 37.8803, "crs": "WGS84"},
            },
            "text": "有人占道卖水果,行人只能走机动车道",
            "caller": {"name": "王测试", "phone": "13800000001"},
        },
        {
            "source": "monitor",
            "source_no": "CAM-0042:20261124T010500Z",
            "street": "140109004",
            "matter": "SR-001",
            "reported_at": "2026-11-24T09:05:00+08:00",
            "place": {"grid": "140109004005001"},
            "alarm": {"device": "CAM-0042", "algorithm": "vendor-3.1", "confidence": 0.93, "dwell_s": 600},
            "call_back": False,
        },
    ),
    "DiscardLetter": (
        {
            "action": "discard_letter",
            "action_id": "b7d1c0f4",
            "letter": "3:1:55:deadletter:0",
            "by": "W0931",
            "acted_at": "2026-11-24T10:02:00+08:00",
            "why": "测试报文",
        },
    ),
    "DutyAction": (
        {
            "action": "hand_out",
            "action_id": "b7d1c0f5",
            "street": "140109004",
            "actor": {"id": "W0931", "role": "duty_chief"},
            "acted_at": "2026-11-24T08:25:00+08:00",
            "device": "CAM-07",
            "officer": "XH-012",
        },
        {
            "action": "take_leave",
            "action_id": "b7d1c0f6",
            "street": "140109004",
            "actor": {"id": "W0931", "role": "duty_chief"},
            "acted_at": "2026-11-24T08:30:00+08:00",
            "officer": "XH-017",
            "begins": "2026-11-25T08:30:00+08:00",
            "ends": "2026-11-26T20:30:00+08:00",
            "reason": "sick",
        },
    ),
    "Action": (
        {
            "action": "claim",
            "action_id": "b7d1c0f2",
            "case_id": "140109004-5TQ9K2ZC4M8XA",
            "actor": {"id": "ZF-0107", "role": "officer", "team": "patrol"},
            "acted_at": "2026-11-24T09:12:30+08:00",
        },
        {
            "action": "dispose",
            "action_id": "b7d1c0f3",
            "case_id": "140109004-5TQ9K2ZC4M8XA",
            "actor": {"id": "ZF-0107", "role": "officer", "team": "patrol"},
            "acted_at": "2026-11-24T09:48:00+08:00",
            "expected_version": 5,
            "evidence": [
                {
                    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                    "kind": "photo_after",
                    "taken_at": "2026-11-24T09:46:10+08:00",
                    "uri": "s3://evidence/2026/11/24/9f86d081.jpg",
                }
            ],
            "note": "已劝离,路面已恢复",
        },
    ),
}
