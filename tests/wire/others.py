"""The bed's servers of GnuTLS and tlslite-ng: old protocols and suites, and each group, signature and key by itself."""

from servers_of import GNUTLS, TLSLITE, gnutls, tlslite

FINE = {"tls.offered": True, "tls.trusted": True, "tls.hostname": True, "tls.valid_now": True, "tls.chain_complete": True}
T12, T13 = "NORMAL:-VERS-ALL:+VERS-TLS1.2", "NORMAL:-VERS-ALL:+VERS-TLS1.3"
SAME = {"tls.oldest_protocol": "tls1.2", "tls.newest_protocol": "tls1.2"}
WEAK, NOT_WEAK = {"tls.weak_suites": "> 0"}, {"tls.weak_suites": 0}
SPOKEN = {"tls.offered": True, "tls.trusted": "unknown (capability)", "tls.oldest_protocol": "unknown (capability)"}
"""No client of ours agrees with it on a group, and no browser does: that it speaks TLS is all that is known."""
SSL3, TLS10, TLS12 = (3, 0), (3, 1), (3, 3)
GROUPS = {"p256": "SECP256R1", "p384": "SECP384R1", "p521": "SECP521R1", "x25519": "X25519"}
SIGNATURES = {
    "pss": (2048, "RSA-PSS-RSAE-SHA256"),
    "pkcs1": (2048, "RSA-SHA256"),
    "sha512": (2048, "RSA-SHA512"),
    "ecdsa": ("ec", "ECDSA-SHA256"),
    "p384": ("p384", "ECDSA-SHA384"),
}


def others(leaf):
    """Give, by name, how each is served and what must be said of it; ``leaf`` writes a key and its chain.

    Where a machine lacks one of the two, the bed does without its servers.
    """
    if GNUTLS is not None:
        yield from of_gnutls(leaf)
        yield from groups_of_gnutls(leaf)
    if TLSLITE:
        yield from of_tlslite(leaf)


def of_gnutls(leaf):
    def serve(name, priority, **given):
        return lambda: gnutls(leaf(name, **{"key": 2048, **given}), priority)

    yield (
        "g-normal",
        serve("g-normal", "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"),
        FINE | NOT_WEAK | {"tls.newest_protocol": "tls1.3"},
    )
    yield (
        "g-rc4-10",
        serve("g-rc4-10", "NORMAL:-VERS-ALL:+VERS-TLS1.0:-CIPHER-ALL:+ARCFOUR-128"),
        FINE | WEAK | {"tls.newest_protocol": "tls1.0"},
    )
    yield "g-rc4-md5", serve("g-rc4-md5", "NORMAL:-VERS-ALL:+VERS-TLS1.0:+ARCFOUR-128:+MD5"), FINE | WEAK
    yield "g-rc4-12", serve("g-rc4-12", f"{T12}:+ARCFOUR-128"), FINE | WEAK | SAME
    yield "g-3des", serve("g-3des", f"{T12}:-CIPHER-ALL:+3DES-CBC"), FINE | WEAK | SAME
    yield "g-3des-beside", serve("g-3des-beside", "NORMAL:+3DES-CBC"), FINE | WEAK | {"tls.newest_protocol": "tls1.3"}
    yield "g-camellia", serve("g-camellia", f"{T12}:-CIPHER-ALL:+CAMELLIA-128-CBC:+CAMELLIA-256-GCM"), FINE | NOT_WEAK | SAME
    yield "g-anonymous", serve("g-anonymous", f"{T12}:+ANON-ECDH:+ANON-DH"), FINE | WEAK
    yield "g-null", serve("g-null", f"{T12}:+NULL"), FINE | WEAK
    for name, (key, signature) in SIGNATURES.items():
        told = FINE | {"tls.newest_protocol": "tls1.2", "tls.weak_suites": 0}
        yield f"g-sign-{name}", serve(f"g-sign-{name}", f"{T12}:-SIGN-ALL:+SIGN-{signature}", key=key), told
    yield (
        "g-sign-pss-13",
        serve("g-sign-pss-13", f"{T13}:-SIGN-ALL:+SIGN-RSA-PSS-RSAE-SHA256"),
        FINE | {"tls.oldest_protocol": "tls1.3"},
    )
    yield "g-sign-sha1", serve("g-sign-sha1", f"{T12}:-SIGN-ALL:+SIGN-RSA-SHA1:%VERIFY_ALLOW_SIGN_WITH_SHA1"), FINE | SAME
    yield "g-ed25519", serve("g-ed25519", T12, key="ed25519"), FINE | {"tls.key_bits": 256, "tls.grade": "f"}
    yield "g-p521-key", serve("g-p521-key", T12, key="p521"), FINE | {"tls.key_bits": 521, "tls.grade": "c"}


