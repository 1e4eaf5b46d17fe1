"""A channel: posts each notice to ROLE, such as the interim and final answers to the source 12345, to URL as JSON.

Run: python examples/webhook.py 12345 http://hotline.example/answers

At least once: a notice is committed only after the address took it, so after a crash the last one comes again, with the same
Idempotency-Key. While the address fails, the notices wait in Kafka. A channel of another kind (SMS, mail) has another `send`.
"""

import sys
import time
from urllib.request import Request, urlopen

from kafka import KafkaConsumer

from pipeline.broker.local_settings import settings_here
from schemas.topics import NOTICES
from schemas.wire import codecs

RETRY_S = 2.0


def send(url: str, content: bytes, notice_id: str) -> None:
    """The address has taken the notice. Raises OSError where it does not answer, or not with 2xx."""
    headers = {"Content-Type": "application/json", "Idempotency-Key": notice_id}
    with urlopen(Request(url, content, headers), timeout=10):
        pass


def send_until_taken(url: str, content: bytes, notice_id: str) -> None:
    """Returns when the address has taken the notice, however long that lasts."""
    while True:
        try:
            return send(url, content, notice_id)
        except OSError as error:
            print(f"{notice_id}: {error}; again in {RETRY_S:.0f} s", file=sys.stderr)
            time.sleep(RETRY_S)


def main(role: str, url: str) -> None:
    """Every notice to `role`, from the oldest that was not taken yet, for ever."""
    settings = settings_here()  # ENFORCEMENT_BROKERS, or the broker of this machine
    consumer = KafkaConsumer(
        settings.topic(NOTICES),
        bootstrap_servers=settings.brokers,
        group_id=f"{settings.topic_prefix}webhook-{role}",
        isolation_level="read_committed",  # what was never decided is never sent
        enable_auto_commit=False,
        auto_offset_reset="earliest",
    )
    for record in consumer:
        if record.key == role.encode():
            send_until_taken(url, record.value, codecs.NOTICE.decode(record.value).notice_id)
        consumer.commit()


if __name__ == "__main__":
    main(*sys.argv[1:])
