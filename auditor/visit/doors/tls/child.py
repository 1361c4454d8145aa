"""The deep scan's own process, and the only place that imports sslyze: ``python -m auditor.visit.doors.tls.child``.

It reads one line of JSON with up to eight targets, scans each with a scanner of its own, and writes one line of JSON for each
as soon as it is done, so that a deadline loses only what is not finished. It ends when its parent does: the parent holds its
standard input open, and its end is the sign. A process apart because sslyze keeps what it scanned (700 MB after many hosts), its
threads cannot be stopped, and its OpenSSL of 2016, needed to talk to servers of that time, parses hostile bytes.
"""

import base64
import json
import os
import re
import resource
import sys
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding
from nassl.ephemeral_key_info import DhEphemeralKeyInfo
from sslyze import (  # type: ignore[attr-defined]  # it re-exports without saying so
    RobotScanResultEnum,
    ScanCommand,
    ScanCommandAttemptStatusEnum,
    ScanCommandErrorReasonEnum,
    ScanCommandsExtraArguments,
    Scanner,
    ServerNetworkConfiguration,
    ServerNetworkLocation,
    ServerScanRequest,
    ServerScanResult,
    SessionRenegotiationExtraArgument,
)

__all__ = ["main"]

_MEMORY = 2 * 1024**3
_STACK = 512 * 1024
_CONNECTIONS = 5
"""Handshakes at once to one host (DESIGN section 6)."""
_TIMEOUT = 6
_TRIES = 2
_MAX_WORDS = 300
_LOST = ScanCommandErrorReasonEnum.CONNECTIVITY_ISSUE

_SUITES = {
    "ssl2": ScanCommand.SSL_2_0_CIPHER_SUITES,
    "ssl3": ScanCommand.SSL_3_0_CIPHER_SUITES,
    "tls1.0": ScanCommand.TLS_1_0_CIPHER_SUITES,
    "tls1.1": ScanCommand.TLS_1_1_CIPHER_SUITES,
    "tls1.2": ScanCommand.TLS_1_2_CIPHER_SUITES,
    "tls1.3": ScanCommand.TLS_1_3_CIPHER_SUITES,
}
_ROBOT = {
    RobotScanResultEnum.VULNERABLE_STRONG_ORACLE: True,
    RobotScanResultEnum.VULNERABLE_WEAK_ORACLE: True,
    RobotScanResultEnum.NOT_VULNERABLE_NO_ORACLE: False,
    RobotScanResultEnum.NOT_VULNERABLE_RSA_NOT_SUPPORTED: False,
}
_CHECKS: Mapping[str, tuple[ScanCommand, Callable[[Any], bool | None]]] = {
    "heartbleed": (ScanCommand.HEARTBLEED, lambda result: result.is_vulnerable_to_heartbleed),
    "openssl_ccs": (ScanCommand.OPENSSL_CCS_INJECTION, lambda result: result.is_vulnerable_to_ccs_injection),
    "crime": (ScanCommand.TLS_COMPRESSION, lambda result: result.supports_compression),
    "robot": (ScanCommand.ROBOT, lambda result: _ROBOT.get(result.robot_result)),
    "insecure_renegotiation": (ScanCommand.SESSION_RENEGOTIATION, lambda result: not result.supports_secure_renegotiation),
}
"""Each known vulnerability, the command that looks for it, and how to read its result: None is "could not be told"."""


_SAID = re.compile(r' -> "(.*)"\.?\Z', re.DOTALL)


def main() -> int:
    """Scan the targets of one line and say what was found, one line each."""
    _bound()
    order = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_parent, daemon=True).start()
    write = threading.Lock()

    def one(target: dict[str, Any]) -> None:
        line = json.dumps(_scan(target))
        with write:
            sys.stdout.write(line + "\n")
            sys.stdout.flush()

    with ThreadPoolExecutor(max_workers=len(order["targets"])) as pool:
        for done in [pool.submit(one, target) for target in order["targets"]]:
            done.result()
    return 0


def _bound() -> None:
    """Take no more memory than a batch can need, leave no core file, and keep the many threads' stacks small."""
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    most = _MEMORY if hard == resource.RLIM_INFINITY else min(_MEMORY, hard)
    resource.setrlimit(resource.RLIMIT_AS, (most, hard))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    threading.stack_size(_STACK)


def _end_with_parent() -> None:
    sys.stdin.read()
    os._exit(0)