def groups_of_gnutls(leaf):
    def serve(name, priority):
        return lambda: gnutls(leaf(name, key=2048), priority)

    for name, group in GROUPS.items():
        told = FINE | {"tls.newest_protocol": "tls1.3", "tls.oldest_protocol": "tls1.2", "tls.weak_suites": 0}
        priority = f"NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:-KX-ALL:+ECDHE-RSA:-GROUP-ALL:+GROUP-{group}"
        yield f"g-{name}", serve(f"g-{name}", priority), told
    yield "g-x448", serve("g-x448", f"{T12}:-KX-ALL:+ECDHE-RSA:-GROUP-ALL:+GROUP-X448"), FINE | SAME
    yield "g-ffdhe2048", serve("g-ffdhe2048", f"{T12}:-KX-ALL:+DHE-RSA:-GROUP-ALL:+GROUP-FFDHE2048"), FINE | SAME | NOT_WEAK
    yield "g-ffdhe4096", serve("g-ffdhe4096", f"{T12}:-KX-ALL:+DHE-RSA:-GROUP-ALL:+GROUP-FFDHE4096"), FINE | SAME | NOT_WEAK
    # Its certificate is enciphered with a key of a group that our library lacks in TLS 1.3: only the hello can be read.
    only_13 = {
        "tls.offered": True,
        "tls.trusted": "unknown (capability)",
        "tls.oldest_protocol": "tls1.3",
        "tls.newest_protocol": "tls1.3",
    }
    yield "g-ffdhe-13", serve("g-ffdhe-13", f"{T13}:-GROUP-ALL:+GROUP-FFDHE3072"), only_13


def of_tlslite(leaf):
    def serve(name, key=2048, **settings):
        return lambda: tlslite(leaf(name, key=key), **settings)

    old = {"cipherNames": ["rc4", "3des", "aes128"], "macNames": ["sha", "md5"], "minKeySize": 1024}
    strong, to_12 = {"cipherNames": ["aes128gcm", "aes128"]}, {"tls.oldest_protocol": "tls1.0", "tls.newest_protocol": "tls1.2"}
    both = FINE | WEAK | {"tls.oldest_protocol": "ssl3"}
    yield (
        "t-ssl3",
        serve("t-ssl3", minVersion=SSL3, maxVersion=SSL3, **old),
        both | {"tls.newest_protocol": "ssl3", "tls.vulnerabilities": "> 0"},
    )
    yield (
        "t-ssl3-rc4",
        serve("t-ssl3-rc4", minVersion=SSL3, maxVersion=SSL3, cipherNames=["rc4"]),
        both | {"tls.newest_protocol": "ssl3"},
    )
    yield (
        "t-ssl3-to-12",
        serve("t-ssl3-to-12", minVersion=SSL3, maxVersion=TLS12, **old),
        both | {"tls.newest_protocol": "tls1.2"},
    )
    yield "t-rc4-12", serve("t-rc4-12", minVersion=TLS12, maxVersion=TLS12, cipherNames=["rc4"]), FINE | WEAK | SAME
    yield (
        "t-3des",
        serve("t-3des", minVersion=TLS10, maxVersion=TLS12, cipherNames=["3des"]),
        FINE | WEAK | {"tls.oldest_protocol": "tls1.0"},
    )
    yield "t-null", serve("t-null", minVersion=TLS12, maxVersion=TLS12, cipherNames=["null"]), FINE | WEAK | SAME
    yield "t-scsv", serve("t-scsv", minVersion=TLS10, maxVersion=TLS12, **strong), FINE | NOT_WEAK | to_12
    yield (
        "t-no-scsv",
        serve("t-no-scsv", minVersion=TLS10, maxVersion=TLS12, ignores_fallback=True, **strong),
        FINE | NOT_WEAK | to_12,
    )
    curve = {"minVersion": TLS12, "maxVersion": TLS12, "keyExchangeNames": ["ecdhe_rsa"]}
    yield "t-secp256k1", serve("t-secp256k1", eccCurves=["secp256k1"], keyShares=[], defaultCurve="secp256k1", **curve), SPOKEN
    yield (
        "t-brainpool",
        serve("t-brainpool", eccCurves=["brainpoolP256r1"], keyShares=[], defaultCurve="brainpoolP256r1", **curve),
        SPOKEN,
    )
    yield (
        "t-rsa-sha1",
        serve("t-rsa-sha1", minVersion=TLS12, maxVersion=TLS12, rsaSigHashes=["sha1"], more_sig_schemes=[]),
        FINE | SAME,
    )
    yield (
        "t-anonymous",
        serve("t-anonymous", minVersion=TLS12, maxVersion=TLS12, keyExchangeNames=["dh_anon", "ecdh_anon"], anonymous=True),
        WEAK | {"tls.offered": True},
    )
