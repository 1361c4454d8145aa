"""The bed: endpoints of every kind, each with the truth about it, seen by the real doors and judged by the real probes.

``TRUTH`` tells of each endpoint what must be said of it: a value, ``> 0`` for a count of at least one, or ``unknown (why)``, where
nobody could say and no value may be given, with the cause that must be told. What the truth is silent about is not judged.
"""

import ssl
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import anyio
from cryptography.x509.oid import ExtendedKeyUsageOID
from others import others
from pki import Pki
from servers import closed_port
from servers_of import ALERT, answer, banner, nginx, one, openssl, python, says
from tls import resetting, silent

from auditor.clock import SystemClock
from auditor.evidence.writer import VisitWriter
from auditor.model.agency import Site, SiteRole
from auditor.model.reading import Measured
from auditor.sdk.guidelines import load_guidelines
from auditor.sdk.html import parser
from auditor.sdk.probe import Known
from auditor.sdk.vocabulary import load_vocabulary
from auditor.settings import Settings
from auditor.visit.network import Network
from probes import tls, transport, uptime

ROOT = Path(__file__).parents[2]
V = ssl.TLSVersion
_AT_ONCE = 6
OK = answer()
TO_HTTPS = "Location: https://{host}/"
FINE = {"tls.offered": True, "tls.trusted": True, "tls.hostname": True, "tls.valid_now": True, "tls.chain_complete": True}
MODERN = {"tls.oldest_protocol": "tls1.2", "tls.newest_protocol": "tls1.3", "tls.weak_suites": 0}
UNTOLD = dict.fromkeys(("tls.trusted", "tls.hostname", "tls.valid_now", "tls.oldest_protocol"), "unknown (capability)")
"""Its only curve is one that neither our library nor any browser has: that somebody gets in is seen, and nothing more."""
NONE = {"tls.offered": False, "tls.trusted": False, "tls.oldest_protocol": "ssl3"}
"""Without TLS each measure of it has its worst value."""


