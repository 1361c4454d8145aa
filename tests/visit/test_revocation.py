"""Revocation over the network: a real OCSP responder, real lists, and whatever can be wrong with them; silence accuses nobody."""

from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import anyio
import pytest
from authority import CRL_URL, DAY, DER, OCSP_URL, OPENSSL, PEM, Authority
from cryptography import x509
from doors import http_door
from handshakes import read, seen
from servers import Site, answer, closed_port, serve
from tls import s_server
from visits import desk

from auditor.clock import SystemClock
from auditor.engines.again import assess_again
from auditor.model.evidence import Chain, Exchange, Proof, ProofKind, digest_of
from auditor.model.visit import Blame, Cause
from auditor.sdk.catalogue import build
from auditor.sdk.tls import Endpoint, Revocation
from auditor.visit.doors.tls import revocation
from auditor.visit.doors.tls.ocsp import case_of, ocsp_word
from auditor.visit.doors.tls.revocation import Asking, Authorities, Rules
from probes import tls

pytestmark = [pytest.mark.anyio, pytest.mark.skipif(OPENSSL is None, reason="no openssl here")]
HOST = "so.khanhhoa.test"
OCSP, CRL = "ocsp.ca.test:80", "crl.ca.test:80"


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("ca"), HOST)


def endpoint_of(authority, *, trusted=True, staple=None):
    return Endpoint(
        address="192.0.2.1", connected=True, handshake=True, chain=authority.chain, trusted=trusted, chain_complete=True, hostname_matches=True,
        revocation=(Revocation(means="staple", revoked=staple, cause=None if staple is not None else Cause.NOT_RUN),), revoked=staple,
    )  # fmt: skip


@asynccontextmanager
async def asking(authority, mapped, *, rules=None, authorities=None, allow=()):
    """Give what asks as one visit does, and the HTTP door it asks through."""
    kept = {}

    def keep(body, media_type, url):
        kept[url] = body
        return Proof(digest=digest_of(body), kind=ProofKind.BLOB, media_type=media_type, size=len(body), url=url)

    authorities = authorities or Authorities(clock=SystemClock(), rules=rules or Rules())
    async with http_door(connect_to=mapped, answered=["khac.test"], allow=allow) as door:
        door.blobs = kept
        yield Asking(authorities=authorities, fetch=door.get, keep=keep, roots=authority.roots), door


async def asked(authority, mapped, *, staple=None, trusted=True, **given):
    async with asking(authority, mapped, **given) as (one, door):
        endpoint = await one.asked(endpoint_of(authority, staple=staple, trusted=trusted))
    return endpoint, {word.means: word for word in endpoint.revocation}, [exchange.url for exchange in door.kept.exchanges]


def reading_of(endpoint):
    return read(seen(endpoint))["tls.revoked"]


@pytest.mark.parametrize("by", ["middle", "delegate"])
@pytest.mark.parametrize("revoked", [False, True])
async def test_a_real_responder_tells_also_by_a_delegate(authority, by, revoked):
    with authority.responder(revoked=revoked, by=by) as port:
        endpoint, told, urls = await asked(authority, {OCSP: f"127.0.0.1:{port}"})
    assert (endpoint.revoked, told["ocsp"].revoked, told["ocsp"].cause) == (revoked, revoked, None)
    assert [url.startswith(f"{OCSP_URL}/") for url in urls] == [True]  # the list is not asked for any more
    reading = reading_of(endpoint)
    assert (reading.value, reading.facts["ocsp"]) == (revoked, "revoked" if revoked else "good")
    assert told["ocsp"].proof in reading.evidence
    assert told["ocsp"].proof.record


