"""A real mail server: Debian's Postfix on loopback, from a folder of its own. It needs root, as CI has.

It takes no mail unless it is told a log to write: then it takes every letter, logs its way, and throws it away.
"""

import os
import pwd
import shutil
import smtplib
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from servers import closed_port

MASTER = Path("/usr/lib/postfix/sbin/master")


def _can_run():
    try:
        pwd.getpwnam("postfix")
    except KeyError:
        return False
    return MASTER.exists() and os.geteuid() == 0


CAN_MAIL = _can_run()
with_postfix = pytest.mark.skipif(not CAN_MAIL, reason="no Postfix here, or not root (Debian: apt-get install postfix)")


SERVICES = (
    "cleanup unix n - n - 0 cleanup\nqmgr unix n - n 300 1 qmgr\ndiscard unix - - n - - discard\nbounce unix - - n - 0 bounce\n"
    "error unix - - n - - error\n"
)
FOLDERS = ("active", "incoming", "deferred", "defer", "bounce", "corrupt", "hold", "trace", "flush", "saved")


def _taking(log):
    return (
        "smtpd_relay_restrictions = permit_mynetworks, reject\nsmtpd_recipient_restrictions = permit_mynetworks, reject\n"
        "mynetworks = 127.0.0.0/8\ndefault_transport = discard\n"
        f"maillog_file = {log}\nmaillog_file_prefixes = {log.parent}\nsmtpd_tls_loglevel = 1\n"
    )


@contextmanager
def postfix(host, pem=None, *, protocols="", log=None):
    """Run Postfix until the block ends; gives its port. With a file of key and chain it takes STARTTLS.

    ``protocols`` is what its configuration says of TLS's versions.
    """
    folder = Path(tempfile.mkdtemp(prefix="postfix-"))
    folder.chmod(0o755)
    port = closed_port()
    for name, owner in (("queue", "root"), ("data", "postfix"), ("conf", "root")):
        (folder / name).mkdir(mode=0o755)
        shutil.chown(folder / name, owner)
    queue = folder / "queue"
    for name, mode in (
        ("pid", 0o755),
        ("private", 0o700),
        ("public", 0o710),
        *((name, 0o700) for name in FOLDERS),
        ("maildrop", 0o730),
    ):
        (queue / name).mkdir()
        (queue / name).chmod(mode)
        if name != "pid":
            shutil.chown(queue / name, "postfix")
    tls = f"smtpd_tls_security_level = may\nsmtpd_tls_chain_files = {pem}\n" if pem else ""
    (folder / "conf/main.cf").write_text(
        f"compatibility_level = 3.6\nqueue_directory = {queue}\ndata_directory = {folder}/data\nmyhostname = {host}\n"
        f"inet_interfaces = 127.0.0.1\ninet_protocols = ipv4\nmydestination =\nsmtpd_relay_restrictions = reject\n"
        f"smtpd_recipient_restrictions = reject\nsmtpd_client_connection_rate_limit = 0\nmaillog_file = {folder}/log\n"
        f"maillog_file_prefixes = {folder}\nimport_environment = MAIL_CONFIG MAIL_DEBUG MAIL_LOGTAG TZ\n{tls}{protocols}\n"
        f"{_taking(log) if log else ''}"
    )
    (folder / "conf/master.cf").write_text(
        f"127.0.0.1:{port} inet n - n - - smtpd\ntlsmgr unix - - n 1000? 1 tlsmgr\npostlog unix-dgram n - n - 1 postlogd\n"
        f"anvil unix - - n - 1 anvil\nrewrite unix - - n - - trivial-rewrite\nproxymap unix - - n - - proxymap\n{SERVICES if log else ''}"
    )
    process = subprocess.Popen([MASTER, "-c", folder / "conf", "-d"], stderr=subprocess.DEVNULL)
    try:
        _wait(process, port, folder)
        yield port
    finally:
        process.terminate()
        process.wait(10)
        shutil.rmtree(folder, ignore_errors=True)


def _wait(process, port, folder):
    deadline = time.monotonic() + 15
    while True:
        try:
            with smtplib.SMTP("127.0.0.1", port, timeout=5) as talk:
                talk.ehlo()
                return
        except (OSError, smtplib.SMTPException):
            if process.poll() is not None or time.monotonic() > deadline:
                log = folder / "log"
                raise RuntimeError(log.read_text() if log.exists() else "Postfix did not start") from None
            time.sleep(0.1)
