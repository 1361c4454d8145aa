"""Letters: what stands in which, that nothing of ours is ever blamed on anybody, and that nothing hostile comes through."""

import re
import shlex
import tomllib
from dataclasses import replace
from datetime import date
from decimal import Decimal as D
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from letters import LEFT, RULES, UP, finding, read, written
from province import criterion, proof
from reported import RULES as SCALES
from reported import SCRIPT, TURNED

from auditor.findings.commands import commands
from auditor.findings.expected import expected
from auditor.findings.sights import REFUSED, UNSEEN
from auditor.judge.scales import price
from auditor.model.alert import Rule
from auditor.model.edition import Basis, Source
from auditor.model.finding import FindingKind
from auditor.model.letter import Relation, Why
from auditor.model.note import Note
from auditor.model.notice import NoticeKind
from auditor.model.reading import Measured, Unavailable
from auditor.model.visit import Blame, Cause
from reports.letter import letter_words, render_letter
from reports.words import vietnamese

LOCALE = Path(__file__).parents[2] / "reports" / "locale"
PLACEHOLDER = re.compile(r"\{(\w+)\}")
MEASURES = ("a.yes", "a.state", "a.count", LEFT, UP)
BAD = {"a.yes": False, "a.state": "missing", "a.count": 1, LEFT: 5, UP: D(0)}
GOOD = {"a.yes": True, "a.state": "present", "a.count": 3, LEFT: 90, UP: D(1)}


def bad_night():
    return [read(False, "a.yes"), read("missing", "a.state"), read(D(1), UP), read(3, "a.count"), read(90, LEFT, until="x")]


def good_night():
    return [read(value, measure, until="x" if measure == LEFT else None) for measure, value in GOOD.items()]


def told(letters):
    return [(entry.why.value, entry.life.finding.subject) for letter in letters for entry in (*letter.entries, *letter.mended)]


def test_two_bad_nights_give_one_letter_and_a_good_one_the_news_that_it_is_mended():
    nights = written([bad_night(), bad_night(), bad_night(), good_night(), good_night()])
    assert [told(letters) for letters in nights] == [
        [], [("new", "1"), ("new", "2")], [], [("mended", "1"), ("mended", "2")], [],
    ]  # fmt: skip
    [letter] = nights[1]
    assert (letter.kind, letter.key, letter.to) == (NoticeKind.DIGEST, "digest/r/so-a", ("a@so-a.test",))


def test_a_letter_names_what_was_told_before_and_still_fails():
    [letter] = written([bad_night(), bad_night(), [*bad_night()[:2], read(D(0), UP)]])[2]
    assert [entry.life.finding.kind for entry in letter.entries] == [FindingKind.OUTAGE]
    assert [entry.life.finding.subject for entry in letter.still] == ["1", "2"]


def test_the_points_of_a_letter_are_those_of_the_next_best_fix():
    [letter] = written([bad_night(), bad_night()])[1]
    assert {entry.criterion.id: entry.fix.points for entry in letter.entries} == {"1": D(2), "2": D(2)}
    assert "2,00 điểm" in render_letter(letter).text
    assert "2.00 points" in render_letter(letter, "en").text


def test_a_letter_names_the_law_of_its_day():
    bases = (Basis(text="Luật cũ", valid_to=date(2019, 2, 28)), Basis(text="Luật mới", valid_from=date(2019, 3, 1)))
    rules = (criterion("1", legal_basis="", bases=bases), criterion("2"))
    [letter] = written([[read(False, "a.yes"), read(D(1), UP)]] * 2, criteria=rules)[1]
    text = render_letter(letter).text
    assert "Luật mới" in text
    assert "Luật cũ" not in text


def test_a_refusal_has_a_letter_of_its_own_that_says_how_to_let_us_in_and_until_when():
    nights = written([[read(Cause.CHALLENGE, measure) for measure in MEASURES]] * 8)
    assert [[letter.kind for letter in letters] for letters in nights] == [[NoticeKind.ACCESS], *[[]] * 7]
    [letter] = nights[0]
    text = render_letter(letter).text
    assert "User-agent: auditor\n    Allow: /" in text
    assert "30 ngày kể từ lần đầu bị từ chối (02/03/2019), tức đến hết ngày 01/04/2019" in text.replace("\n", " ")
    assert "không phải kết luận rằng trang có lỗi" in text.replace("\n", " ")


def test_after_the_grace_a_reminder_says_that_it_is_over():
    rules = replace(RULES, remind=dict.fromkeys(RULES.remind, (31,)))
    nights = written([[read(Cause.ROBOTS, measure) for measure in MEASURES]] * 32, rules=rules)
    [letter] = nights[31]
    assert "đã hết vào ngày 01/04/2019" in render_letter(letter).text.replace("\n", " ")
    assert "ended on 01/04/2019" in render_letter(letter, "en").text.replace("\n", " ")


