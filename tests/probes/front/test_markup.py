"""What the front page loads: mixed content, and foreign scripts without a hash."""

import pytest
from front import judged
from knowing import PAGE

MIXED = """<!doctype html><head><link rel=stylesheet href="http://a.test/s.css"><link rel=canonical href="http://so.test/">
<script src="http://a.test/x.js"></script><script src="//a.test/ok.js"></script><style>body{background:url('http://b.test/bg.png')}</style></head>
<body><img src="http://b.test/1.png"><img src="http://b.test/1.png" srcset="http://b.test/2.png 2x, /3.png"><img src="/ok.png">
<a href="http://c.test/">liên kết</a><iframe src="http://d.test/"></iframe><form action="http://so.test/tim"></form><form action="/tim"></form>
<video poster="http://b.test/p.jpg"><source src="http://b.test/v.mp4"></video><noscript><img src="http://e.test/pixel"></noscript>
<img src="http://localhost/x.png"><div style="background:url(http://b.test/div.png)">x</div></body>"""


def test_mixed_content_counts_each_address_that_the_page_loads_unencrypted():
    reading = judged("https.mixed_content", body=MIXED)
    assert (reading.facts["active"], reading.facts["passive"]) == (3, 7)
    assert reading.value == 10
    assert reading.evidence[0].passage == "http://a.test/x.js"


def test_links_to_other_sites_are_no_mixed_content():
    assert judged("https.mixed_content", body="<a href='http://khac.test/'>x</a>" + PAGE).value == 0


def test_a_base_without_encryption_spoils_every_relative_address():
    assert (
        judged(
            "https.mixed_content", body="<head><base href='http://so.test/'></head><img src=a.png><script src=b.js></script>"
        ).value
        == 2
    )


def test_a_policy_that_upgrades_leaves_nothing_mixed():
    reading = judged("https.mixed_content", "Content-Security-Policy: upgrade-insecure-requests", body=MIXED)
    assert (reading.value, reading.because.key) == (0, "transport.mixed.upgraded")


HASH = "sha384-oqVuAfXRKap7fdgcCY5uykM6+R9GqQ8K/uxy9rx7HNQlGYl1kPzQho1wx4JwY8wC"


@pytest.mark.parametrize(
    ("markup", "foreign", "count", "key"),
    [
        ("<script src=/a.js></script><script>1</script>", 0, 0, "none"),
        ("<script src=//cdn.so.test/a.js></script>", 0, 0, "none"),
        ("<script src=//cdn.test/a.js></script>", 1, 1, "some"),
        ("<base href=https://cdn.test/><script src=a.js></script>", 1, 1, "some"),
        (f"<script src=//cdn.test/a.js integrity='{HASH}'></script>", 1, 0, "all"),
        (f"<script src=//cdn.test/a.js integrity='md5-1 {HASH.upper()}'></script>", 1, 0, "all"),
        ("<script src=//cdn.test/a.js integrity='md5-1'></script>", 1, 1, "some"),
        (f"<script src=//cdn.test/a.js integrity='{HASH}'></script><script src=//cdn.test/a.js></script>", 1, 1, "some"),
        ("<script src=//cdn.test/a.js type=module></script><script src=//cdn.test/b.js type=text/javascript></script>", 2, 2, "some"),
        ("<script src=//cdn.test/a.json type=application/ld+json></script>", 0, 0, "none"),
        ("<body><noscript><script src=//cdn.test/a.js></script></noscript>", 0, 0, "none"),
        ("<script src='http://[oops/'></script><script src='data:text/javascript,1'></script>", 0, 0, "none"),
    ],
)  # fmt: skip
def test_scripts_from_other_sites_are_counted_where_no_hash_holds_them(markup, foreign, count, key):
    reading = judged("headers.integrity", body=markup + PAGE)
    assert (reading.facts["foreign"], reading.value, reading.because.key) == (foreign, count, f"transport.integrity.{key}")
