"""The report as pages: nothing from outside, nothing hostile alive, every link leads somewhere, every number is the JSON's."""

import re
from dataclasses import replace
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import UndefinedError
from province import NOW, proof
from reported import ABSENT, CALENDAR, DATE, PAGE, PICTURE, SCRIPT, make_source
from selectolax.lexbor import LexborHTMLParser

from auditor.judge.uptime import DAY, account, day_shares, midnight, roll
from auditor.model.evidence import ProofKind, digest_of
from auditor.model.figures import comma
from auditor.model.uptime import Sample, SiteUptime
from auditor.model.visit import Cause
from reports.html import _environment, render_html
from reports.json import rank_json
from reports.view import Confirmed, agency_file, evidence_file, standings

VOID = {"meta", "link", "br"}
ASSETS = {"src", "srcset", "data", "poster", "background", "action", "formaction", "manifest", "ping"}


class Page(HTMLParser):
    """Everything a test asks of a page; unbalanced tags fail at once."""

    def __init__(self, path):
        super().__init__()
        self.path, self.tags, self.ids, self.links, self.text, self.marked = path, [], [], [], [], []
        self._open = []
        self.feed(path.read_text(encoding="utf-8"))
        self.close()
        assert self._open == []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self.ids += [value for name, value in attrs if name == "id"]
        self.links += [value for name, value in attrs if name == "href"]
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag):
        assert self._open.pop() == tag

    def handle_data(self, text):
        if "style" in self._open:
            return
        self.text.append(text)
        if "mark" in self._open:
            self.marked.append(text)

    @property
    def words(self):
        return "".join(self.text)


@pytest.fixture(scope="module")
def parsed(pages):
    return {path.relative_to(pages).as_posix(): Page(path) for path in sorted(pages.rglob("*.html"))}


RECORD = "urn:uuid:1"


def evidence(parsed, body):
    return parsed[f"evidence/{evidence_file(digest_of(body), RECORD)}"]


def test_there_is_a_page_an_agency_and_a_page_a_piece_of_evidence(parsed, source):
    assert {name for name in parsed if name.startswith("agency/")} == {f"agency/{row.agency}.html" for row in standings(source)}
    proofs = {p for row in standings(source) for mark in row.marks for p in mark.proofs}
    proofs |= {p for record in source.readings for p in record.reading.evidence}
    files = {f"evidence/{evidence_file(p.digest, p.record)}" for p in proofs}
    assert {name for name in parsed if name.startswith("evidence/")} == files


def test_nothing_is_loaded_from_outside_and_nothing_runs(parsed):
    for page in parsed.values():
        assert not [tag for tag, _ in page.tags if tag in {"script", "iframe", "object", "embed", "img", "base", "form", "svg"}]
        assert not [name for _, attrs in page.tags for name in attrs if name in ASSETS or name.startswith("on")]
        assert {attrs["href"] for tag, attrs in page.tags if tag == "link"} == {"data:,"}
        assert not re.search(r"url\(|@import", page.path.read_text())
        policy = next(a for t, a in page.tags if t == "meta" and a.get("http-equiv") == "Content-Security-Policy")
        assert policy["content"].startswith("default-src 'none'")


def test_every_link_leads_to_a_file_and_to_a_place_in_it(parsed, pages):
    for name, page in parsed.items():
        for link in page.links:
            target, _, place = link.partition("#")
            if link.startswith(("https://", "http://")):
                [attrs] = [a for t, a in page.tags if t == "a" and a.get("href") == link]
                assert "noreferrer" in attrs["rel"]
            elif link != "data:,":
                file = ((pages / name).parent / target).resolve() if target else (pages / name).resolve()
                assert file.is_file()
                assert not place or place in parsed[file.relative_to(pages.resolve()).as_posix()].ids


def test_no_name_is_given_twice_on_a_page(parsed):
    for page in parsed.values():
        assert len(page.ids) == len(set(page.ids))


def test_words_from_sites_are_shown_and_never_alive(parsed):
    for name in ("index.html", "agency/so-a.html"):
        assert SCRIPT in parsed[name].words
        assert "<script" not in parsed[name].path.read_text().replace("&lt;script", "")
    for page in parsed.values():
        assert not re.search("[\u202a-\u202e\u2066-\u2069\u200b\x00-\x08]", page.path.read_text())
    assert "‹U+202E›gnp.exe" in parsed["index.html"].words


def test_numbers_are_those_of_the_json(parsed, source):
    document = rank_json(source.ranking, source.edition, source.registry)
    for row in [row for group in document["groups"] for row in (*group["rows"], *group["unranked"])]:
        page = parsed[f"agency/{row['agency']}.html"]
        for number in (row["points"], row["possible"], row["pending"], row["percent"], row["low"], row["high"]):
            assert number is None or comma(number) in page.words
        foot = page.words.split("Cộng", 1)[1]
        assert foot.startswith(comma(f"{row['points']}{row['possible']}{row['pending']}{row['percent'] or '–'}"))
        if row["rank"]:
            assert comma(row["percent"]) in parsed["index.html"].words
        for mark in row["marks"]:
            if mark["kind"] == "points":
                assert comma(f"{mark['points']} / {mark['max']}") in page.words