@pytest.mark.parametrize(
    ("given", "detail"),
    [
        ({"by": "stranger"}, "not signed by the authority"),
        ({"known": False}, "does not know the certificate"),
    ],
)
async def test_an_answer_that_does_not_count_leaves_it_to_the_list(authority, given, detail):
    with authority.responder(**given) as port, serve(Site({"/ca.crl": answer(authority.crl(revoked=True))})) as site:
        endpoint, told, _ = await asked(authority, {OCSP: f"127.0.0.1:{port}", CRL: f"127.0.0.1:{site.port}"})
    assert (told["ocsp"].revoked, told["ocsp"].cause) == (None, Cause.AMBIGUOUS)
    assert detail in told["ocsp"].detail
    assert (endpoint.revoked, told["crl"].url) == (True, CRL_URL)
    assert reading_of(endpoint).because.key == "tls.revoked_crl"


async def test_an_answer_without_an_end_counts_for_a_day_when_it_was_asked_for(authority):
    with authority.responder(days=()) as port:
        async with asking(authority, {OCSP: f"127.0.0.1:{port}"}) as (one, door):
            endpoint = await one.asked(endpoint_of(authority))
            [exchange] = door.kept.exchanges
    case, now = case_of(authority.chain, authority.roots), datetime.now(UTC)
    assert endpoint.revoked is False
    assert ocsp_word(exchange.body, case, now, endless=DAY).revoked is False
    assert ocsp_word(exchange.body, case, now + 2 * DAY, endless=DAY).revoked is None
    assert ocsp_word(exchange.body, case, now).revoked is None


SCOPED = {"full_name": [x509.UniformResourceIdentifier(CRL_URL)], "relative_name": None, "only_contains_user_certs": False,
    "only_contains_ca_certs": False, "only_some_reasons": None, "indirect_crl": False, "only_contains_attribute_certs": False}  # fmt: skip
ELSEWHERE = {**SCOPED, "full_name": [x509.UniformResourceIdentifier("http://crl.ca.test/part-2.crl")]}
LISTS = {
    "of its own part": ({"revoked": True, "extensions": [(x509.IssuingDistributionPoint(**SCOPED), True)]}, True, ""),
    "of another part": ({"extensions": [(x509.IssuingDistributionPoint(**ELSEWHERE), True)]}, None, "another part"),
    "of another part, revoked": ({"revoked": True, "extensions": [(x509.IssuingDistributionPoint(**ELSEWHERE), True)]}, None, "another part"),
    "good": ({}, False, ""),
    "revoked": ({"revoked": True}, True, ""),
    "in letters": ({"revoked": True, "form": PEM}, True, ""),
    "with a number": ({"extensions": [(x509.CRLNumber(7), False)]}, False, ""),
    "for servers": ({"extensions": [(x509.IssuingDistributionPoint(**{**SCOPED, "only_contains_user_certs": True}), True)]}, False, ""),
    "old": ({"revoked": True, "begins": -9 * DAY, "ends": -2 * DAY}, None, "holds until"),
    "of tomorrow": ({"revoked": True, "begins": DAY, "ends": 2 * DAY}, None, "holds until"),
    "signed by a stranger": ({"revoked": True, "by": "stranger"}, None, "not signed"),
    "of another authority": ({"revoked": True, "by": "root", "issuer": "root"}, None, "not signed"),
    "of changes only": ({"extensions": [(x509.DeltaCRLIndicator(3), True)]}, None, "changes only"),
    "of authorities": ({"extensions": [(x509.IssuingDistributionPoint(**{**SCOPED, "only_contains_ca_certs": True}), True)]}, None, "another scope"),
}  # fmt: skip


@pytest.mark.parametrize("name", LISTS)
async def test_a_list_counts_when_it_is_whole_of_now_and_signed(authority, name):
    given, revoked, detail = LISTS[name]
    with serve(Site({"/ca.crl": answer(authority.crl(**given), "200 OK", "Content-Type: application/pkix-crl")})) as site:
        endpoint, told, _ = await asked(authority, {CRL: f"127.0.0.1:{site.port}"}, rules=Rules(ocsp="off"))
    assert (endpoint.revoked, told["crl"].revoked) == (revoked, revoked)
    assert detail in told["crl"].detail
    reading = reading_of(endpoint)
    if revoked is None:
        assert (reading.cause, reading.cause.blame, reading.because.key) == (Cause.AMBIGUOUS, Blame.OPEN, "tls.no_word")
    else:
        assert reading.value is revoked
    assert told["crl"].proof in reading.evidence