def test_more_than_a_letter_tells_in_full_is_named():
    [letter] = written([bad_night(), bad_night()], rules=replace(RULES, details=1))[1]
    assert ([e.criterion.id for e in letter.entries], [e.criterion.id for e in letter.more]) == (["1"], ["2"])
    assert "Tiêu chí 2" in render_letter(letter).text
    assert "2 nội dung cần khắc phục" in render_letter(letter).subject


OUTCOMES = st.one_of(st.sampled_from(["good", "bad", "no duty", "missing"]), st.sampled_from(Cause))
NIGHT = st.fixed_dictionaries(dict.fromkeys(MEASURES, OUTCOMES))
OUR_WORDS = [vietnamese().cause(cause) for cause in Cause if cause.blame in {Blame.OURS, Blame.OPEN}]
OUR_ENGLISH = ["own_link", "budget", "capability", "crashed", "not_run", "ambiguous", "unconfirmed", "not_declared"]


def readings(night):
    found = []
    for measure, outcome in night.items():
        value = {"good": GOOD[measure], "bad": BAD[measure]}.get(outcome, outcome) if isinstance(outcome, str) else outcome
        if outcome != "missing":
            cause = {"cause": outcome.value} if isinstance(outcome, Cause) else {}
            because = Note(key="test", text="because of {cause}", facts=cause)
            until = "2019-04-01" if measure == LEFT and outcome in {"good", "bad"} else None
            found.append(read(value, measure, until=until, because=None if until else because))
    return found


@settings(max_examples=300, deadline=None)
@given(st.lists(NIGHT, min_size=1, max_size=6))
def test_no_letter_ever_names_a_fault_whose_cause_was_ours(nights):
    # The first sight is believed and every day reminds, so that whatever can be told is told.
    kinds = {kind: replace(rule, mended=1) for kind, rule in RULES.kinds.items()}
    rules = replace(RULES, default=Rule(nights=1), measures={}, kinds=kinds, remind=dict.fromkeys(RULES.remind, (1,)))
    shown = [readings(night) for night in nights]
    for letters, records in zip(written(shown, rules=rules), shown, strict=True):
        tonight = {record.reading.measure: record.reading for record in records}
        for letter in letters:
            for entry in (*letter.entries, *letter.more, *letter.still):
                finding = entry.life.finding
                reading = tonight[finding.measure]
                assert isinstance(reading, Measured) or reading.cause.blame in {Blame.THEIRS, Blame.REFUSING}
                assert isinstance(reading, Unavailable) is (finding.cause is not None)
                assert (finding.kind is FindingKind.ACCESS) is (
                    finding.cause is not None and finding.cause.blame is Blame.REFUSING
                )
                assert all(isinstance(tonight[part.partition(" = ")[0]], Measured) for part in finding.parts.split(", ") if part)
            for entry in letter.mended:
                assert _fine(tonight, entry.life.finding)
            for language in ("vi", "en"):
                text = render_letter(letter, language).text.replace("\n", " ")
                assert [word for word in (*OUR_WORDS, *OUR_ENGLISH) if word in text] == []


def _fine(tonight, finding):
    """What is told as mended was seen tonight: never a night of which nothing is known."""
    if finding.kind is FindingKind.OUTAGE and UP not in tonight:
        return any(isinstance(reading, Measured) for reading in tonight.values())
    if finding.kind is FindingKind.OUTAGE:
        return tonight[UP].value == 1
    if finding.parts or finding.criterion == "4":
        return any(not isinstance(tonight.get(name), Unavailable | None) for name in ("a.yes", "a.count"))
    return not isinstance(tonight.get(finding.measure), Unavailable | None)


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.attributes = set(), set()

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}


def hostile_letter():
    evil = Note(key="test.evil", text="The page says {words}.", facts={"words": SCRIPT + TURNED + "\r\nBcc: all@x.test"})
    page = replace(proof(), url=f"https://so-a.test/?q={SCRIPT}", passage=SCRIPT + TURNED + "\n.\nQUIT")

    def night():
        found = read(False, "a.yes", because=evil)
        return [replace(found, reading=replace(found.reading, evidence=(page,))), read(D(1), UP)]

    [letter] = written([night(), night()])[1]
    agency = replace(letter.agency, name=f"Sở A {SCRIPT}{TURNED}\r\nBcc: all@x.test")
    return replace(letter, agency=agency)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_everything_of_a_site_is_escaped_and_stays_on_its_line(language):
    rendered = render_letter(hostile_letter(), language)
    tags = Tags()
    tags.feed(rendered.html)
    assert tags.tags <= {"html", "head", "meta", "title", "style", "body", "div", "h1", "h2", "h3", "p", "strong", "span", "table", "tr", "th", "td", "pre", "br", "ul", "li"}  # fmt: skip
    assert tags.attributes <= {"lang", "charset", "name", "content", "class"}
    assert SCRIPT not in rendered.html
    for text in (rendered.subject, rendered.text, rendered.html):
        assert "\u202e" not in text
        assert "\r" not in text
    assert "\n" not in rendered.subject
    assert [line for line in rendered.text.split("\n") if line.startswith(("Bcc", ".", "QUIT"))] == []