def test_bars_are_drawn_by_css_which_knows_the_point_alone(parsed):
    styles = [attrs["style"] for page in parsed.values() for _, attrs in page.tags if "style" in attrs]
    assert len(styles) > 20
    assert all(re.fullmatch(r"(?:(?:left|width):\d+\.\d\d%;?)+", style) for style in styles)


def test_a_number_that_nothing_has_written_reaches_no_page():
    write = _environment().from_string("{{ number }}").render
    with pytest.raises(TypeError, match=r"1\.5 is not written yet"):
        write(number=Decimal("1.5"))
    with pytest.raises(TypeError, match=r"1\.5 is not written yet"):
        write(number=1.5)
    assert _environment().from_string("{{ number|two }} {{ number|exact }}").render(number=Decimal("1.5")) == "1,50 1,5"


def test_a_report_says_that_its_points_are_illustrative_and_its_edition_ended(parsed, ended, tmp_path, source):
    assert all("Điểm chỉ mang tính minh họa" in page.words for page in parsed.values())
    assert "không còn hiệu lực" not in parsed["index.html"].words
    assert "hết hiệu lực sau ngày 03/06/2020" in Page(render_html(ended, tmp_path / "a")).words
    sure = replace(source, ranking=replace(source.ranking, verified=True))
    assert "minh họa" not in Page(render_html(sure, tmp_path / "b")).words


def test_who_is_unranked_stands_there_with_the_reason(parsed):
    assert "Chưa xác định được tiêu chí nào." in parsed["index.html"].words


def test_a_mark_shows_its_reason_remedy_contradiction_and_both_proofs(parsed, source):
    page = parsed["agency/so-a.html"]
    assert "Đo được: “có nội dung”. Cơ quan tự khai: “không có”." in page.words
    assert f"../evidence/{evidence_file(proof('tự khai so-a').digest)}" in page.links
    assert any(link.startswith(f"../evidence/{evidence_file(digest_of(PAGE.encode()), RECORD)}#p") for link in page.links)
    assert page.words.count("Cần làm") == 5  # criteria 2, 3, 6, 10, 11 are not full


def test_the_next_best_fixes_stand_in_their_order_with_what_they_gain(parsed, source):
    page = parsed["agency/so-a.html"].words
    places = [
        page.index(f"{fix.criterion} Tiêu chí {fix.criterion}+{comma(f'{fix.points:.2f}')}") for fix in source.fixes["so-a"][:1]
    ]
    assert len(source.fixes["so-a"]) == 5
    assert places[0] < page.index("Điểm theo nội dung")


def test_visits_and_readings_of_the_night_say_whose_fault_it_was(parsed):
    page = parsed["agency/so-d.html"].words
    assert "trang xác minh chống robot chặn kiểm tra" in page
    assert "cơ quan từ chối truy cập" in page


def test_the_passages_that_decided_are_marked_where_they_stand(parsed):
    page = evidence(parsed, PAGE.encode())
    marked = "".join(page.marked)
    assert "Tuần <b>thứ</b> nhất" in marked
    assert DATE in marked
    assert "Strict-Transport-Security: max-age=300" in marked
    assert ABSENT not in marked
    assert "không tìm thấy nguyên văn" in page.words
    assert CALENDAR in page.words


def test_a_long_body_is_cut_and_says_how_much_is_missing(parsed):
    page = evidence(parsed, PAGE.encode())
    gaps = [int(n) for n in re.findall(r"lược bớt (\d+) ký tự", page.words)]
    shown = re.sub(r"\[… lược bớt \d+ ký tự …\]", "", page.words)
    assert gaps
    assert sum(gaps) > 50_000
    assert len(shown) < 25_000


def written_with(source, folder, *proofs, kept=None):
    """Write the report of a source whose first reading rests on more proofs."""
    first, *rest = source.readings
    more = replace(first, reading=replace(first.reading, evidence=(*first.reading.evidence, *proofs)))
    return render_html(replace(source, readings=(more, *rest), kept=kept or source.kept), folder).parent


def test_one_body_from_two_exchanges_is_two_pages_and_each_shows_its_own(source, tmp_path):
    copy, other = "https://so-a.test/ban-sao", "urn:uuid:2"
    proof = replace(source.readings[0].reading.evidence[0], url=copy, record=other)

    def kept(wanted):
        found = source.kept(wanted)
        return replace(found, status_line="HTTP/1.1 404 Not Found") if wanted.record == other else found

    folder = written_with(source, tmp_path, proof, kept=kept)
    ours, theirs = (Page(folder / "evidence" / evidence_file(proof.digest, record)) for record in (RECORD, other))
    assert f"Địa chỉ{copy}" in theirs.words
    assert copy not in ours.words
    assert "HTTP/1.1 404 Not Found" in theirs.words
    assert "HTTP/1.1 200 OK" in ours.words
    assert (f"Bản ghi WARC{RECORD}", f"Bản ghi WARC{other}") == tuple(
        f"Bản ghi WARC{page.words.split('Bản ghi WARC')[1].split()[0]}" for page in (ours, theirs)
    )


