"""A channel: posts each notice to ROLE, such as the interim and final answers to the source 12345, to URL as JSON.

Run: python examples/webhook.py 12345 http://hotline.example/answers

At least once: a notice is committed only after the address took it, so after a crash the last one comes again, with the same
Idempotency-Key. While the address fails, the notices wait in Kafka. Another channel (SMS, mail) gives `deliver` another `send`.
"""

import sys
import time
from collections.abc import Callable
from functools import partial
from urllib.request import Request, urlopen

from kafka import KafkaConsumer

from pipeline.broker.local_settings import local_settings
from schemas.outputs import Notice
from schemas.topics import NOTICES
from schemas.wire import codecs

RETRY_S = 2.0
Send = Callable[[Notice], None]
"""Returns when the notice is taken; raises OSError where it is not."""


def deliver(role: str, channel: str, send: Send) -> None:
    """Gives every notice to `role` to `send`, from the oldest that `channel` has not delivered yet, for ever."""
    settings = local_settings()  # ENFORCEMENT_BROKERS, or the broker of this machine
    consumer = KafkaConsumer(
        settings.topic(NOTICES),
        bootstrap_servers=settings.brokers,
        group_id=f"{settings.topic_prefix}{channel}-{role}",
        isolation_level="read_committed",  # what was never decided is never sent
        enable_auto_commit=False,
        auto_offset_reset="earliest",
    )
    for record in consumer:
        if record.key == role.encode():
            _until_taken(send, codecs.NOTICE.decode(record.value))
        consumer.commit()


def post(url: str, notice: Notice) -> None:
    """Sends the notice to the address. Raises OSError where it does not answer, or not with 2xx."""
    headers = {"Content-Type": "application/json", "Idempotency-Key": notice.notice_id}
    with urlopen(Request(url, codecs.NOTICE.encode(notice), headers), timeout=10):
        pass


def _until_taken(send: Send, notice: Notice) -> None:
    """Tries until the notice is taken, however long that lasts."""
    while True:
        try:
            return send(notice)
        except OSError as error:
            print(f"{notice.notice_id}: {error}; again in {RETRY_S:.0f} s", file=sys.stderr)
            time.sleep(RETRY_S)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    role, url = sys.argv[1:]
    deliver(role, "webhook", partial(post, url))
