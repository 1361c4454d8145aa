"""The sample province: it starts, answers as it was planned to, through the real doors, and leaves nothing behind."""

import asyncio
import gc
import smtplib
import socket
import ssl
import threading
import warnings
from datetime import UTC, datetime, timedelta
from pathlib import Path

import dns.message
import dns.query
import dns.rcode
import pytest
from cryptography import x509
from doors import http_door

from auditor.editions.load import edition_ids, load_edition
from auditor.model.evidence import Cut, Exchange
from auditor.model.visit import Cause
from auditor.model.zone import local_date
from auditor.registry.load import load_registry
from auditor.sample.province import province
from auditor.sample.writer import Writer
from auditor.sdk.dates import dates
from auditor.sdk.html import Document
from auditor.sdk.limits import MIB, Limits
from auditor.sdk.outcome import cause_of
from auditor.sdk.text import nfc
from auditor.settings import load_settings

pytestmark = [pytest.mark.anyio, pytest.mark.slow]
SHIPPED = Path(__file__).parents[2] / "config"
DEAD = {"404": 404, "410": 410, "soft_404": 200}
UNVERIFIED = {"so-mau-tai-chinh", "so-mau-y-te", "so-mau-xay-dung", "so-mau-du-lich", "huyen-mau-son"}


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    with province(tmp_path_factory.mktemp("province"), SHIPPED) as found:
        yield found


def door_to(running, **given):
    settings = load_settings(running.config, {}).network
    return http_door(connect_to=settings.connect_to, trust=settings.trust, answered={"another.test"}, **given)


def site_of(running, code):
    return next(site for site in running.sites if site.host == f"{code}.khanhhoa.test")


def place(running, name):
    host, _, port = running.places[name].rpartition(":")
    return host, int(port)


def section_url(running, code, name):
    site = site_of(running, code)
    section = next(section for section in site.sections if section.id == name)
    return site.url.rstrip("/") + Writer(site, running.start).href(section)


async def read(running, url, **given):
    async with door_to(running) as door:
        return await door.get(url, why="test", **given)


def parsed(chain):
    assert chain.cause is None
    return Document(chain.final)


async def test_every_host_answers_as_planned(running):
    async with door_to(running) as door:
        for site in running.sites:
            chain = await door.get(site.url, why="test")
            whole = {"challenge": Cause.CHALLENGE, "robots": Cause.ROBOTS, "down": Cause.CONNECT}.get(site.whole)
            assert (chain.cause or cause_of(chain.final)) is whole, site.host
            if whole is None:
                assert chain.final.status == 200
                assert bool(chain.final.unverified) is (site.host.partition(".")[0] in UNVERIFIED), site.host
                assert site.title in Document(chain.final).title


async def test_every_link_to_a_section_leads_to_what_was_planned_for_it(running):
    for site in running.sites:
        if site.whole or site.delay:
            continue
        writer = Writer(site, running.start)
        async with door_to(running) as door:
            for section in site.sections:
                if not section.url:
                    chain = await door.get(site.url.rstrip("/") + writer.href(section), why="test")
                    assert chain.final.status == DEAD.get(section.state, 200), (site.host, section.id)
                    apology = "Không tìm thấy trang" in Document(chain.final).title
                    assert apology is (section.state == "soft_404"), (site.host, section.id)


async def test_every_link_on_a_page_of_the_model_leads_somewhere(running):
    """What is planted broken is broken; nothing else is."""
    site = site_of(running, "so-mau-thong-tin")
    asked, due, floods = set(), [site.url], ("/tai-lieu/anh-tu-lieu", "/tai-lieu/ban-so-hoa")
    async with door_to(running) as door:
        while due:
            url = due.pop()
            if url in asked or not url.startswith(site.url) or url.endswith(floods):
                continue
            asked.add(url)
            chain = await door.get(url, why="test")
            assert chain.final.status == 200, url
            if chain.final.media_type == "text/html":
                due += [link.url for link in Document(chain.final).links]
    assert len(asked) > 60


