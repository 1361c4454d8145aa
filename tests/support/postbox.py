"""A real mail server, aiosmtpd on loopback, that takes letters or does to them what it is told."""

import socket
import ssl
import warnings
from contextlib import contextmanager
from tempfile import NamedTemporaryFile

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

HOST = "localhost"


class Postbox:
    """What came in. ``rcpt`` and ``data`` answer in the server's place when they give something: a reply, or DROP or DROP_AFTER.

    DROP ends the line when a letter is whole and is not kept; DROP_AFTER keeps it and ends the line without a word.
    """

    DROP, DROP_AFTER = "drop", "drop after"

    def __init__(self, rcpt=None, data=None):
        self.letters, self.senders, self.secured, self.logins = [], [], [], []
        self.rcpt, self.data = rcpt or (lambda address: None), data or (lambda letter: None)

    async def handle_MAIL(self, server, session, envelope, address, options):
        self.senders.append(address)
        self.secured.append(session.ssl is not None or server.transport.get_extra_info("ssl_object") is not None)
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        said = self.rcpt(address)
        if said is None:
            envelope.rcpt_tos.append(address)
        elif said == self.DROP:
            server.transport.abort()
        return said or "250 OK"

    async def handle_DATA(self, server, session, envelope):
        said = self.data(envelope.content)
        if said != self.DROP and (said is None or said == self.DROP_AFTER):
            self.letters.append((tuple(envelope.rcpt_tos), envelope.content))
        if said in {self.DROP, self.DROP_AFTER}:
            server.transport.abort()
        return said or "250 OK queued as 4711"

    def login(self, server, session, envelope, mechanism, given):
        self.logins.append(mechanism)
        right = isinstance(given, LoginPassword) and given == LoginPassword(
            login=b"auditor", password=b"b\xc3\xad m\xe1\xba\xadt"
        )
        return AuthResult(success=right, handled=False)


def contexts(name=HOST):
    """Give a server's context for a name, and the authority's PEM that verifies it."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context, authority.cert_pem.bytes()


class _Server(Controller):
    def __init__(self, box, *, tls, starttls, auth):
        self._given = {"tls_context": starttls, "require_starttls": starttls is not None}
        if auth:
            self._given |= {"authenticator": box.login, "auth_required": True, "auth_require_tls": tls is None}
        super().__init__(box, hostname="127.0.0.1", port=_free(), ssl_context=tls)

    def factory(self):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # it does not see that TLS from the first byte is TLS
            return SMTP(self.handler, hostname=HOST, **self._given)


def _free():
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


@contextmanager
def postbox(box, *, tls=None, starttls=None, auth=False):
    """Run the server until the block ends; gives its port. With a context it speaks TLS from the first byte, or by STARTTLS."""
    server = _Server(box, tls=tls, starttls=starttls, auth=auth)
    server.start()
    try:
        yield server.port
    finally:
        server.stop()


@contextmanager
def trusted(pem):
    """Give a file of an authority."""
    with NamedTemporaryFile(suffix=".pem") as file:
        file.write(pem)
        file.flush()
        yield file.name
