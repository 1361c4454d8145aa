"""What the probe of mail says."""

from auditor.model.note import Note

__all__: list[str] = []

NO_NAME = Note(key="mail.no_name", text="The site is an address without a name, so there is no mail in its name.")
DNS_FAILED = Note(key="mail.dns_failed", text="The DNS gave no answer about {name}: {detail}")
NO_SPF = Note(key="mail.no_spf", text="{domain} has no SPF record, so anybody can send mail in its name.")
NEAR_SPF = Note(
    key="mail.near_spf",
    text="{domain} has no SPF record, so anybody can send mail in its name. A text of it looks like one, but does not begin with"
    " “v=spf1 ”, as it has to: {record}",
)
PTR_SPF = Note(
    key="mail.ptr_spf",
    text="The SPF record of {domain} turns away others with {policy}all; it uses ptr, which is not to be used any more, for many"
    " receivers do not look it up.",
)
BAD_SPF = Note(key="mail.bad_spf", text="The SPF record of {domain} is not valid, so receivers disregard it: {problem}.")
WEAK_SPF = Note(
    key="mail.weak_spf", text="The SPF record of {domain} turns nobody away: it ends with {policy}all or says nothing of others."
)
SOUND_SPF = Note(
    key="mail.sound_spf", text="The SPF record of {domain} turns away others with {policy}all; it costs {lookups} look-ups of 10."
)
WIDE_SPF = Note(
    key="mail.wide_spf",
    text="The SPF record of {domain} lets nearly everybody send in its name: half of all {kinds} addresses or more stand in it as"
    " allowed senders.",
)
SPF_RECORDS = Note(key="mail.spf.records", text="{domain} has {count} SPF records where there must be one")
SPF_OF = Note(key="mail.spf.of", text="{domain}: {problem}")
SPF_SERVERS = Note(key="mail.spf.servers", text="{name} has {count} mail servers, more than {most}")
SPF_LOOKUPS = Note(key="mail.spf.lookups", text="more than {most} look-ups")
SPF_NO_DOMAIN = Note(key="mail.spf.no_domain", text="{term} names no domain")
SPF_NO_MECHANISM = Note(key="mail.spf.no_mechanism", text="{term} is no mechanism")
SPF_WRONG = Note(key="mail.spf.wrong", text="{term} is written wrongly")
TWICE = Note(key="mail.twice", text="{name}= stands twice")
DMARC_RECORDS = Note(key="mail.dmarc.records", text="{name} has {count} DMARC records")
DMARC_NO_POLICY = Note(key="mail.dmarc.no_policy", text="it names no policy (p=none, quarantine or reject)")
NO_DMARC = Note(key="mail.no_dmarc", text="Neither {domain} nor the organisation's {organisation} has a DMARC record.")
NO_DMARC_ALONE = Note(key="mail.no_dmarc_alone", text="{domain} has no DMARC record.")
BELOW_DMARC = Note(
    key="mail.below_dmarc",
    text="The DMARC record {name} keeps forged mail away: p={policy}. For the names below it, it asks for less: sp={below}.",
)
TESTED_DMARC = Note(
    key="mail.tested_dmarc",
    text="The DMARC record {name} asks for p={policy} only as a test (t=y), which is one step less: forged mail meets {least} at"
    " least, and is kept away.",
)
BAD_DMARC = Note(key="mail.bad_dmarc", text="The DMARC record is not valid, so receivers disregard it: {problem}.")
WEAK_DMARC = Note(
    key="mail.weak_dmarc",
    text="The DMARC record {name} keeps forged mail away from nobody or only in part: p={policy}, pct={percent}.",
)
TEST_DMARC = Note(
    key="mail.test_dmarc",
    text="The DMARC record {name} asks for p={policy} only as a test (t=y), and receivers that heed this do less than it says.",
)
SOUND_DMARC = Note(key="mail.sound_dmarc", text="The DMARC record {name} keeps forged mail away: p={policy}.")
NO_MAIL = Note(
    key="mail.no_mail",
    text="{domain} names no mail server (no MX record), so there is nothing to protect. A null MX (MX 0 .) would say that"
    " it takes no mail; without one, mail may still be brought to the name's own address.",
)
NULL_MX = Note(key="mail.null_mx", text="{domain} says itself that it takes no mail (a null MX), so there is nothing to protect.")
NO_SERVER = Note(key="mail.no_server", text="The site is for mail, and {domain} has no mail server (no MX record).")
STARTTLS = Note(
    key="mail.starttls", text="Every mail server of {domain} that was asked and answered takes mail over TLS: {servers}."
)
OLD_STARTTLS = Note(
    key="mail.starttls_old",
    text="Every mail server of {domain} that was asked and answered takes mail over TLS: {servers}. {server} has nothing newer"
    " than {version}, which is given up (RFC 8996).",
)
UNVERIFIED = Note(
    key="mail.starttls_unverified",
    text="Every mail server of {domain} that was asked and answered takes mail over TLS: {servers}."
    " The certificate of {server} does not verify: {detail}",
)
NO_STARTTLS = Note(key="mail.no_starttls", text="The mail server {server} of {domain} does not take mail over TLS: {detail}")
NO_TALK = Note(key="mail.no_talk", text="No mail server of {domain} could be talked to ({cause}): {detail}")
LOWERED_DMARC = Note(
    key="mail.lowered_dmarc",
    text="The DMARC record {name} asks for p={policy}, lowered by one step as a test or for a part of the mail (pct={percent}):"
    " forged mail meets {least} at least, and is kept away.",
)
VOID_SPF = Note(
    key="mail.void_spf",
    text="The SPF record of {domain} turns away others with {policy}all, but more than 2 of its look-ups find nothing ({names}),"
    " and a receiver may give up at the third.",
)
OPEN_SPF = Note(
    key="mail.open_spf",
    text="What the SPF record of {domain} says of others stands under {leads}, a name that differs from message to message.",
)

