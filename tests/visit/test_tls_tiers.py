"""TLS in two tiers: a quick probe every night, and the deep scan only when the server changed or its last one is old."""

import ssl
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

import anyio
import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from tls import context_of, over, s_server, serving
from visits import GUIDELINES, site_of

from auditor.clock import SystemClock
from auditor.engines.again import assess_again
from auditor.evidence.archive import Archive
from auditor.model.agency import Registry
from auditor.model.run import Run, RunKind, RunState
from auditor.model.visit import Visit
from auditor.schedule.plan import Due
from auditor.sdk.catalogue import build
from auditor.sdk.vocabulary import load_vocabulary
from auditor.settings import Settings
from auditor.store import open_store
from auditor.visit.doors.tls import batch
from auditor.visit.doors.tls.batch import Children
from auditor.visit.doors.tls.greeting import Reply
from auditor.visit.doors.tls.hello import ECDSA, RSA, Hello, greet
from auditor.visit.knowing import Background, Knowledge
from auditor.visit.network import Network
from auditor.visit.runner import Runner
from probes import tls

pytestmark = pytest.mark.anyio
HOST = "so.khanhhoa.test"
DEEP = ("tls.weak_suites", "tls.vulnerabilities", "tls.profile", "tls.grade")
VOCABULARY = load_vocabulary("probes")
CATALOGUE = build([("probes.tls", tls.PROBE)])


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    ca = trustme.CA()
    ca.path = tmp_path_factory.mktemp("ca") / "ca.pem"
    ca.cert_pem.write_to_path(ca.path)
    return ca


def written(path, certificate):
    """Write a certificate with its key and chain; gives the file."""
    for blob in [certificate.private_key_pem, *certificate.cert_chain_pems]:
        blob.write_to_path(path, append=True)
    return str(path)


def ders(certificate):
    return tuple(x509.load_pem_x509_certificate(blob.bytes()).public_bytes(Encoding.DER) for blob in certificate.cert_chain_pems)


async def asked(port, version="tls1.3", **given):
    return await greet(Hello(host=HOST, version=version, **given), ("127.0.0.1", port), seconds=5)


@pytest.mark.parametrize(
    "suite",
    ["AES_128_GCM_SHA256", "AES_256_GCM_SHA384", "CHACHA20_POLY1305_SHA256", "AES_128_CCM_SHA256", "AES_128_CCM_8_SHA256"],
)
@pytest.mark.parametrize("group", ["X25519", "P-256", "P-384", "P-521"])
async def test_what_tls_1_3_enciphers_is_read_whatever_suite_and_group_the_server_wants(authority, tmp_path, suite, group):
    certificate = authority.create_child_ca().issue_cert(HOST)
    pem = written(tmp_path / "so.pem", certificate)
    given = ["-tls1_3", "-ciphersuites", f"TLS_{suite}", "-groups", group, "-cert", pem, "-cert_chain", pem]
    with s_server(*given) as port:
        found = await asked(port)
    assert (found.reply, found.version) == (Reply.HELLO, "tls1.3")
    assert found.chain[0] == ders(certificate)[0]
    assert set(ders(certificate)) <= set(found.chain)


@pytest.mark.parametrize("version", ["tls1.2", "tls1.3"])
async def test_what_is_stapled_comes_with_our_own_hello(authority, tmp_path, version):
    pem = written(tmp_path / "so.pem", authority.issue_cert(HOST))
    staple = ocsp.OCSPResponseBuilder.build_unsuccessful(ocsp.OCSPResponseStatus.TRY_LATER).public_bytes(Encoding.DER)
    (tmp_path / "staple.der").write_bytes(staple)
    with s_server("-cert", pem, "-status_file", str(tmp_path / "staple.der")) as port:
        found = await asked(port, version)
    assert found.staple == staple


@pytest.mark.parametrize("version", ["tls1.2", "tls1.3"])
async def test_a_server_with_a_certificate_of_each_kind_shows_both_by_what_our_hello_can_take(authority, tmp_path, version):
    ec = authority.issue_cert(HOST)
    rsa = authority.issue_cert(HOST, key_type=trustme.KeyType.RSA)
    given = [
        "-cert",
        written(tmp_path / "ec.pem", ec),
        "-dcert",
        written(tmp_path / "rsa.pem", rsa),
        "-dkey",
        str(tmp_path / "rsa.pem"),
    ]
    with s_server(*given) as port:
        shown = [(await asked(port, version, signatures=kind)).chain[0] for kind in (ECDSA, RSA)]
    assert shown == [ders(ec)[0], ders(rsa)[0]]


