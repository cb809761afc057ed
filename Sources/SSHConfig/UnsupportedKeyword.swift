/// A keyword that would matter, and that we can't obey: named once, or refused where it guards somebody; never ignored
/// in silence.
struct UnsupportedKeyword: Sendable {
    var name: String
    /// Keywords with the same subject are named together, by the first that is met.
    var subject: String
    /// What happens instead; of a safeguard, the remedy.
    var consequence: String
    /// Values, in lower case, that ask for nothing that we don't do.
    var harmlessValues: Set<String> = []
    /// Distributions ship it in `/etc/ssh/ssh_config`, where nobody has asked for it.
    var isUsualInSystemFile = false
    /// Whoever wrote it counts on it: to go on without would take a protection away.
    var isSafeguard = false

    private static func named(
        _ name: String, _ consequence: String, subject: String? = nil, harmless: Set<String> = []
    ) -> UnsupportedKeyword {
        UnsupportedKeyword(
            name: name, subject: subject ?? name, consequence: consequence, harmlessValues: harmless)
    }

    private static let no: Set = ["no", "false"]

    static let all: [UnsupportedKeyword] =
        [
            named("AddressFamily", "addresses of both families are tried", harmless: ["any"]),
            named("BindAddress", "the system chooses the source address", subject: "source address"),
            named("BindInterface", "the system chooses the source address", subject: "source address"),
            named("CanonicalizeHostname", "host names are taken as they are", harmless: no.union(["none"])),
            named("CheckHostIP", "host keys are looked up by name only", harmless: no),
            UnsupportedKeyword(
                name: "GSSAPIAuthentication", subject: "GSSAPIAuthentication", consequence: "only keys are tried",
                harmlessValues: no, isUsualInSystemFile: true),
            named("HostbasedAuthentication", "only keys are tried", harmless: no),
            named("KnownHostsCommand", "only known_hosts files are consulted", harmless: ["none"]),
            named("NoHostAuthenticationForLocalhost", "the keys of all hosts are checked", harmless: no),
            named("PermitLocalCommand", "LocalCommand is not run", harmless: no),
            named("PKCS11Provider", "only key files and the ssh-agent are asked for keys", harmless: ["none"]),
            named("ProxyUseFdpass", "the command has to pass the data itself", harmless: no),
            named("PubkeyAuthentication", "only keys are tried", harmless: ["yes", "true", "unbound", "host-bound"]),
            UnsupportedKeyword(
                name: "RefuseConnection", subject: "RefuseConnection",
                consequence: "leave the host out with --limit, or take the line away", isSafeguard: true),
            named("RemoteCommand", "the agent's own commands are run", harmless: ["none"]),
            UnsupportedKeyword(
                name: "RevokedHostKeys", subject: "RevokedHostKeys",
                consequence: "mark the keys with '@revoked' in known_hosts, or give coord a file of its own with -F",
                harmlessValues: ["none"], isSafeguard: true),
            named(
                "SecurityKeyProvider", "keys on security tokens work through the ssh-agent only",
                harmless: ["internal"]),
            named("VerifyHostKeyDNS", "only known_hosts files are consulted", harmless: no),
            named("PreferredAuthentications", "only keys are tried"),
        ] + algorithmKeywords.map { named($0, "libssh2's algorithms are offered", subject: "algorithms") }

    private static let algorithmKeywords = [
        "Ciphers", "MACs", "KexAlgorithms", "HostKeyAlgorithms", "PubkeyAcceptedAlgorithms", "CASignatureAlgorithms",
        "RequiredRSASize", "RSAMinSize", "GSSAPIKexAlgorithms",
    ]

    /// Whether the value asks for nothing that we don't do.
    func isHarmless(_ value: String) -> Bool {
        let value = value.lowercased()
        if name == "PreferredAuthentications" { return value.split(separator: ",").contains("publickey") }
        return harmlessValues.contains(value)
    }
}
