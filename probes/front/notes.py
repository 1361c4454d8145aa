"""What the checks of the front page's answer say to people."""

from auditor.model.note import Note

__all__: list[str] = []

UNAVAILABLE = Note(key="transport.unavailable", text="The front page could not be had ({cause}), so this could not be measured.")
OTHER_TLS = Note(
    key="transport.other_tls",
    text="The server speaks TLS, but not with our client ({fault}), so its front page could not be read. Which protocols and "
    "suites it takes, the tls measures tell.",
)
NO_RULE = Note(key="transport.no_rule", text="No guideline for headers is installed here, so this was not judged.")

CLOSED = Note(
    key="transport.forced.closed", text="Port 80 does not answer and HTTPS does: no page can be had without encryption."
)
FORCED_ERROR = Note(
    key="transport.forced.error",
    text="{source} answers with error {status} and no page, and HTTPS has the page: none can be had without encryption there.",
)
FORCED_UNSEEN = Note(
    key="transport.forced.unseen",
    text="The front page was read over HTTPS, but what {source} serves without encryption could not be seen ({cause}).",
)
FORCED = Note(key="transport.forced.redirect", text="{source} leads to {target}: visitors come to HTTPS by themselves.")
CLOSED_OTHER_TLS = Note(
    key="transport.forced.closed_other_tls",
    text="Port 80 does not answer, and port 443 speaks TLS, though not with our client ({fault}): no page can be had without "
    "encryption.",
)
FORCED_OTHER_TLS = Note(
    key="transport.forced.redirect_other_tls",
    text="{source} leads to {target}, where the server speaks TLS, though not with our client ({fault}).",
)
FORCED_NOBODY = Note(
    key="transport.forced.redirect_nobody",
    text="{source} leads to {target}, where no client gets in, ours or another ({fault}): nobody can open the page.",
)
FORCED_DOWNGRADED = Note(
    key="transport.forced.redirect_downgraded",
    text="{source} leads to {target}, but there is a way back without encryption: {secure} sends visitors to {insecure}.",
)
DOWNGRADED = Note(
    key="transport.forced.downgraded",
    text="{source} answers over HTTPS and sends visitors back to {target} without encryption (status {status}); HTTPS must never "
    "lead to HTTP.",
)
NOT_FORCED_OTHER_TLS = Note(
    key="transport.forced.not_other_tls",
    text="{target} is served without encryption; it must redirect to HTTPS. Port 443 speaks TLS, but not with our client "
    "({fault}).",
)
NOT_FORCED_NOBODY = Note(
    key="transport.forced.not_nobody",
    text="{target} is served without encryption; it must redirect to HTTPS. Port 443 speaks TLS, but no client gets in, ours or "
    "another ({fault}).",
)
NOT_FORCED = Note(key="transport.forced.not", text="{target} is served without encryption; it must redirect to HTTPS.")
NO_HTTPS = Note(key="transport.forced.no_https", text="The site has no HTTPS at all; {target} is served without encryption.")

HSTS = Note(key="transport.hsts.days", text="Strict-Transport-Security keeps browsers on HTTPS for {days} days.")
HSTS_SHORT = Note(key="transport.hsts.short", text="Strict-Transport-Security lasts {seconds} seconds, less than a day.")
HSTS_ABSENT = Note(key="transport.hsts.absent", text="The front page sends no Strict-Transport-Security header.")
HSTS_INVALID = Note(key="transport.hsts.invalid", text="Browsers ignore this Strict-Transport-Security header: {fault}.")
HSTS_PART = Note(key="transport.hsts.part", text="{part}: {fault}")
HSTS_UNVERIFIED = Note(
    key="transport.hsts.unverified",
    text="Browsers ignore Strict-Transport-Security here, for the certificate does not verify: {fault}",
)
HSTS_PLAIN = Note(
    key="transport.hsts.plain", text="The front page comes without HTTPS, where Strict-Transport-Security has no effect."
)

MIXED_NONE = Note(key="transport.mixed.none", text="Everything on the front page is loaded over HTTPS.")
MIXED = Note(key="transport.mixed.some", text="The front page loads {count} addresses without encryption: {examples}")
MIXED_SENT = Note(
    key="transport.mixed.sent",
    text="Forms of the front page send what visitors write to {count} addresses without encryption: {examples}",
)
MIXED_BOTH = Note(
    key="transport.mixed.both",
    text="The front page loads {loaded} addresses without encryption, and its forms send what visitors write to {sent} more: "
    "{examples}",
)
MIXED_UPGRADED = Note(
    key="transport.mixed.upgraded",
    text="The page names {named} addresses with http://; its policy upgrade-insecure-requests has them loaded over HTTPS.",
)
MIXED_PLAIN = Note(
    key="transport.mixed.plain",
    text="The front page itself comes without HTTPS, and with it {count} addresses, counting the page.",
)