class Clock(SystemClock):
    """The machine's clock, moved to the night that is played."""

    ahead = timedelta()

    def now(self):
        return super().now() + self.ahead


@dataclass
class House:
    """One data folder, visited night by night; ``children`` counts the deep scans' processes."""

    path: object
    store: object
    trust: list
    clock: Clock
    children: list

    async def night(self, port, *, after=timedelta(days=1), thorough=False, **settings):
        """Visit once, so long after the last night; give the readings by measure, the record, and the number of deep scans."""
        self.clock.ahead += after
        self.children.clear()
        name = f"r{len(self.store.runs.all())}"
        self.store.runs.open(Run(id=name, kind=RunKind.PROBE, state=RunState.OPEN, started_at=self.clock.now(), scope="so"))
        network = {
            "requests_per_second": 0,
            "retry_pause": 0,
            "connect_to": {f"{HOST}:443": f"127.0.0.1:{port}"},
            "trust": self.trust,
        }
        limiter = anyio.CapacityLimiter(2)
        site = site_of(f"https://{HOST}/")
        due = Due(visit=Visit(run=name, probe=tls.PROBE.id, site=site.url), site=site, probe=tls.PROBE)
        ways = Network(Settings(network=network, **settings), self.clock, VOCABULARY, frozenset(), patience=0, thorough=thorough)
        async with ways:
            runner = Runner(
                network=ways, knowledge=self.knowledge, visits=self.store.visits, evidence=self.path / "evidence", clock=self.clock, limiter=lambda: limiter
            )  # fmt: skip
            visited = await runner.run(due)
        return {record.reading.measure: record.reading for record in visited.readings}, visited, len(self.children)

    @property
    def knowledge(self):
        background = Background(registry_hosts=frozenset(), vocabulary=VOCABULARY, guidelines=GUIDELINES, holidays=frozenset())
        return Knowledge(registry=Registry(groups=(), agencies=(), rows=()), background=background)

    @property
    def archive(self):
        return Archive(self.path / "evidence", self.store.visits.place)


@asynccontextmanager
async def house(path, authority, monkeypatch):
    children, whole = [], anyio.open_process

    async def counted(command, **more):
        if list(command) == list(batch._COMMAND):
            children.append(command)
        return await whole(command, **more)

    monkeypatch.setattr(anyio, "open_process", counted)
    with open_store("", path) as store:
        yield House(path, store, [str(authority.path)], Clock(), children)


def values(readings):
    return {measure: getattr(reading, "value", getattr(reading, "cause", None)) for measure, reading in readings.items()}


async def test_a_server_that_is_as_it_was_is_scanned_in_depth_once_a_week(authority, tmp_path, monkeypatch):
    with serving(over(context_of(authority.issue_cert(HOST)))) as server:
        async with house(tmp_path, authority, monkeypatch) as home:
            first, _, deep = await home.night(server.port)
            counted, nights = [deep], [first]
            for _ in range(8):
                connections = server.connections
                readings, _, deep = await home.night(server.port)
                counted.append(deep)
                nights.append(readings)
                assert server.connections - connections <= 8 or deep
            assert counted == [1, 0, 0, 0, 0, 0, 0, 1, 0]
            told = [{name: value for name, value in values(one).items() if name != "tls.days_left"} for one in nights]
            assert all(one == told[0] for one in told)
            for name in DEEP:
                [(_, scanned)] = nights[1][name].facts["scanned"].items()
                assert scanned == first[name].facts["scanned"]["127.0.0.1"]
                [deep_proof] = {proof.digest for proof in nights[1][name].evidence} & {
                    proof.digest for proof in first[name].evidence if proof.media_type == "application/json"
                }
                assert b'"deep":{"' in home.archive.body(deep_proof)
                assert nights[8][name].facts["scanned"] != nights[1][name].facts["scanned"]
            assert "scanned" not in nights[1]["tls.trusted"].facts


async def test_a_night_without_a_deep_scan_is_judged_again_from_its_own_evidence(authority, tmp_path, monkeypatch):
    with serving(over(context_of(authority.issue_cert(HOST)))) as server:
        async with house(tmp_path, authority, monkeypatch) as home:
            await home.night(server.port)
            _, visited, deep = await home.night(server.port)
            assert deep == 0
            changes = list(assess_again([visited.record], visited.readings, CATALOGUE, home.knowledge, home.archive))
    assert [change for change in changes if change.differs] == []
    assert [replace(change.after) for change in changes] == list(visited.readings)


