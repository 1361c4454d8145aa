"""Notices to put into outboxes, and deliveries at any stage."""

from datetime import UTC, datetime

from auditor.model.delivery import Delivery, DeliveryState
from auditor.model.notice import Channel, Notice, NoticeKind

AT = datetime(2026, 11, 27, 20, tzinfo=UTC)


def notice(key="digest/r1/so-tttt", **given):
    base = {
        "kind": NoticeKind.DIGEST,
        "channel": Channel.MAIL,
        "agency": "so-tttt",
        "run": "r1",
        "to": ("vanthu@so-tttt.example",),
        "subject": "Cổng thông tin: 2 nội dung chưa đạt",
        "text": "Kính gửi Sở,\n\n.Dòng này mở đầu bằng dấu chấm.\n\nTrân trọng.\n",
        "html": "<p>Kính gửi Sở,</p>",
        "payload": {"findings": [{"criterion": "5.9"}]},
        "thread": "agency/so-tttt",
        "created_at": AT,
    }
    return Notice(key=key, **{**base, **given})


def delivery(of=None, **given):
    of = of or notice()
    base = {"state": DeliveryState.SENDING, "left": of.to, "changed_at": of.created_at, "tries": 1}
    return Delivery(notice=of, **{**base, **given})