def _scan(target: dict[str, Any]) -> dict[str, Any]:
    """Scan one address; whatever went wrong is part of what is said."""
    checks = [name for name in _CHECKS if name in target["checks"]]
    commands = {ScanCommand.CERTIFICATE_INFO, *(_SUITES[name] for name in target["protocols"])}
    commands |= {_CHECKS[name][0] for name in checks}
    extra = ScanCommandsExtraArguments(
        session_renegotiation=SessionRenegotiationExtraArgument(client_renegotiation_attempts=1)
        if ScanCommand.SESSION_RENEGOTIATION in commands
        else None
    )
    request = ServerScanRequest(
        server_location=ServerNetworkLocation(hostname=target["host"], port=target["port"], ip_address=target["address"]),
        network_configuration=ServerNetworkConfiguration(
            tls_server_name_indication=target["host"], network_timeout=target.get("timeout", _TIMEOUT), network_max_retries=_TRIES
        ),
        scan_commands=commands,
        scan_commands_extra_arguments=extra,
    )
    scanner = Scanner(per_server_concurrent_connections_limit=_CONNECTIONS, concurrent_server_scans_limit=1)
    scanner.queue_scans([request])
    [result] = list(scanner.get_results())
    return {"id": target["id"], **_said(result, target["protocols"], checks)}


def _said(result: ServerScanResult, protocols: list[str], checks: list[str]) -> dict[str, Any]:
    if result.scan_result is None:
        trace = result.connectivity_error_trace
        return {"ok": False, "error": (_words(str(trace).strip()) if trace else "no connection")[:_MAX_WORDS]}
    found = {name: getattr(result.scan_result, name.value) for name in ScanCommand}
    errors = {
        name.value: (_words(_last_line(attempt.error_trace)) or str(attempt.error_reason))[:_MAX_WORDS]
        for name, attempt in found.items()
        if attempt.status is ScanCommandAttemptStatusEnum.ERROR
    }
    suites = [
        [protocol, one.cipher_suite.name, _dh_bits(one.ephemeral_key)]
        for protocol in protocols
        if (listed := found[_SUITES[protocol]].result) is not None
        for one in sorted(listed.accepted_cipher_suites, key=lambda one: one.cipher_suite.name)
    ]
    verdicts = {
        name: _CHECKS[name][1](attempt.result) if (attempt := found[_CHECKS[name][0]]).result is not None else None
        for name in checks
    }
    return {
        "ok": True,
        "errors": dict(sorted(errors.items())),
        "lost": sorted(name.value for name, one in found.items() if one.error_reason is _LOST),
        "suites": suites,
        "untested_protocols": [name for name in protocols if found[_SUITES[name]].result is None],
        "chains": _chains(found[ScanCommand.CERTIFICATE_INFO].result),
        "staples": _staples(found[ScanCommand.CERTIFICATE_INFO].result),
        "vulnerable": sorted(name for name, bad in verdicts.items() if bad),
        "not_tested": sorted(name for name, bad in verdicts.items() if bad is None),
    }


def _chains(result: Any) -> list[list[str]]:  # noqa: ANN401 - sslyze's own value, or None
    """Give every chain that some client is sent, in an order that is the same every night."""
    if result is None:
        return []
    chains = [
        [base64.b64encode(one.public_bytes(Encoding.DER)).decode() for one in deployment.received_certificate_chain]
        for deployment in result.certificate_deployments
    ]
    return sorted(chains)


def _staples(result: Any) -> list[str]:  # noqa: ANN401 - sslyze's own value, or None
    """Give every answer about revocation that was stapled to a chain."""
    answers = [] if result is None else [one.ocsp_response for one in result.certificate_deployments if one.ocsp_response]
    return sorted(base64.b64encode(one.public_bytes(Encoding.DER)).decode() for one in answers)


def _dh_bits(key: object) -> int | None:
    return key.size if isinstance(key, DhEphemeralKeyInfo) else None


def _words(line: str) -> str:
    """Give what the library says of a connection, which stands in quotes behind an arrow and a name."""
    found = _SAID.search(line)
    return found[1] if found else line


def _last_line(trace: object) -> str:
    lines = [line for line in "".join(getattr(trace, "format_exception_only", lambda: [""])()).splitlines() if line.strip()]
    return lines[-1] if lines else ""


if __name__ == "__main__":
    # Threads of a scan that hangs would keep an ordinary exit waiting.
    status = main()
    sys.stdout.flush()
    os._exit(status)
