/// What a keyword of ssh_config(5) means to us.
enum Keyword: Sendable {
    case host, match, include
    case honoured(HonouredKeyword)
    case unsupported(UnsupportedKeyword)
    /// Known to ssh, and of no consequence for what we do over a connection.
    case irrelevant

    /// Nil for a word that ssh does not know either. Capitals do not count.
    init?(_ word: String) {
        guard let keyword = Self.table[word.lowercased()] else { return nil }
        self = keyword
    }

    /// All keywords as ssh_config(5) writes them, for suggestions.
    static let names: [String] =
        ["Host", "Match", "Include"] + HonouredKeyword.allCases.map(\.rawValue) + UnsupportedKeyword.all.map(\.name)
        + irrelevantNames

    private static let table: [String: Keyword] = {
        var table: [String: Keyword] = ["host": .host, "match": .match, "include": .include]
        for keyword in HonouredKeyword.allCases { table[keyword.rawValue.lowercased()] = .honoured(keyword) }
        for keyword in UnsupportedKeyword.all { table[keyword.name.lowercased()] = .unsupported(keyword) }
        for name in irrelevantNames + olderNames { table[name.lowercased()] = .irrelevant }
        table["identityfile2"] = .honoured(.identityFile)
        for (alias, name) in aliases { table[alias] = table[name] }
        return table
    }()

    private static let aliases = [
        "dsaauthentication": "pubkeyauthentication", "smartcarddevice": "pkcs11provider",
        "pubkeyacceptedkeytypes": "pubkeyacceptedalgorithms",
    ]

    private static let irrelevantNames = [
        "AddKeysToAgent", "BatchMode", "CanonicalDomains", "CanonicalizeFallbackLocal", "CanonicalizeMaxDots",
        "CanonicalizePermittedCNAMEs", "ChannelTimeout", "ClearAllForwardings", "Compression", "ConnectionAttempts",
        "ControlMaster", "ControlPath", "ControlPersist", "DynamicForward", "EnableEscapeCommandline",
        "EnableSSHKeysign", "EscapeChar", "ExitOnForwardFailure", "FingerprintHash", "ForkAfterAuthentication",
        "ForwardAgent", "ForwardX11", "ForwardX11Timeout", "ForwardX11Trusted", "GatewayPorts",
        "GSSAPIClientIdentity", "GSSAPIDelegateCredentials", "GSSAPIKeyExchange", "GSSAPIRenewalForcesRekey",
        "GSSAPIServerIdentity", "GSSAPITrustDns", "HashKnownHosts", "HostbasedAcceptedAlgorithms", "IPQoS",
        "KbdInteractiveAuthentication", "KbdInteractiveDevices", "LocalCommand", "LocalForward", "LogLevel",
        "LogVerbose", "NumberOfPasswordPrompts", "ObscureKeystrokeTiming", "PasswordAuthentication",
        "PermitRemoteOpen", "RekeyLimit", "RemoteForward", "RequestTTY", "SendEnv", "SessionType", "SetEnv",
        "StdinNull", "StreamLocalBindMask", "StreamLocalBindUnlink", "SyslogFacility", "Tag", "TCPKeepAlive",
        "Tunnel", "TunnelDevice", "UpdateHostKeys", "VersionAddendum", "VisualHostKey", "WarnWeakCrypto",
        "XAuthLocation",
    ]

    /// Words that ssh still takes, and does nothing about.
    private static let olderNames = [
        "AFSTokenPassing", "ChallengeResponseAuthentication", "Cipher", "CompressionLevel", "FallBackToRsh",
        "GlobalKnownHostsFile2", "HostbasedKeyTypes", "KeepAlive", "KerberosAuthentication", "KerberosTgtPassing",
        "Protocol", "RhostsAuthentication", "RhostsRSAAuthentication", "RSAAuthentication", "SkeyAuthentication",
        "TISAuthentication", "UsePrivilegedPort", "UserKnownHostsFile2", "UseRoaming", "UseRsh",
    ]
}

/// A keyword that changes how a host is reached.
enum HonouredKeyword: String, CaseIterable, Sendable {
    case hostName = "HostName"
    case user = "User"
    case port = "Port"
    case identityFile = "IdentityFile"
    case identitiesOnly = "IdentitiesOnly"
    case identityAgent = "IdentityAgent"
    case certificateFile = "CertificateFile"
    case userKnownHostsFile = "UserKnownHostsFile"
    case globalKnownHostsFile = "GlobalKnownHostsFile"
    case proxyJump = "ProxyJump"
    case proxyCommand = "ProxyCommand"
    case strictHostKeyChecking = "StrictHostKeyChecking"
    case connectTimeout = "ConnectTimeout"
    case serverAliveInterval = "ServerAliveInterval"
    case serverAliveCountMax = "ServerAliveCountMax"
    case hostKeyAlias = "HostKeyAlias"
    case ignoreUnknown = "IgnoreUnknown"
}