def secure(pki, host):
    """Give, by name, how each endpoint's secure port is served; the name is its host's first label."""
    leaf = lambda name, **given: pki.leaf(name, **{"names": (host(name),), "common": host(name), **given})  # noqa: E731
    yield "good-ec", lambda: python(leaf("good-ec")), FINE | MODERN | {"tls.key_bits": 256}
    yield "good-rsa", lambda: python(leaf("good-rsa", key=2048)), FINE | MODERN | {"tls.key_bits": 2048}
    yield (
        "only-12",
        lambda: python(leaf("only-12"), newest=V.TLSv1_2),
        FINE | {"tls.newest_protocol": "tls1.2", "tls.weak_suites": 0},
    )
    yield (
        "only-13",
        lambda: python(leaf("only-13"), oldest=V.TLSv1_3),
        FINE | {"tls.oldest_protocol": "tls1.3", "tls.vulnerabilities": 0},
    )
    old = "ALL:@SECLEVEL=0"
    yield (
        "only-10-11",
        lambda: python(leaf("only-10-11"), oldest=V.TLSv1, newest=V.TLSv1_1, ciphers=old),
        FINE | {"tls.oldest_protocol": "tls1.0", "tls.newest_protocol": "tls1.1", "uptime.availability": 0},
    )
    yield "from-10", lambda: python(leaf("from-10"), oldest=V.TLSv1, ciphers=old), FINE | {"tls.oldest_protocol": "tls1.0"}
    yield "from-11", lambda: python(leaf("from-11"), oldest=V.TLSv1_1, ciphers=old), FINE | {"tls.oldest_protocol": "tls1.1"}
    yield "expired", lambda: python(leaf("expired", start=-100, end=-3)), FINE | {"tls.valid_now": False}
    yield "not-yet", lambda: python(leaf("not-yet", start=5, end=95)), FINE | {"tls.valid_now": False}
    yield "five-days", lambda: python(leaf("five-days", end=5)), FINE | {"tls.days_left": 4}
    yield "wrong-name", lambda: python(leaf("wrong-name", names=("khac.test",))), FINE | {"tls.hostname": False}
    yield "wildcard", lambda: python(leaf("wildcard", names=("*.wire.test",))), FINE
    yield "wildcard-deep", lambda: python(leaf("wildcard-deep", names=("*.test",))), FINE | {"tls.hostname": False}
    yield "cn-only", lambda: python(leaf("cn-only", names=())), FINE | {"tls.hostname": False}
    yield "address-only", lambda: python(leaf("address-only", names=("127.0.0.1",))), FINE | {"tls.hostname": False}
    yield (
        "self-signed",
        lambda: python(leaf("self-signed", by="self", sent=())),
        {"tls.offered": True, "tls.trusted": False, "tls.hostname": True},
    )
    yield "unknown-root", lambda: python(leaf("unknown-root", by="other", sent=())), {"tls.offered": True, "tls.trusted": False}
    yield "unknown-root-sent", lambda: python(leaf("unknown-root-sent", by="other", sent=("other",))), {"tls.trusted": False}
    yield "leaf-alone", lambda: python(leaf("leaf-alone", sent=())), {"tls.offered": True, "tls.chain_complete": False}
    yield "root-sent-too", lambda: python(leaf("root-sent-too", sent=("middle", "root"))), FINE
    yield "one-too-many", lambda: python(leaf("one-too-many", sent=("other", "middle"))), FINE
    yield (
        "stale-middle",
        lambda: python(leaf("stale-middle", by="stale", sent=("stale",))),
        {"tls.offered": True, "tls.valid_now": False},
    )
    yield (
        "clients-middle",
        lambda: python(leaf("clients-middle", by="clients", sent=("clients",))),
        FINE | {"tls.trusted": False},
    )
    yield "lapsed-root", lambda: python(leaf("lapsed-root", by="lapsed", sent=())), FINE | {"tls.trusted": False}
    yield "dotted-name", lambda: python(leaf("dotted-name", names=(f"{host('dotted-name')}.",))), FINE | {"tls.hostname": False}
    yield (
        "critical-middle",
        lambda: python(leaf("critical-middle", by="critical", sent=("critical",))),
        FINE | {"tls.trusted": False, "uptime.availability": 0},
    )
    yield (
        "path-too-long",
        lambda: python(leaf("path-too-long", by="long", sent=("long", "short"))),
        FINE | {"tls.trusted": False, "uptime.availability": 0},
    )
    yield (
        "for-clients",
        lambda: python(leaf("for-clients", purpose=ExtendedKeyUsageOID.CLIENT_AUTH)),
        FINE | {"tls.trusted": False, "uptime.availability": 0},
    )
    # Chrome and Edge refuse what its certificate says of its key; Firefox does not: no browser's refusal is everybody's.
    yield (
        "no-signing",
        lambda: python(leaf("no-signing", usage="key_agreement")),
        FINE | {"tls.grade": "c", "uptime.availability": 1},
    )
    yield (
        "signing",
        lambda: python(leaf("signing", usage="digital_signature")),
        FINE | {"tls.grade": "a", "uptime.availability": 1},
    )
    for newest in (V.TLSv1_2, V.TLSv1_3):
        name = f"demands-{newest.name[-1]}"
        yield (
            name,
            lambda name=name, newest=newest: python(leaf(name), newest=newest, verify=pki.trust),
            FINE | dict.fromkeys(("uptime.availability", "headers.csp", "https.hsts_days"), "unknown (blocked)"),
        )
    yield (
        "reset-now-and-then",
        lambda: python(leaf("reset-now-and-then"), resets=5),
        FINE | {"tls.oldest_protocol": "tls1.2", "tls.newest_protocol": "tls1.3"},
    )
    yield (
        "long-hello",
        lambda: python(leaf("long-hello"), longest=1_460),
        FINE | MODERN | {"tls.grade": "f"},
    )
    # Its authority answers nobody, and the server, which owes the word, sends none: by its own fault it is not known.
    yield "must-staple", lambda: python(leaf("must-staple", demands=True)), FINE | {"tls.revoked": "unknown (tls)"}
    yield (
        "rsa-1024",
        lambda: python(leaf("rsa-1024", key=1024), ciphers="DEFAULT:@SECLEVEL=0"),
        {"tls.offered": True, "tls.key_bits": 1024},
    )
    yield "rsa-3072", lambda: python(leaf("rsa-3072", key=3072)), FINE | {"tls.key_bits": 3072}
    yield (
        "null-suites",
        lambda: python(leaf("null-suites", key=2048), newest=V.TLSv1_2, ciphers="eNULL:AES128-SHA:@SECLEVEL=0"),
        {"tls.offered": True, "tls.weak_suites": "> 0"},
    )
    yield (
        "cbc-rsa",
        lambda: python(leaf("cbc-rsa", key=2048), newest=V.TLSv1_2, ciphers="AES128-SHA:AES256-SHA"),
        FINE | {"tls.weak_suites": 0},
    )
    yield "wants-ours", lambda: python(leaf("wants-ours"), verify=pki.trust), FINE
    yield "nginx-h2", lambda: nginx(leaf("nginx-h2"), pki.folder / "nginx"), FINE | MODERN | {"https.hsts_days": 365}
    s_server = lambda name, *words, **given: openssl("-cert", leaf(name, **given), "-key", pki.folder / f"{name}.pem", *words)  # noqa: E731
    yield "s-server", lambda: s_server("s-server"), {"tls.offered": True, "tls.newest_protocol": "tls1.3"}
    yield "s-ccm", lambda: s_server("s-ccm", "-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-CCM8"), {"tls.offered": True}
    yield (
        "dh-1024",
        lambda: s_server(
            "dh-1024",
            "-tls1_2",
            "-cipher",
            "DHE-RSA-AES128-GCM-SHA256:@SECLEVEL=0",
            "-dhparam",
            pki.folder / "dh1024.pem",
            key=2048,
        ),
        {"tls.offered": True, "tls.weak_suites": "> 0"},
    )
    yield (
        "dh-2048",
        lambda: s_server(
            "dh-2048", "-tls1_2", "-cipher", "DHE-RSA-AES128-GCM-SHA256", "-dhparam", pki.folder / "dh2048.pem", key=2048
        ),
        {"tls.offered": True, "tls.weak_suites": 0},
    )
    yield (
        "anonymous",
        lambda: openssl("-nocert", "-tls1_2", "-cipher", "aNULL:@SECLEVEL=0"),
        {"tls.offered": True, "tls.weak_suites": "> 0"},
    )
    yield "psk-only", lambda: openssl("-nocert", "-psk", "00ff", "-tls1_2", "-cipher", "PSK"), NONE
    yield "brainpool", lambda: s_server("brainpool", "-tls1_2", "-curves", "brainpoolP384r1"), UNTOLD | {"tls.offered": True}
    yield "alert-alone", lambda: one(says(ALERT)), NONE | {"https.forced": False}
    yield "alert-led-to", lambda: one(says(ALERT)), NONE | {"https.forced": False}
    yield "http-on-443", lambda: one(says(answer(status="400 Bad Request"))), NONE
    yield "ssh-on-443", lambda: one(banner), NONE
    yield "resets", lambda: one(resetting), NONE
    yield "silent", lambda: one(silent), NONE
    yield "closed", None, NONE
    # Nobody is there at either port: without a host nothing can be said of its offers, and that is the host's own fault.
    yield "both-closed", None, dict.fromkeys(("tls.offered", "https.forced", "https.hsts_days"), "unknown (connect)")
    hsts = lambda value: answer(f"Strict-Transport-Security: {value}")  # noqa: E731
    yield (
        "hsts-year",
        lambda: python(leaf("hsts-year"), said=hsts("max-age=31536000; includeSubDomains")),
        {"https.hsts_days": 365},
    )
    yield "hsts-zero", lambda: python(leaf("hsts-zero"), said=hsts("max-age=0")), {"https.hsts_days": 0}
    yield "hsts-bad", lambda: python(leaf("hsts-bad"), said=hsts("max-age=one year")), {"https.hsts_days": 0}
    yield "hsts-none", lambda: python(leaf("hsts-none")), {"https.hsts_days": 0, "https.forced": True}
    yield "plain-too", lambda: python(leaf("plain-too")), {"https.forced": False}
    yield "plain-closed", lambda: python(leaf("plain-closed")), {"https.forced": True}
    down = answer("Location: http://downgrade.wire.test/", status="302 Found")
    yield "downgrade", lambda: python(leaf("downgrade"), said=down), {"tls.offered": True, "https.forced": False}
    mixed = answer(body=b"<title>x</title><img src='http://khac.test/a.png'><script src='http://khac.test/a.js'></script>")
    yield "mixed", lambda: python(leaf("mixed"), said=mixed), {"https.mixed_content": 2}
    challenge = answer(
        status="403 Forbidden", body=b"<title>Just a moment...</title><script src='/cdn-cgi/challenge-platform/x.js'></script>"
    )
    # The header of a page that keeps robots out is not the portal's, whose own nobody has seen.
    yield "challenge", lambda: python(leaf("challenge"), said=challenge), FINE | {"https.hsts_days": "unknown (challenge)"}
    yield from others(leaf)


