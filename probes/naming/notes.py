"""What the probe of a name says."""

from auditor.model.note import Note

__all__: list[str] = []

UNAVAILABLE = Note(key="dns.unavailable", text="The {type} records of {name} could not be had: {detail}")
NO_SUCH_NAME = Note(key="dns.no_such_name", text="The name {name} does not exist.")
NO_NAME = Note(key="dns.no_name", text="The site has no name, only the address {name}, so there is nothing in DNS to look at.")
PARKED = Note(
    key="dns.parked",
    text="{name} is parked with {service}, which shows advertisements under names that nobody uses: it is not the agency's"
    " portal, so nothing is said of it until the address is confirmed.",
)

IPV6 = Note(key="dns.ipv6.yes", text="{name} has an IPv6 address: {addresses}.")
NO_IPV6 = Note(key="dns.ipv6.no", text="{name} has no IPv6 address (no AAAA record).")
PRIVATE_IPV6 = Note(key="dns.ipv6.private", text="{name} has only IPv6 addresses that nobody outside can reach: {addresses}.")
REACHED = Note(key="dns.ipv6_reached.yes", text="{name} takes connections at port {port} of each IPv6 address: {addresses}.")
UNREACHED = Note(
    key="dns.ipv6_reached.no", text="{name} takes no connection at port {port} of its IPv6 address {address} ({cause})."
)
REACH_OPEN = Note(
    key="dns.ipv6_reached.open",
    text="Whether {name} answers at its IPv6 address {address} could not be found out here ({cause}).",
)
REACH_NOT_ASKED = Note(key="dns.ipv6_reached.not_asked", text="The IPv6 addresses of {name} were not connected to on this visit.")
REACH_MAPPED = Note(
    key="dns.ipv6_reached.mapped", text="The operator leads visits of {name} to {place}, so its IPv6 addresses were not tried."
)

SECURE = Note(key="dns.dnssec.secure", text="The addresses of {name} are signed with DNSSEC, and the signatures hold.")
UNSIGNED = Note(key="dns.dnssec.unsigned", text="The addresses of {name} are not signed with DNSSEC: {detail}.")
BOGUS = Note(key="dns.dnssec.bogus", text="The DNSSEC signatures of {name} do not hold; checking resolvers refuse it: {detail}.")
NOT_CHECKED = Note(key="dns.dnssec.open", text="DNSSEC could not be checked from here: {detail}.")

NAME_SERVERS = Note(
    key="dns.nameservers.count", text="{count} name servers answer for {zone} themselves, in {networks} networks: {servers}."
)
FEW_SERVERS = Note(key="dns.nameservers.few", text="Fewer than two name servers answer for {zone}: {servers}.")
NO_SERVERS = Note(key="dns.nameservers.none", text="No name servers were found for {name} or any name above it.")
ONE_SERVER = Note(
    key="dns.nameservers.one",
    text="The name servers of {zone} are one and the same under several names: {servers} at {addresses}.",
)
SERVERS_OPEN = Note(
    key="dns.nameservers.open", text="Whether the name server {server} answers for {zone} could not be found out here ({cause})."
)
NOT_ASKED = Note(key="dns.nameservers.not_asked", text="The name servers of {zone} were not asked themselves on this visit.")
LAME_REFUSES = Note(
    key="dns.lame.refuses", text="{server} is named as a name server of {zone}, but answers {rcode}; {count} others answer."
)
LAME_UNSURE = Note(
    key="dns.lame.unsure",
    text="{server} is named as a name server of {zone}, but does not know the zone itself; {count} others answer.",
)
LAME_SILENT = Note(
    key="dns.lame.silent", text="{server} is named as a name server of {zone}, but did not answer twice; {count} others answer."
)
LAME_BROKEN = Note(
    key="dns.lame.broken",
    text="{server} is named as a name server of {zone}, but twice gave what is no answer ({cause}); {count} others answer.",
)
LAME_NOWHERE = Note(
    key="dns.lame.nowhere", text="{server} is named as a name server of {zone}, but has no public address; {count} others answer."
)

NETWORKS = Note(
    key="dns.networks.several",
    text="The name servers of {zone} stand in {count} networks (by /24 and /48 of their addresses): {networks}.",
)
ONE_NETWORK = Note(
    key="dns.networks.one",
    text="All name servers of {zone} that answer stand in one network, and one cut takes them all: {networks}.",
)

ALIKE = Note(key="dns.alike.yes", text="All name servers of {zone} say the same of {name} (serial {serial}).")
SERIALS = Note(
    key="dns.alike.serials",
    text="The name servers of {zone} hold copies of different age ({serials}), but say the same of {name}.",
)
SPREAD = Note(
    key="dns.alike.spread",
    text="The name servers of {zone} hold the same copy (serial {serial}) and give different addresses of {name}, as those do"
    " that spread their visitors.",
)
DIFFERENT = Note(
    key="dns.alike.no",
    text="The name servers of {zone} say different things of {name}: {first} says {one}, {second} says {other}.",
)

CAA = Note(key="dns.caa.yes", text="CAA records of {zone} say which authorities may issue certificates: {records}.")
NO_CAA = Note(key="dns.caa.no", text="No CAA record above {name} limits which authorities may issue certificates.")
WILD_CAA = Note(
    key="dns.caa.wild",
    text="The CAA records of {zone} limit wildcard certificates alone; for every other name any authority may issue: {records}.",
)
BARRING_CAA = Note(
    key="dns.caa.barring",
    text="The CAA records of {zone} hold a critical property that authorities do not know ({property}), so none of them may issue"
    " a certificate: {records}.",
)
OPEN_CAA = Note(key="dns.caa.open", text="The CAA records of {zone} name no issuer, so any authority may issue: {records}.")
