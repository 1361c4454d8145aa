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
    assert (reading.facts["active"], reading.facts["passive"], reading.facts["sent_to"]) == (3, 6, 1)
    assert reading.because.key == "transport.mixed.both"
    assert reading.value == 10
    assert reading.evidence[0].passage == "http://a.test/x.js"


def test_what_a_form_sends_to_is_not_called_loaded():
    reading = judged("https.mixed_content", body="<form action='http://so.test/tim'></form>" + PAGE)
    assert (reading.value, reading.because.key) == (1, "transport.mixed.sent")


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


@pytest.mark.parametrize(
    ("markup", "active", "passive"),
    [
        ("<script type=text/plain src=http://a.test/1></script>", 0, 0),
        ("<script type=text/x-javascript-template src=http://a.test/1></script>", 0, 0),
        ("<script type=application/json src=http://a.test/1></script>", 0, 0),
        ("<script language=vbscript src=http://a.test/1></script>", 0, 0),
        ("<script nomodule src=http://a.test/1></script>", 0, 0),
        ("<script language=JavaScript src=http://a.test/1></script>", 1, 0),
        ("<script type=' text/JavaScript ' src=http://a.test/1></script>", 1, 0),
        ("<script type=module src=http://a.test/1></script>", 1, 0),
        ("<form action=http://a.test/1></form>", 0, 1),
        ("<form method=dialog action=http://a.test/1></form>", 0, 0),
        ("<form action=/><button formaction=http://a.test/1>gửi</button></form>", 0, 1),
        ("<form action=/><input type=submit formaction=http://a.test/1></form>", 0, 1),
        ("<form id=f></form><button form=f formaction=http://a.test/1>gửi</button>", 0, 1),
        ("<form action=/><button type=button formaction=http://a.test/1>gửi</button></form>", 0, 0),
        ("<form action=/><input type=text formaction=http://a.test/1></form>", 0, 0),
        ("<button formaction=http://a.test/1>gửi</button>", 0, 0),
        ("<svg><image href=http://a.test/1 /></svg>", 0, 1),
        ("<svg><image xlink:href=http://a.test/1 /></svg>", 0, 1),
        ("<svg><use href='http://a.test/1#x' /></svg>", 1, 0),
        ("<svg><script href=http://a.test/1></script></svg>", 1, 0),
        ("<svg><a href=http://a.test/1>x</a></svg>", 0, 0),
        ("<picture><source srcset='http://a.test/1 2x, http://a.test/2'><img src=/3></picture>", 0, 2),
        ("<picture><source src=http://a.test/1><img src=/3></picture>", 0, 0),
        ("<img srcset='data:image/svg+xml;utf8,<svg,xmlns=http://www.w3.org/2000/svg> 1x, /b.png 2x'>", 0, 0),
        ("<img srcset='http://a.test/a,b.png 100w, http://a.test/c.png'>", 0, 2),
        ("<iframe src=http://a.test/1></iframe>", 1, 0),
        ("<iframe srcdoc=x src=http://a.test/1></iframe>", 0, 0),
        ("<object data=http://a.test/1></object><embed src=http://a.test/2>", 2, 0),
        ("<link rel=preload as=script href=http://a.test/1>", 1, 0),
        ("<link rel=preload as=image imagesrcset='http://a.test/1, http://a.test/2 2x'>", 0, 2),
        ("<link rel=stylesheet type=text/less href=http://a.test/1><link rel=stylesheet disabled href=http://a.test/2>", 0, 0),
        ("<link rel=preconnect href=http://a.test/><link rel=alternate href=http://a.test/1>", 0, 0),
        ("<table background=http://a.test/1><tr><td background=http://a.test/2>x</table>", 0, 2),
        ("<style>@namespace svg url(http://www.w3.org/2000/svg); /* url(http://a.test/1) */</style>", 0, 0),
        ("<style>@import url('http://a.test/1'); @import \"http://a.test/2\"; p{background:url(http://a.test/3)}</style>", 2, 1),
        ("<style type=text/less>p{background:url(http://a.test/3)}</style>", 0, 0),
        ("<img src=http://127.0.0.1/1><img src=http://127.9.9.9/1><img src=http://a.localhost/1><img src='http://[::1]/1'>", 0, 0),
        ("<template><img src=http://a.test/1></template><!-- <img src=http://a.test/1> -->", 0, 0),
    ],
)  # fmt: skip
def test_what_browsers_load_by_themselves_is_counted_and_nothing_else(markup, active, passive):
    reading = judged("https.mixed_content", body=PAGE + markup)
    shown = reading.facts["passive"] + reading.facts["sent_to"]
    assert (reading.facts["active"], shown, reading.value) == (active, passive, active + passive)


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
        ("<script src=//cdn.test/a.js integrity='sha384-'></script>", 1, 1, "some"),
        ("<script src=//cdn.test/a.js integrity='sha384-!!!'></script>", 1, 1, "some"),
        ("<script src=//cdn.test/a.js integrity='sha3-Zm9v'></script>", 1, 1, "some"),
        (f"<script src=//cdn.test/a.js integrity='{HASH}?ct=x'></script>", 1, 0, "all"),
        ("<script src=//cdn.test/a.js type=text/plain></script>", 0, 0, "none"),
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