def test_the_text_and_the_html_say_the_same():
    [letter] = written([bad_night(), bad_night()])[1]
    rendered = render_letter(letter)
    for entry in letter.entries:
        for said in (entry.criterion.title, entry.criterion.remedy, *entry.commands):
            assert said in rendered.text
            assert said.replace("'", "&#39;") in rendered.html


def test_the_same_letter_gives_the_same_bytes():
    [letter] = written([bad_night(), bad_night()])[1]
    assert render_letter(letter) == render_letter(letter)


@pytest.mark.parametrize(
    ("site", "agency", "url"),
    [
        ("https://so-a.test/'; rm -rf ~ #/", "so-a", "https://so-a.test/$(reboot)"),
        ("https://so-a.test/", "so-a; reboot", "https://so-a.test/`reboot`&x=|y"),
        ("file:///etc/passwd", "$(x)", "javascript:alert(1)"),
        ("https://-oProxyCommand=reboot/", "so-a", "-K/etc/passwd"),
        ("https://so-a.test:99999/", "so-a", "https://[::1/"),
    ],
)
@pytest.mark.parametrize(
    "measure", ["tls.trusted", "dns.dnssec", "mail.spf", "headers.csp", "content.news", "tls.oldest_protocol"]
)
def test_a_line_to_paste_can_do_nothing_but_look(site, agency, url, measure):
    found = replace(finding(agency="so-a", measure=measure), site=site, agency=agency, evidence=(replace(proof(), url=url),))
    for line in commands(found):
        words = shlex.split(line)
        assert words[0] in {"auditor", "curl", "openssl", "dig"}
        assert "\n" not in line
        loose = (
            re.sub(r"'[^']*'(\"'\"'[^']*')*", "", line).replace("</dev/null 2>/dev/null | openssl", "").replace("</dev/null", "")
        )
        assert not re.search(r"[;&|`$<>()]", loose), line


def test_a_plain_line_fits_what_was_measured():
    def line(measure, kind=FindingKind.CRITERION):
        return commands(finding(measure=measure, kind=kind))[-1].split(" ")[0]

    assert {m: line(m) for m in ("tls.trusted", "dns.caa", "mail.dmarc", "headers.csp", "content.news")} == {
        "tls.trusted": "openssl", "dns.caa": "dig", "mail.dmarc": "dig", "headers.csp": "curl", "content.news": "curl",
    }  # fmt: skip
    assert line("", FindingKind.OUTAGE) == "curl"


def test_what_is_expected_is_what_brings_all_points():
    for rule in SCALES:
        for one in expected(rule).wanted if rule.measure and rule.source.value != "declared" else ():
            value = one.value if not isinstance(one.value, int) or isinstance(one.value, bool) else D(one.value)
            assert price(rule.scale, value, rule.max_points) == rule.max_points
    assert [(w.measure, w.relation, w.value) for w in expected(SCALES[8]).wanted] == [("a.yes", Relation.IS, True)]
    assert expected(criterion("1", measure=None, source=Source.DECLARED)).wanted == ()


def test_both_languages_have_every_sentence_with_the_same_facts():
    texts = {name: tomllib.loads((LOCALE / name / "letters.toml").read_text("utf-8")) for name in ("vi", "en")}
    keys = {key for key in texts["vi"] if key.startswith(("letter.", "finding_state."))}
    assert keys == {key for key in texts["en"] if key.startswith(("letter.", "finding_state."))}
    assert [
        key for key in keys if sorted(PLACEHOLDER.findall(texts["vi"][key])) != sorted(PLACEHOLDER.findall(texts["en"][key]))
    ] == []
    told = [cause for cause in Cause if cause.blame in {Blame.THEIRS, Blame.REFUSING}]
    assert [cause for cause in told if letter_words("en").cause(cause) == cause.value] == []


@pytest.mark.parametrize("note", [REFUSED, UNSEEN], ids=lambda note: note.key)
def test_the_sentences_of_findings_are_translated(note):
    text = vietnamese().texts[note.key]
    assert sorted(PLACEHOLDER.findall(text)) == sorted(PLACEHOLDER.findall(note.text))


def test_a_webhook_gets_the_same_as_data():
    [letter] = written([bad_night(), bad_night()])[1]
    payload = render_letter(letter).payload
    assert (payload["key"], payload["agency"]) == ("digest/r/so-a", "so-a")
    assert [(f["criterion"], f["why"], f["points"]) for f in payload["findings"]] == [
        ("1", Why.NEW.value, "2"),
        ("2", Why.NEW.value, "2"),
    ]