def test_one_blob_from_two_addresses_is_one_page_that_names_both(source, tmp_path):
    blob = next(p for r in source.readings for p in r.reading.evidence if p.kind is ProofKind.BLOB)
    blob = replace(blob, record=None)
    first, second = (replace(blob, url=f"https://so-a.test/{name}") for name in ("mot", "hai"))
    folder = written_with(source, tmp_path, first, second)
    assert "Cũng nhận từhttps://so-a.test/hai" in Page(folder / "evidence" / evidence_file(blob.digest)).words


def test_an_agency_is_not_blamed_for_what_the_rest_of_its_group_leaves_open(parsed):
    card = parsed["agency/so-a.html"].words.split("5 Tiêu chí 5")[1].split("Bằng chứng")[0]
    assert "Chưa biết giá trị cao nhất trong nhóm" in card
    assert "từ chối" not in card
    assert "Cần làm" not in card


def test_bytes_are_shown_in_hexadecimal_and_pruned_evidence_says_so(parsed):
    assert "89 50 4e 47" in evidence(parsed, PICTURE).words
    assert "không còn trong kho bằng chứng" in evidence(parsed, b"pruned").words


def test_pages_can_be_read_by_everybody(parsed):
    for page in parsed.values():
        assert ("html", {"lang": "vi"}) in page.tags
        assert [tag for tag, _ in page.tags].count("h1") == 1
        assert all("scope" in attrs for tag, attrs in page.tags if tag == "th")
        assert any(attrs.get("name") == "viewport" for tag, attrs in page.tags if tag == "meta")
        assert "@media print" in page.path.read_text()


def test_the_same_source_gives_the_same_bytes(pages, tmp_path):
    again = render_html(make_source(), tmp_path).parent
    files = sorted(path.relative_to(pages) for path in pages.rglob("*") if path.is_file())
    assert files == sorted(path.relative_to(again) for path in again.rglob("*") if path.is_file())
    assert all((pages / file).read_bytes() == (again / file).read_bytes() for file in files)


def test_a_name_that_a_template_does_not_know_is_an_error():
    with pytest.raises(UndefinedError):
        _environment().from_string("{{ nothing }}").render()


def test_a_code_that_is_no_file_name_stays_inside_the_report():
    assert agency_file("so-tttt") == "so-tttt.html"
    for code in ("../../etc", "a/b", ".hidden", "", "a\x00b"):
        assert Path(agency_file(code)).name == agency_file(code)
        assert re.fullmatch(r"x[0-9a-f]{24}\.html", agency_file(code))


def test_the_page_of_a_304_shows_it_before_the_answer_that_it_confirms_and_nothing_of_either_is_alive(tmp_path):
    source = make_source()
    before = Confirmed(
        record=f"urn:{SCRIPT}", at=NOW, status_line=f"HTTP/1.1 200 {SCRIPT}", headers=(("Content-Type", f"text/html {SCRIPT}"),)
    )

    def confirmed(asked):
        found = source.kept(asked)
        return replace(found, status_line="HTTP/1.1 304 Not Modified", confirms=before) if found and found.status_line else found

    render_html(replace(source, kept=confirmed), tmp_path)
    page = Page(tmp_path / "evidence" / evidence_file(digest_of(PAGE.encode()), RECORD))
    assert "không đổi so với trả lời đầy đủ nhận lúc" in page.words
    assert page.words.index("HTTP/1.1 304 Not Modified") < page.words.index("HTTP/1.1 200 <")
    assert not [tag for tag, _ in page.tags if tag == "script"]


def test_availability_stands_as_a_bar_a_day_with_its_incidents(tmp_path, source):
    start = midnight(int(NOW.timestamp()) - 3 * DAY)
    down = [Cause.HTTP_5XX] * 2
    states = [None] * 288 + [None] * 100 + down + [None] * 186 + [Cause.BLOCKED] * 288
    samples = [Sample(at=start + n * 300, cause=cause, done_ms=120) for n, cause in enumerate(states)]
    days = roll(samples, 300, start, start + 3 * DAY)
    until = start + 3 * DAY
    shown = SiteUptime(
        site="https://so-a.test/", agencies=("so-a",), account=account(days, start, until), days=day_shares(days, start, until)
    )
    pages = render_html(replace(source, uptime={shown.site: shown}), tmp_path).parent
    page = LexborHTMLParser((pages / "agency" / "so-a.html").read_bytes())
    bars = page.css(".days span")
    assert [bar.attributes["class"] for bar in bars] == ["u4", "u3", "u0"]
    assert "ngừng 10 phút" in bars[1].attributes["title"]
    assert page.css_first(".days").attributes["aria-label"] == "Trong 3 ngày có 1 ngày bị gián đoạn và 1 ngày không đủ số liệu."
    assert "máy chủ báo lỗi hoặc đang bảo trì" in page.css_first("#uptime").parent.text()
    other = LexborHTMLParser((pages / "agency" / "so-b.html").read_bytes())
    assert not other.css(".days")