PLAIN = {"plain-too": OK, "downgrade": OK, "plain-closed": None, "both-closed": None}
"""What port 80 says: by default it leads to HTTPS, or answers where there is none."""
ALIVE = {"closed", "silent", "resets", "ssh-on-443", "http-on-443", "alert-alone"}


def host_of(name):
    return f"{name}.wire.test"


@asynccontextmanager
async def bed(folder, places=None):
    """Run every endpoint; gives their truth by name, and the ways out that lead to them.

    ``places`` is filled with where each ``host:port`` really is, for peers, which ask the ports themselves.
    """
    pki, places = Pki(folder), {} if places is None else places
    truth = {}
    with ExitStack() as running:
        for name, starts, told in secure(pki, host_of):
            host, truth[name] = host_of(name), told
            places[f"{host}:443"] = f"127.0.0.1:{running.enter_context(starts()) if starts else closed_port()}"
            said = PLAIN.get(name, OK if name in ALIVE else answer(TO_HTTPS.format(host=host), status="301 Moved Permanently"))
            places[f"{host}:80"] = f"127.0.0.1:{running.enter_context(one(says(said))) if said else closed_port()}"
        network = {"requests_per_second": 0, "retry_pause": 0.1, "connect_to": places, "trust": [str(pki.trust)]}
        peers = tuple(f"https://{host_of(name)}/" for name in ("good-ec", "good-rsa"))
        ways = Network(Settings(network=network), SystemClock(), load_vocabulary("probes"), frozenset(), patience=5, peers=peers)
        async with ways:
            yield truth, ways


