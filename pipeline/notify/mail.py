"""Mail, one message an address, so that an address that refuses does not make the others hear twice."""

import smtplib
import ssl
import time
from collections.abc import Callable
from contextlib import closing, suppress
from email.message import EmailMessage
from email.utils import formatdate
from typing import Final
from urllib.parse import unquote, urlsplit

from pipeline.notify.channel import (
    ChannelKind,
    NotTaken,
    SendResult,
    TextForm,
    TextMessage,
    plain_link,
    without,
)

ENCRYPTED: Final = "smtps"
SCHEMES: Final = (ENCRYPTED, "smtp")
_FORM: Final = TextForm(str, plain_link, "\n", 1_000_000)
_FOR_EVER: Final = range(500, 600)


class MailAddress:
    """One address."""

    kind: Final = ChannelKind.MAIL
    form: Final = _FORM

    def __init__(
        self, to: str, sender: str, server: str, timeout_s: float, clock: Callable[[], float] = time.time
    ) -> None:
        """`server` is smtp:// or smtps://, with user and password where it wants them."""
        parts = urlsplit(server)
        self._to = to
        self._sender = sender
        self._is_encrypted = parts.scheme == ENCRYPTED
        self._host = parts.hostname or ""
        self._port = parts.port or (smtplib.SMTP_SSL_PORT if self._is_encrypted else smtplib.SMTP_PORT)
        self._user = unquote(parts.username or "")
        self._password = unquote(parts.password or "")
        self._timeout_s = timeout_s
        self._clock = clock

    def send(self, message: TextMessage) -> None:
        """Hand it to the server."""
        mail = EmailMessage()
        mail["Subject"], mail["From"], mail["To"] = message.title, self._sender, self._to
        mail["Date"] = formatdate(self._clock())
        mail.set_content(message.text)
        try:
            with closing(self._connected()) as server:
                server.send_message(mail)
                with suppress(OSError):  # it has the message: a parting that fails does not send it again
                    server.quit()
        except smtplib.SMTPRecipientsRefused as error:
            [(code, why)] = error.recipients.values()
            raise self._not_taken(code, why) from None
        except smtplib.SMTPResponseException as error:
            raise self._not_taken(error.smtp_code, error.smtp_error) from None
        except (OSError, smtplib.SMTPException) as error:
            raise NotTaken(SendResult.FAILED, f"no answer: {type(error).__name__}") from None

    def _connected(self) -> smtplib.SMTP:
        """Encrypted where that is possible, and logged in. No password goes where everybody may read it."""
        known, where = ssl.create_default_context(), (self._host, self._port)
        server = (
            smtplib.SMTP_SSL(*where, timeout=self._timeout_s, context=known)
            if self._is_encrypted
            else smtplib.SMTP(*where, timeout=self._timeout_s)
        )
        try:
            server.ehlo()
            is_encrypted = self._is_encrypted
            if not is_encrypted and server.has_extn("starttls"):
                server.starttls(context=known)
                is_encrypted = True
            if self._user and not is_encrypted:
                raise NotTaken(SendResult.REFUSED, "the server offers no encryption: no password is sent")
            if self._user:
                server.login(self._user, self._password)
        except BaseException:
            server.close()
            raise
        return server

    def _not_taken(self, code: int, why: bytes | str) -> NotTaken:
        text = why.decode(errors="replace") if isinstance(why, bytes) else why
        result = SendResult.REFUSED if code in _FOR_EVER else SendResult.FAILED
        return NotTaken(result, without((self._password, self._to, self._user), f"SMTP {code}: {text}"))
