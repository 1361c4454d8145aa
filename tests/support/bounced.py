"""Notifications as mail servers send them back, of letters of ours."""

from auditor.findings.message import compose

SENDER = "Kiểm tra <kiemtra@khanhhoa.example>"


def postfix(notice, *addresses, action="failed", whole=True, ident=None):
    """Give what Postfix sends: a text, the report, and the letter itself or its head."""
    letter = compose(notice, SENDER).decode()
    if ident is not None:
        letter = letter.replace(
            next(line for line in letter.splitlines() if line.startswith("Message-ID")), f"Message-ID: {ident}"
        )
    blocks = "\r\n".join(
        f"Final-Recipient: rfc822; {address}\r\nOriginal-Recipient: rfc822;{address}\r\nAction: {action}\r\nStatus: 5.1.1\r\n"
        f"Remote-MTA: dns; mx.{address.partition('@')[2]}\r\n"
        f"Diagnostic-Code: smtp; 550 5.1.1 <{address}>: Recipient address rejected:\r\n    User unknown\r\n"
        for address in addresses
    )
    kind, back = ("message/rfc822", letter) if whole else ("text/rfc822-headers", letter.partition("\r\n\r\n")[0] + "\r\n")
    return (
        "Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.example (Mail Delivery System)\r\nSubject: Undelivered Mail Returned to Sender\r\n"
        "To: kiemtra@khanhhoa.example\r\nMessage-ID: <20261128@mx.example>\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/report; report-type=delivery-status;\r\n\tboundary="B1/mx.example"\r\n\r\n'
        "This is a MIME-encapsulated message.\r\n\r\n--B1/mx.example\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\nI'm sorry.\r\n\r\n"
        "--B1/mx.example\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\nArrival-Date: Sat, 28 Nov 2026\r\n\r\n"
        f"{blocks}\r\n--B1/mx.example\r\nContent-Type: {kind}\r\n\r\n{back}\r\n--B1/mx.example--\r\n"
    ).encode()