@pytest.mark.parametrize(
    ("code", "title"), [("so-mau-thong-tin", "news"), ("so-mau-y-te", "news"), ("so-mau-xay-dung", "news"),
                        ("thi-xa-mau-hai", "news"), ("so-mau-tai-chinh", "news"), ("thi-xa-mau-hai", "legal_documents")]
)  # fmt: skip
async def test_the_newest_date_of_a_list_is_as_old_as_planned_in_each_family(running, code, title):
    site = site_of(running, code)
    section = next(section for section in site.sections if section.id == title)
    document = parsed(await read(running, section_url(running, code, title)))
    clock = next(block.text for block in document.blocks if f"{running.start:%d/%m/%Y}" in block.text)
    found = [span.day for block in document.blocks if block.text != clock for span in dates(block.text)]
    assert max(found) == running.start - timedelta(days=section.newest)
    assert len(found) >= section.entries


async def test_dates_count_from_the_day_that_is_given(tmp_path):
    day = datetime(2019, 3, 1, 5, tzinfo=UTC)
    with province(tmp_path, SHIPPED, today=day) as found:
        assert found.start == local_date(day)
        document = parsed(await read(found, section_url(found, "huyen-mau-binh", "news")))
    assert "30/01/2019" in document.text()


async def test_labels_are_spelled_as_careless_software_does(running):
    site = site_of(running, "so-mau-xay-dung")
    chain = await read(running, site.url)
    raw = chain.final.body.decode()
    assert "Gio\u031b\u0301i thie\u0323\u0302u" in raw
    assert "khen thƣởng" in raw
    labels = {link.label for link in parsed(chain).links}
    assert {"Giới thiệu", "Thi đua khen thưởng", "Cơ cấu tổ chức", "Phổ biến pháp luật"} <= labels


async def test_one_page_is_in_windows_1258(running):
    chain = await read(running, section_url(running, "so-mau-xay-dung", "functions"))
    assert "windows-1258" in chain.final.header("content-type")
    with pytest.raises(UnicodeDecodeError):
        chain.final.body.decode("utf-8")
    assert "giúp cấp trên quản lý lĩnh vực được giao" in nfc(parsed(chain).text())


async def test_a_menu_may_be_pictures_without_words(running):
    pictures = [link for link in parsed(await read(running, "https://so-mau-thong-tin.khanhhoa.test/")).links if link.image]
    assert {link.url.rpartition("/")[2] for link in pictures if not link.label} >= {
        "lanh-ao-so",
        "chi-ao-ieu-hanh",
        "duong-day-nong",
    }


async def test_gambling_links_stand_where_nobody_sees_them(running):
    document = parsed(await read(running, "https://so-mau-y-te.khanhhoa.test/"))
    hidden = [block.text for block in document.blocks if block.kind == "hidden"]
    assert any("nhà cái" in text for text in hidden)
    assert not any("nhà cái" in line for line in document.text().splitlines())


async def test_a_script_stands_as_text_in_a_news_title(running):
    document = parsed(await read(running, "https://so-mau-y-te.khanhhoa.test/"))
    [entry] = [link for link in document.links if "<script>" in link.label]
    assert "<script>alert" in parsed(await read(running, entry.url)).title


async def test_a_search_finds_what_the_site_has(running):
    document = parsed(await read(running, "https://huyen-mau-an.khanhhoa.test/tim-kiem?q=hoc%20bong"))
    assert [link.label for link in document.links if "học bổng" in link.label]
    document = parsed(await read(running, "https://huyen-mau-an.khanhhoa.test/tim-kiem?q=khongcogi"))
    assert "Tìm thấy 0 kết quả" in document.text()


async def test_the_english_page_is_english(running):
    document = parsed(await read(running, "https://so-mau-thong-tin.khanhhoa.test/web/english/home"))
    assert document.language.startswith("en")
    assert "Welcome to the English pages" in document.text()


async def test_the_months_of_a_calendar_never_end(running):
    url, seen = "https://huyen-mau-an.khanhhoa.test/theo-thang?nam=2026&thang=11", set()
    async with door_to(running) as door:
        for _ in range(30):
            document = Document((await door.get(url, why="test")).final)
            url = next(link.url for link in document.links if link.label == "»")
            assert url not in seen
            seen.add(url)


async def test_folders_hold_themselves(running):
    url = "https://huyen-mau-an.khanhhoa.test/duyet/"
    async with door_to(running) as door:
        for _ in range(5):
            document = Document((await door.get(url, why="test")).final)
            url = next(link.url for link in document.links if link.label == "Thư mục duyet")
    assert url.endswith("/duyet/duyet/duyet/duyet/duyet/duyet/")