@pytest.mark.parametrize(
    "change",
    [
        {"certificate": "another"},
        {"newest": ssl.TLSVersion.TLSv1_2},
        {"ciphers": "ECDHE+CHACHA20"},
        {"oldest": ssl.TLSVersion.TLSv1_1, "ciphers": "DEFAULT:@SECLEVEL=0"},
    ],
    ids=["certificate", "newest protocol", "suite", "oldest protocol"],
)
async def test_a_change_that_the_quick_probe_sees_brings_the_deep_scan(authority, tmp_path, monkeypatch, change):
    certificate = authority.issue_cert(HOST)
    with serving(over(context_of(certificate))) as server:
        async with house(tmp_path, authority, monkeypatch) as home:
            assert (await home.night(server.port))[2] == 1
            given = {**change, "certificate": authority.issue_cert(HOST) if "certificate" in change else certificate}
            server.talk = over(context_of(given.pop("certificate"), **given))
            assert [(await home.night(server.port))[2], (await home.night(server.port))[2]] == [1, 0]


async def test_a_thorough_visit_and_a_setting_of_no_days_scan_in_depth_every_time(authority, tmp_path, monkeypatch):
    with serving(over(context_of(authority.issue_cert(HOST)))) as server:
        async with house(tmp_path, authority, monkeypatch) as home:
            counted = [(await home.night(server.port))[2]]
            counted += [
                (await home.night(server.port, thorough=True))[2],
                (await home.night(server.port, tls={"deep_days": 0}))[2],
            ]
            counted += [(await home.night(server.port))[2]]
    assert counted == [1, 1, 1, 0]


async def test_a_deep_scan_whose_evidence_is_gone_or_that_was_not_whole_is_made_again(authority, tmp_path, monkeypatch):
    with serving(over(context_of(authority.issue_cert(HOST)))) as server:
        async with house(tmp_path, authority, monkeypatch) as home:
            good = batch._COMMAND
            monkeypatch.setattr(batch, "_COMMAND", (good[0], "-c", "import sys; sys.exit('hỏng rồi')"))
            broken, _, _ = await home.night(server.port)
            monkeypatch.setattr(batch, "_COMMAND", good)
            readings, _, deep = await home.night(server.port)
            assert (broken["tls.vulnerabilities"].cause.value, readings["tls.vulnerabilities"].value, deep) == ("crashed", 0, 1)
            [proof] = [one for one in readings["tls.grade"].evidence if one.media_type == "application/json"]
            (tmp_path / "evidence" / home.archive.place(proof.digest).path).unlink()
            assert (await home.night(server.port))[2] == 1


def lame(monkeypatch, *names):
    """Let the scan of the next nights not come to these checks; gives what ends that."""
    whole = Children.scan

    async def scan(self, order, *, seconds):
        said = await whole(self, order, seconds=seconds)
        return said.model_copy(update={"not_tested": names})

    monkeypatch.setattr(Children, "scan", scan)
    return lambda: monkeypatch.setattr(Children, "scan", whole)


async def test_a_deep_scan_that_left_checks_undone_is_made_again_three_nights_in_a_row_and_no_more(
    authority, tmp_path, monkeypatch
):
    with serving(over(context_of(authority.issue_cert(HOST)))) as server:
        async with house(tmp_path, authority, monkeypatch) as home:
            lame(monkeypatch, "robot")
            nights = [await home.night(server.port) for _ in range(13)]
    assert [deep for _, _, deep in nights] == [1, 1, 1, 0, 0, 0, 0, 0, 0, 1, 1, 1, 0]
    assert all("robot" in str(readings["tls.vulnerabilities"].facts) for readings, _, _ in nights)


async def test_a_check_that_comes_through_the_next_night_ends_the_trying(authority, tmp_path, monkeypatch):
    with serving(over(context_of(authority.issue_cert(HOST)))) as server:
        async with house(tmp_path, authority, monkeypatch) as home:
            mend = lame(monkeypatch, "robot")
            first, _, deep = await home.night(server.port)
            mend()
            nights = [await home.night(server.port) for _ in range(3)]
    assert ("robot" in str(first["tls.vulnerabilities"].facts), deep) == (True, 1)
    assert [deep for _, _, deep in nights] == [1, 0, 0]
    assert all("robot" not in str(readings["tls.vulnerabilities"].facts) for readings, _, _ in nights)