BROKEN = {
    "not found": answer(b"no", "404 Not Found"),
    "an error": answer(b"no", "503 Service Unavailable"),
    "a page": answer(b"<html>welcome</html>", "200 OK", "Content-Type: text/html"),
    "noise": answer(b"\x30\x82\x01\x00" + bytes(300)),
    "nothing": answer(b""),
    "inside the machine": answer(b"", "302 Found", "Location: http://127.0.0.1/ca.crl"),
    "too much": answer(b"x" * (17 << 20)),
}


@pytest.mark.parametrize("name", BROKEN)
async def test_whatever_an_authority_sends_instead_accuses_nobody(authority, name):
    with serve(Site({"*": BROKEN[name]})) as site:
        endpoint, told, urls = await asked(authority, {OCSP: f"127.0.0.1:{site.port}", CRL: f"127.0.0.1:{site.port}"})
    assert (endpoint.revoked, told["ocsp"].cause, told["crl"].cause) == (None, Cause.AMBIGUOUS, Cause.AMBIGUOUS)
    reading = reading_of(endpoint)
    assert (reading.cause.blame, reading.because.key) == (Blame.OPEN, "tls.no_word")
    assert told["crl"].fault in str(reading.because)
    assert bool(told["crl"].detail) is bool(told["crl"].fault) is True
    assert len(urls) <= 8


async def test_an_authority_that_is_not_there_is_asked_once_for_many_sites_and_no_inner_address_is(authority, tmp_path):
    authorities = Authorities(clock=SystemClock())
    with serve(Site({"*": answer(b"secret")})) as inside:
        inner = Authority(tmp_path, HOST, ocsp=(f"http://127.0.0.1:{inside.port}/",), crl=(f"http://[::1]:{inside.port}/a",))
        endpoint, told, _ = await asked(inner, {})
        asked_inside = list(inside.asked)
    mapped = {OCSP: f"127.0.0.1:{closed_port()}", CRL: f"127.0.0.1:{closed_port()}"}
    [first, second] = [(await asked(authority, mapped, authorities=authorities))[1] for _ in range(2)]
    assert asked_inside == []
    assert (endpoint.revoked, told["ocsp"].cause, told["crl"].cause) == (None, Cause.AMBIGUOUS, Cause.AMBIGUOUS)
    assert first["ocsp"].detail.startswith("connect: ")
    assert second["ocsp"].detail.startswith("not asked again so soon: ")
    assert {one.cause for one in (*first.values(), *second.values()) if one.means != "staple"} == {Cause.AMBIGUOUS}


async def test_one_list_serves_many_sites_and_is_each_ones_evidence(authority):
    authorities = Authorities(clock=SystemClock(), rules=Rules(ocsp="off"))
    body = authority.crl()
    with serve(Site({"/ca.crl": answer(body)})) as site:
        found = [await asked(authority, {CRL: f"127.0.0.1:{site.port}"}, authorities=authorities) for _ in range(3)]
        assert len(site.asked) == 1
    assert [endpoint.revoked for endpoint, _, _ in found] == [False] * 3
    assert {told["crl"].proof.digest for _, told, _ in found} == {digest_of(body)}


async def test_a_certificate_that_several_addresses_show_is_asked_about_once(authority):
    with authority.responder() as port:
        async with asking(authority, {OCSP: f"127.0.0.1:{port}"}) as (one, door):
            found = [await one.asked(endpoint_of(authority)) for _ in range(3)]
    assert [endpoint.revoked for endpoint in found] == [False] * 3
    assert len(door.kept.exchanges) == 1