async def test_a_page_that_never_ends_begins_and_is_given_up(running):
    site = site_of(running, "huyen-mau-son")
    url = section_url(running, "huyen-mau-son", "legal_documents")
    async with door_to(running) as door:
        chain = await door.get(url, why="test", limits=Limits(seconds=1.5))
        assert chain.cause is Cause.TIMEOUT
        assert chain.final.status == 200
        assert (await door.get(site.url, why="test")).cause is None, "the host is not given up for one page"


async def test_a_slow_site_takes_its_time_and_answers(running):
    chain = await read(running, "https://huyen-mau-son.khanhhoa.test/")
    assert chain.cause is None
    assert float(chain.final.seconds) >= 0.4


async def test_what_is_too_big_is_too_big_on_the_wire_or_when_it_is_unpacked(running):
    limits = Limits(seconds=20, wire=MIB, decoded=2 * MIB)
    async with door_to(running) as door:
        big = await door.get("https://so-mau-thong-tin.khanhhoa.test/tai-lieu/anh-tu-lieu", why="test", limits=limits)
        bomb = await door.get("https://so-mau-thong-tin.khanhhoa.test/tai-lieu/ban-so-hoa", why="test", limits=limits)
    assert (big.cause, big.final.cut) == (Cause.TOO_LARGE, Cut.WIRE)
    assert (bomb.cause, bomb.final.cut) == (Cause.TOO_LARGE, Cut.DECODED)
    assert bomb.final.wire_bytes < 200_000


async def test_port_80_redirects_serves_or_refuses(running):
    async with door_to(running) as door:
        redirected = await door.get("http://so-mau-thong-tin.khanhhoa.test/", why="test")
        served = await door.get("http://so-mau-tai-chinh.khanhhoa.test/", why="test")
        refused = await door.get("http://thi-xa-mau-hai.khanhhoa.test/", why="test")
    assert redirected.final.url == "https://so-mau-thong-tin.khanhhoa.test/"
    assert (served.final.url, served.final.status) == ("http://so-mau-tai-chinh.khanhhoa.test/", 200)
    assert refused.cause is Cause.CONNECT


async def test_headers_and_cookies_are_those_of_the_description(running):
    async with door_to(running) as door:
        good = (await door.get("https://so-mau-thong-tin.khanhhoa.test/", why="test")).final
        bad = (await door.get("https://so-mau-tai-chinh.khanhhoa.test/", why="test")).final
    assert good.header("strict-transport-security").startswith("max-age=31536000")
    assert "Secure" in good.header("set-cookie")
    assert good.header("content-encoding") == "gzip"
    assert bad.header("strict-transport-security") is None
    assert "Secure" not in bad.header("set-cookie")
    assert bad.header("content-encoding") is None
    assert bad.header("server") == "Microsoft-IIS/8.5"


