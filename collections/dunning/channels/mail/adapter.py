"""E-mail through Django's backend. The address of the server is the gateway's: `smtp://`, `smtp+tls://` or `smtps://`, with the
user in front of it and the password among the secrets.

The Message-ID bears our key, so bounces find their message. A server does not promise to know a repeat by it, so e-mail counts as
plain: whatever happens once the words are on their way leaves the message in doubt.
"""

import logging
from smtplib import SMTPRecipientsRefused, SMTPResponseException, SMTPSenderRefused
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings as console
from django.core.mail import EmailMessage, get_connection

from audit.failpoints import failpoint
from dunning.channels.configuration import GatewaySettings
from dunning.channels.interface import Outcome, Outgoing, Question, Result, Told, named

log = logging.getLogger(__name__)

PORTS = {"smtp": 25, "smtp+tls": 587, "smtps": 465}
FOR_GOOD = 500
"""From this code on a mail server's no is for good; below it asks to be tried later."""


class Mail:
    """A mail server."""

    can_ask = False

    def __init__(self, settings: GatewaySettings) -> None:
        self.settings = settings

    def lane(self) -> "MailLane":
        return MailLane(self.settings)

    def ask(self, question: Question) -> Told:
        return Told.UNSAID


class MailLane:
    """One message a connection: a kept one that the server closes would leave a message in doubt."""

    def __init__(self, settings: GatewaySettings) -> None:
        self.settings = settings
        self.connection: Any = None

    def post(self, message: Outgoing) -> Outcome:
        connection = self.connection = get_connection(**server_of(self.settings))
        mail = written(message, self.settings, connection)
        try:
            connection.open()
        except OSError as error:  # also what smtplib raises
            self.close()
            return Outcome(Result.NOT_SENT, detail=type(error).__name__)
        failpoint("dunning.send.before_call")
        try:
            taken = connection.send_messages([mail])
        except (SMTPRecipientsRefused, SMTPResponseException) as error:
            return refused(error)
        except (OSError, ValueError) as error:
            return Outcome(
                Result.AMBIGUOUS, detail=named(error) if isinstance(error, TimeoutError) else type(error).__name__
            )
        finally:
            self.close()
        failpoint("dunning.send.after_call")
        return (
            Outcome(Result.ACCEPTED, provider_id=mail.extra_headers["Message-ID"].strip("<>")[:80]) if taken else NOBODY
        )

    def cut(self) -> None:
        sock = getattr(getattr(self.connection, "connection", None), "sock", None)
        if sock:
            try:
                sock.shutdown(2)
            except OSError:
                log.info("a connection to the mail server was closed before it could be cut")

    def close(self) -> None:
        if self.connection:
            try:
                self.connection.close()
            except OSError:
                log.info("the mail server closed the connection first")
            self.connection = None


NOBODY = Outcome(Result.REFUSED, detail="no address")


def written(message: Outgoing, settings: GatewaySettings, connection: Any = None) -> EmailMessage:
    """The mail: neutral in its subject, which others may see, and with our key as its id."""
    address = message.sender or settings.sender
    host = address.rpartition("@")[2].strip("> ")
    subject = " ".join(settings.subject.replace("{signature}", message.signature).split())
    headers = {"Message-ID": f"<{message.key}@{host}>", "Auto-Submitted": "auto-generated"}
    return EmailMessage(
        subject,
        message.text.unmasked(),
        address,
        [message.to.unmasked().strip()],
        headers=headers,
        connection=connection,
    )


def refused(error: SMTPRecipientsRefused | SMTPResponseException) -> Outcome:
    """The server's no, by its code alone: its words name the address. A no to ourselves is not about the message."""
    if isinstance(error, SMTPRecipientsRefused):
        code = min((code for code, _words in error.recipients.values()), default=FOR_GOOD)
    else:
        code = error.smtp_code
    is_final = code >= FOR_GOOD and not isinstance(error, SMTPSenderRefused)
    return Outcome(Result.REFUSED if is_final else Result.NOT_SENT, detail=f"SMTP {code}")


def server_of(settings: GatewaySettings) -> dict[str, Any]:
    """The server as Django's backend is told of it."""
    parts = urlsplit(settings.url)
    connect_seconds, read_seconds = console.OUTSIDE_TIMEOUTS
    return {
        "host": parts.hostname,
        "port": parts.port or PORTS[parts.scheme],
        "username": unquote(parts.username or ""),
        "password": settings.secret,
        "use_tls": parts.scheme == "smtp+tls",
        "use_ssl": parts.scheme == "smtps",
        "timeout": min(connect_seconds, read_seconds),
    }