async def test_a_word_of_the_staple_is_enough_unless_a_hard_means_has_to_speak(authority):
    with authority.responder() as port:
        mapped = {OCSP: f"127.0.0.1:{port}", CRL: f"127.0.0.1:{closed_port()}"}
        soft, _, urls = await asked(authority, mapped, staple=False)
        hard, _, more = await asked(authority, mapped, staple=False, rules=Rules(ocsp="hard"))
        lists, told, _ = await asked(authority, mapped, staple=False, rules=Rules(crl="hard"))
        off, words, none = await asked(authority, mapped, rules=Rules(staple="off", ocsp="off", crl="off"))
    assert (urls, len(more), none, words) == ([], 1, [], {})
    assert [reading_of(one).value for one in (soft, hard)] == [False, False]
    reading = reading_of(lists)
    assert (reading.cause, reading.cause.blame, reading.because.key) == (Cause.AMBIGUOUS, Blame.OPEN, "tls.no_hard_word")
    assert (told["crl"].hard, reading.facts["crl"], reading.facts["staple"]) == (True, "ambiguous", "good")
    assert reading_of(off).cause is Cause.NOT_RUN


async def test_bad_news_counts_though_a_hard_means_is_silent(authority):
    endpoint, _, _ = await asked(authority, {CRL: f"127.0.0.1:{closed_port()}"}, staple=True, rules=Rules(crl="hard"))
    assert reading_of(endpoint).value is True


async def test_a_hard_means_that_the_certificate_does_not_name_cannot_speak_and_need_not(tmp_path):
    bare = Authority(tmp_path, HOST, ocsp=(), crl=("ldap://ca.test/o=ca", "https://ca.test/ca.crl"))
    endpoint, told, urls = await asked(bare, {}, staple=False, rules=Rules(ocsp="hard", crl="hard"))
    assert (endpoint.revoked, told["ocsp"].hard, told["crl"].hard, urls) == (False, False, False, [])
    assert reading_of(endpoint).value is False


async def test_nobody_is_asked_on_the_word_of_a_certificate_that_nobody_vouches_for(authority):
    endpoint, told, urls = await asked(authority, {}, trusted=False)
    assert (endpoint.revoked, list(told), urls) == (None, ["staple"], [])


def test_an_answer_about_another_certificate_of_the_same_number_is_none(authority, tmp_path):
    from cryptography.hazmat.primitives import hashes
    from cryptography.x509 import ocsp

    def said(issuer):
        start = datetime.now(UTC) - timedelta(hours=1)
        builder = ocsp.OCSPResponseBuilder().add_response(
            cert=authority.certificates["so"], issuer=issuer, algorithm=hashes.SHA256(), cert_status=ocsp.OCSPCertStatus.GOOD,
            this_update=start, next_update=start + DAY, revocation_time=None, revocation_reason=None,
        )  # fmt: skip
        signed = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, authority.certificates["middle"])
        return signed.sign(authority.keys["middle"], hashes.SHA256()).public_bytes(DER)

    case = case_of(authority.chain, authority.roots)
    assert ocsp_word(said(authority.certificates["middle"]), case, datetime.now(UTC)).revoked is False
    other = ocsp_word(said(authority.certificates["root"]), case, datetime.now(UTC))
    assert (other.revoked, other.detail) == (None, "the answer is about another certificate")