def shaken(running, code, **versions):
    """Give the certificate and the version that a visitor who trusts everybody is shown."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        for name, version in versions.items():
            setattr(context, name, version)
        context.set_ciphers("ALL:@SECLEVEL=0")
    host = f"{code}.khanhhoa.test"
    raw = socket.create_connection(place(running, f"{host}:443"), timeout=5)
    with raw, context.wrap_socket(raw, server_hostname=host) as tls:
        return x509.load_der_x509_certificate(tls.getpeercert(binary_form=True)), tls.version()


def test_certificates_have_the_faults_that_were_planted(running):
    now = datetime.now(UTC)
    assert shaken(running, "so-mau-thong-tin")[0].not_valid_after_utc > now + timedelta(days=84)
    assert shaken(running, "so-mau-tai-chinh")[0].not_valid_after_utc < now - timedelta(days=9)
    wrong, _ = shaken(running, "so-mau-y-te")
    names = wrong.extensions.get_extension_for_class(x509.SubjectAlternativeName).value.get_values_for_type(x509.DNSName)
    assert "so-mau-y-te.khanhhoa.test" not in names
    own, _ = shaken(running, "huyen-mau-son")
    assert own.issuer == own.subject


def test_a_chain_without_its_intermediate_is_not_trusted_though_the_authority_is(running):
    context = ssl.create_default_context(cafile=running.config / "ca.pem")
    for code, complete in (("so-mau-thong-tin", True), ("so-mau-du-lich", False)):
        host = f"{code}.khanhhoa.test"
        with socket.create_connection(place(running, f"{host}:443"), timeout=5) as raw:
            if complete:
                context.wrap_socket(raw, server_hostname=host).close()
            else:
                with pytest.raises(ssl.SSLCertVerificationError, match="unable to get local issuer"):
                    context.wrap_socket(raw, server_hostname=host)


def test_an_old_server_speaks_old_tls_alone(running):
    old = {"minimum_version": ssl.TLSVersion.TLSv1}
    assert shaken(running, "so-mau-xay-dung", **old)[1] == "TLSv1.1"
    assert shaken(running, "so-mau-xay-dung", **old, maximum_version=ssl.TLSVersion.TLSv1)[1] == "TLSv1"
    with pytest.raises(ssl.SSLError):
        shaken(running, "so-mau-xay-dung", minimum_version=ssl.TLSVersion.TLSv1_2)


def test_nobody_listens_where_nobody_should(running):
    for name in ("huyen-mau-binh.khanhhoa.test:443", "truong-mau-nghe.khanhhoa.test:443", "truong-mau-nghe.khanhhoa.test:80"):
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(place(running, name), timeout=5)


def asked(running, name, kind, how=dns.query.udp):
    host, _, port = running.nameserver.rpartition(":")
    return how(dns.message.make_query(name, kind), host, port=int(port), timeout=5)


def records(message):
    return sorted(item.to_text() for group in message.answer for item in group)


@pytest.mark.parametrize("how", [dns.query.udp, dns.query.tcp])
def test_names_are_answered_over_udp_and_tcp(running, how):
    assert records(asked(running, "so-mau-y-te.khanhhoa.test", "A", how)) == ["127.0.0.1"]
    assert records(asked(running, "so-mau-y-te.khanhhoa.test", "MX", how)) == ["10 mail.so-mau-y-te.khanhhoa.test."]
    assert records(asked(running, "so-mau-y-te.khanhhoa.test", "TXT", how)) == ['"v=spf1 mx ~all"']
    assert len(records(asked(running, "trung-tam-mau-cong-nghe.khanhhoa.test", "TXT", how))) == 2
    assert records(asked(running, "_dmarc.huyen-mau-an.khanhhoa.test", "TXT", how)) == ['"v=DMARC1; p=reject"']
    assert records(asked(running, "so-mau-thong-tin.khanhhoa.test", "CAA", how)) == ['0 issue "sample-ca.test"']
    assert len(records(asked(running, "khanhhoa.test", "NS", how))) == 2


def test_a_name_that_is_not_there_is_told_from_one_without_that_record(running):
    nobody, elsewhere = asked(running, "nobody.khanhhoa.test", "A"), asked(running, "example.vn", "A")
    assert nobody.rcode() == elsewhere.rcode() == dns.rcode.NXDOMAIN
    bare = asked(running, "huyen-mau-binh.khanhhoa.test", "MX")
    assert (bare.rcode(), bare.answer) == (dns.rcode.NOERROR, [])
    assert bare.authority


def test_rubbish_does_not_stop_the_name_server(running):
    host, _, port = running.nameserver.rpartition(":")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as rubbish:
        rubbish.sendto(b"\x00rubbish", (host, int(port)))
    with socket.create_connection((host, int(port)), timeout=5) as rubbish:
        rubbish.sendall(b"\xff\xffshort")
    assert records(asked(running, "so-mau-y-te.khanhhoa.test", "A")) == ["127.0.0.1"]


def test_rubbish_does_not_stop_a_portal(running):
    for name in ("so-mau-thong-tin.khanhhoa.test:443", "huyen-mau-binh.khanhhoa.test:80"):
        for body in (b"", b"\x16\x03\x01rubbish\r\n\r\n", b"GET\r\n\r\n", b"POST / HTTP/1.1\r\n\r\n"):
            with socket.create_connection(place(running, name), timeout=5) as rubbish:
                rubbish.sendall(body)
    assert asyncio.run(read(running, "https://so-mau-thong-tin.khanhhoa.test/")).cause is None


def test_mail_servers_offer_starttls_or_do_not(running):
    context = ssl.create_default_context(cafile=running.config / "ca.pem")
    host = "mail.so-mau-thong-tin.khanhhoa.test"
    with smtplib.SMTP(*place(running, f"{host}:25"), timeout=5) as mail:
        mail._host = host  # the name by which the certificate is checked
        assert mail.ehlo()[0] == 250
        assert mail.has_extn("starttls")
        assert mail.starttls(context=context)[0] == 220
        assert mail.ehlo()[0] == 250
        assert mail.mail("someone@khanhhoa.test")[0] == 550
    with smtplib.SMTP(*place(running, "mail.so-mau-tai-chinh.khanhhoa.test:25"), timeout=5) as mail:
        mail.ehlo()
        assert not mail.has_extn("starttls")


def test_the_config_loads(running):
    settings, registry = load_settings(running.config, {}), load_registry(running.config)
    assert (settings.network.requests_per_second, settings.network.control_hosts, settings.network.allow_addresses) == (0, (), ())
    assert settings.network.trust == (running.config / "ca.pem",)
    assert [group.id for group in registry.groups] == ["1", "2", "3"]
    sizes = [sum(agency.group == group.id for agency in registry.agencies) for group in registry.groups]
    assert sizes[0] >= 5
    assert sizes[1] >= 4
    assert sizes[2] >= 4
    for row in registry.rows:
        host = row.url.split("/")[2]
        assert not row.confirmed or {f"{host}:443", f"{host}:80"} <= set(settings.network.connect_to)
    for name in edition_ids(running.config):
        edition = load_edition(running.config, name)
        assert {group for criterion in edition.criteria for group in criterion.groups} <= {group.id for group in registry.groups}


def test_the_shipped_editions_are_taken_over(running):
    assert edition_ids(running.config) == edition_ids(SHIPPED)


def test_it_starts_again_with_the_same_addresses_and_certificates(tmp_path):
    with province(tmp_path, SHIPPED) as first:
        urls, root = [site.url for site in first.sites], (first.config / "ca.pem").read_bytes()
        serial = shaken(first, "so-mau-thong-tin")[0].serial_number
    (first.config / "left-over.toml").write_text("")
    with province(tmp_path, SHIPPED) as second:
        assert [site.url for site in second.sites] == urls
        assert (second.config / "ca.pem").read_bytes() == root
        assert shaken(second, "so-mau-thong-tin")[0].serial_number == serial
        assert not (second.config / "left-over.toml").exists()


def test_certificates_that_grew_old_are_made_anew(tmp_path):
    with province(tmp_path, SHIPPED, today=datetime.now(UTC) - timedelta(days=30)) as first:
        serial = shaken(first, "so-mau-thong-tin")[0].serial_number
    with province(tmp_path, SHIPPED) as second:
        renewed, _ = shaken(second, "so-mau-thong-tin")
    assert renewed.serial_number != serial
    assert renewed.not_valid_after_utc > datetime.now(UTC) + timedelta(days=84)


def test_nothing_is_left_running(tmp_path):
    before = set(threading.enumerate())
    with province(tmp_path, SHIPPED) as found:
        idle = socket.create_connection(place(found, "so-mau-thong-tin.khanhhoa.test:443"), timeout=5)
    assert set(threading.enumerate()) <= before
    for target in found.places.values():
        host, _, port = target.rpartition(":")
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((host, int(port)), timeout=5)
    idle.close()
    gc.collect()  # an unclosed socket would warn here, and warnings are errors


def test_a_failure_inside_the_block_comes_out_as_it_was(tmp_path):
    with pytest.raises(KeyError, match="mine"), province(tmp_path, SHIPPED):
        raise KeyError("mine")


def test_the_listed_pages_are_enough_to_learn_a_template_from(running):
    for site in running.sites:
        if site.agency and not site.whole and site.host != "ban-mau-du-an.khanhhoa.test":
            writer = Writer(site, running.start)
            assert sum(len(writer.pages(section)) for section in site.sections) >= 12, site.host


def test_a_page_is_read_whole_by_the_sdk(running):
    """The frame's clock and counters change, the page's own words do not."""
    url = section_url(running, "huyen-mau-an", "legal_documents")
    first, second = (asyncio.run(read(running, url)).final for _ in range(2))
    assert isinstance(first, Exchange)
    assert first.body != second.body
    own = [[row for row in Document(page).text().splitlines() if "QĐ-MAU" in row] for page in (first, second)]
    assert own[0] == own[1] != []