async def said_of(name, ways, *, host=host_of, probes=(tls.PROBE, transport.PROBE, uptime.PROBE)):
    """Give what the probes say of an endpoint: measure to value, ``unknown (cause)`` where they give none."""
    site = Site(url=f"https://{host(name)}/", roles=(SiteRole.PORTAL,), agencies=("mau",))
    found = {}
    with TemporaryDirectory() as folder:
        writer = VisitWriter(Path(folder), "run/visit", SystemClock(), lambda digest: None)
        for probe in probes:
            async with ways.doors(writer) as doors:
                seen = await probe.look(site, doors)
            known = Known(
                captured_at=SystemClock().now(), site=site, agencies=(), vocabulary=ways.vocabulary, document=parser(),
                guidelines=load_guidelines(ROOT / "config"),
            )  # fmt: skip
            for reading in probe.assess(seen, known):
                measured = isinstance(reading, Measured)
                found[reading.measure] = reading.value if measured else f"unknown ({getattr(reading, 'cause', 'no duty')})"
        writer.abandon()
    return found


async def said_all(names, ways, **given):
    """Give what is said of each of these, a few at a time."""
    said, gate = {}, anyio.CapacityLimiter(_AT_ONCE)

    async def tell(name):
        async with gate:
            said[name] = await said_of(name, ways, **given)

    async with anyio.create_task_group() as group:
        for name in names:
            group.start_soon(tell, name)
    return said


def wrong(told, said):
    """Give what is said otherwise than it is: measure to a pair of truth and saying."""
    return {measure: (truth, said.get(measure)) for measure, truth in told.items() if not _is(truth, said.get(measure))}


def _is(truth, said):
    if truth == "> 0":
        return isinstance(said, int) and not isinstance(said, bool) and said > 0
    return said == truth