async def test_a_whole_visit_keeps_the_answer_as_evidence_and_is_judged_again_alike(authority, tmp_path):
    with (
        authority.responder(revoked=True) as port,
        s_server("-cert", str(authority.server), "-cert_chain", str(authority.server)) as secure,
    ):
        network = {
            "connect_to": {f"{HOST}:443": f"127.0.0.1:{secure}", OCSP: f"127.0.0.1:{port}"},
            "trust": [str(authority.trust)],
        }
        async with desk(tmp_path, network=network, hosts=(HOST,)) as office:
            visited = await office.visit(tls.PROBE, f"https://{HOST}/")
            [record] = [one for one in visited.readings if one.reading.measure == "tls.revoked"]
            [proof] = [one for one in record.reading.evidence if one.media_type == "application/ocsp-response"]
            kept = office.archive.record(office.archive.of(proof)).body
            again = list(
                assess_again(
                    [visited.record],
                    visited.readings,
                    build([("probes.tls", tls.PROBE)]),
                    office.runner.knowledge,
                    office.archive,
                )
            )
            grade = next(one for one in visited.readings if one.reading.measure == "tls.grade").reading
    assert (record.reading.value, record.reading.because.key) == (True, "tls.revoked_ocsp")
    assert ocsp_word(kept, case_of(authority.chain, authority.roots), datetime.now(UTC)).revoked is True
    assert [change for change in again if change.differs] == []
    assert [change.after for change in again] == list(visited.readings)
    assert (grade.value, "revoked" in grade.facts["caps"]) == ("f", True)


@pytest.mark.parametrize(("cause", "shunned"), [(Cause.CONNECT, True), (Cause.TIMEOUT, True), (Cause.BUDGET, False),
    (Cause.CAPABILITY, False), (Cause.RATE_LIMITED, False), (Cause.OWN_LINK, False)])  # fmt: skip
async def test_only_an_authority_whose_own_fault_it_is_is_left_alone_for_a_while(authority, cause, shunned):
    asked_for = []

    async def fetch(url, **given):
        asked_for.append(url)
        failed = Exchange(url=url, status=None, at=datetime.now(UTC), cause=cause, digest=None, body=b"")
        return Chain(hops=(failed,), cause=cause)

    authorities = Authorities(clock=SystemClock(), rules=Rules(ocsp="off"))
    for _ in range(2):
        await Asking(authorities=authorities, fetch=fetch, keep=None, roots=authority.roots).asked(endpoint_of(authority))
    assert len(asked_for) == (1 if shunned else 2)


def test_remembered_lists_are_bounded_the_oldest_gives_way_and_a_newer_one_takes_its_own_place(monkeypatch):
    monkeypatch.setattr(revocation, "_REMEMBERED", 100)
    authorities = Authorities(clock=SystemClock())
    for _ in range(3):
        authorities.keep("a", bytes(60))
    authorities.keep("b", bytes(40))
    assert [len(authorities.kept(name) or b"") for name in "ab"] == [60, 40]
    authorities.keep("c", bytes(30))
    assert [len(authorities.kept(name) or b"") for name in "abc"] == [0, 40, 30]
    authorities.keep("d", bytes(101))
    assert authorities.kept("d") is None
    monkeypatch.setattr(revocation, "_MOST_LISTS", 2)
    authorities.keep("e", b"x")
    assert [authorities.kept(name) is not None for name in "bce"] == [False, True, True]


async def test_what_is_remembered_of_authorities_does_not_grow_with_their_number():
    authorities = Authorities(clock=SystemClock())
    for number in range(3_000):
        url = f"http://ca{number}.test/crl"
        authorities.shun(url, Cause.CONNECT, "nobody there")
        async with authorities.turn(url):
            pass
    assert len(authorities._shunned) <= 1_000
    assert len(authorities._turns) == 0
    assert authorities.shunned("http://ca2999.test/other") == (Cause.CONNECT, "nobody there")


async def test_a_list_is_fetched_by_one_visit_at_a_time():
    authorities, within, most = Authorities(clock=SystemClock()), 0, 0

    async def fetch():
        nonlocal within, most
        async with authorities.turn("http://ca.test/crl"):
            within += 1
            most = max(most, within)
            await anyio.sleep(0.01)
            within -= 1

    async with anyio.create_task_group() as group:
        for _ in range(5):
            group.start_soon(fetch)
    assert most == 1