INTEGRITY_NONE = Note(key="transport.integrity.none", text="The front page loads no script from other sites.")
INTEGRITY_ALL = Note(
    key="transport.integrity.all",
    text="All {foreign} scripts that the front page loads from other sites are held to a hash (integrity).",
)
INTEGRITY = Note(
    key="transport.integrity.some",
    text="{count} of {foreign} scripts that the front page loads from other sites would run whatever is sent, for they lack "
    "integrity: {examples}",
)

VERSION = Note(key="transport.version", text="The front page came over HTTP/{version}.")
VERSION_UNKEPT = Note(
    key="transport.version.unkept",
    text="The front page came over HTTP/{version} only after HTTP/2, which the server agrees to in the handshake, failed twice "
    "({fault}): browsers show an error there.",
)
VERSION_UNKNOWN = Note(key="transport.version.unknown", text="The front page's answer names no HTTP version that is known here.")
COMPRESSED = Note(key="transport.compressed", text="The front page is sent compressed ({coding}).")
NOTHING_TO_COMPRESS = Note(
    key="transport.compressed.small",
    text="The front page has {size} bytes, which one packet holds: compression would spare nobody time.",
)
NOT_COMPRESSED = Note(key="transport.compressed.not", text="The front page is sent without compression.")

CSP_ABSENT = Note(key="transport.csp.absent", text="The front page has no Content-Security-Policy.")
CSP_REPORT_ONLY = Note(
    key="transport.csp.report_only", text="The policy is only reported (Content-Security-Policy-Report-Only), not enforced."
)
CSP_INVALID = Note(key="transport.csp.invalid", text="The Content-Security-Policy holds no directive that a browser knows.")
CSP_WEAK = Note(key="transport.csp.weak", text="The Content-Security-Policy still allows: {allows}.")
CSP_TWICE = Note(
    key="transport.csp.twice",
    text="The Content-Security-Policy lets no foreign or injected script run. {names} stands in it twice: browsers take the "
    "first and pass over the rest.",
)
CSP_SOUND = Note(key="transport.csp.sound", text="The Content-Security-Policy lets no foreign or injected script run.")

FRAMING_ABSENT = Note(
    key="transport.framing.absent", text="Neither X-Frame-Options nor frame-ancestors keeps other sites from framing the page."
)
FRAMING_INVALID = Note(key="transport.framing.invalid", text="Browsers ignore this X-Frame-Options: {value}.")
FRAMING_WEAK = Note(key="transport.framing.weak", text="frame-ancestors lets any site frame the page: {value}.")
FRAMING_SOUND = Note(key="transport.framing.sound", text="Other sites cannot frame the page ({value}).")

NOSNIFF_ABSENT = Note(key="transport.nosniff.absent", text="The front page sends no X-Content-Type-Options header.")
NOSNIFF_INVALID = Note(key="transport.nosniff.invalid", text="X-Content-Type-Options must say nosniff, not {value}.")
NOSNIFF_SOUND = Note(key="transport.nosniff.sound", text="Browsers are told not to guess content types (nosniff).")

REFERRER_ABSENT = Note(key="transport.referrer.absent", text="The front page sets no Referrer-Policy.")
REFERRER_INVALID = Note(key="transport.referrer.invalid", text="Browsers know no such Referrer-Policy: {value}.")
REFERRER_WEAK = Note(
    key="transport.referrer.weak",
    text="Referrer-Policy {value} tells other sites, or unencrypted ones, where visitors come from.",
)
REFERRER_SOUND = Note(key="transport.referrer.sound", text="Referrer-Policy {value} keeps visitors' paths private.")

COOKIES_NONE = Note(key="transport.cookies.none", text="The front page sets no cookie, so there is nothing to protect.")
COOKIES_WEAK = Note(key="transport.cookies.weak", text="Cookies lack protection: {lacks}.")
COOKIE = Note(key="transport.cookies.lack", text="{name}: {lack}")
COOKIES_SOUND = Note(key="transport.cookies.sound", text="All {count} cookies are protected as they should be.")
COOKIES_ADVISED = Note(
    key="transport.cookies.advised",
    text="All {count} cookies are protected as Mozilla's Observatory asks. {names} may be a session's: then HttpOnly would keep "
    "scripts from reading it.",
)

LEAKS_WEAK = Note(key="transport.leaks.weak", text="The server tells everybody its software's version: {leaks}.")
LEAKS_SOUND = Note(key="transport.leaks.sound", text="No header tells the version of the server's software.")