STS = Note(
    key="mail.mta_sts", text="MTA-STS of {domain} makes senders use TLS (mode enforce) for {days} days; it names {servers}."
)
NO_STS = Note(key="mail.no_mta_sts", text="{domain} has no MTA-STS record, so senders may be led to give up TLS.")
WEAK_STS = Note(key="mail.weak_mta_sts", text="MTA-STS of {domain} asks nothing of senders yet: its mode is {mode}.")
STS_RECORD = Note(key="mail.mta_sts_record", text="The MTA-STS record of {domain} does not count: {record}")
STS_NO_POLICY = Note(key="mail.mta_sts_no_policy", text="The MTA-STS policy of {domain} is not there to be read ({cause}).")
STS_FIELD = Note(
    key="mail.mta_sts_field", text="The MTA-STS policy of {domain} does not count: its field {field} lacks or is wrong."
)
STS_SERVER = Note(
    key="mail.mta_sts_server",
    text="The MTA-STS policy of {domain} does not name its mail server {server}, so senders may not bring it mail.",
)
STS_OPEN = Note(key="mail.mta_sts_open", text="The MTA-STS policy of {domain} could not be read from here ({cause}).")

DANE = Note(key="mail.dane", text="DANE binds every mail server of {domain} to its certificate, signed with DNSSEC: {servers}.")
NO_DANE = Note(key="mail.no_dane", text="No mail server of {domain} has a TLSA record that counts, so DANE binds none.")
DANE_UNSIGNED = Note(
    key="mail.dane_unsigned", text="The mail servers of {domain} are not named with DNSSEC, without which DANE does not count."
)
SOME_DANE = Note(key="mail.some_dane", text="DANE binds some mail servers of {domain}, but not {servers}.")
BAD_DANE = Note(
    key="mail.bad_dane",
    text="The TLSA record of {server} fits no certificate that it sent, so senders that check DANE do not bring its mail.",
)
UNSENT_DANE = Note(
    key="mail.unsent_dane",
    text="{server} has a TLSA record and sent no certificate, for no TLS came about, so senders that check DANE do not bring its"
    " mail.",
)
DANE_OPEN = Note(key="mail.dane_open", text="DANE of the mail server {server} could not be checked from here: {detail}")
