import FleetModel

/// One keyword with its value, checked; tokens are expanded when it is used.
struct Setting: Sendable {
    enum Kind: Sendable {
        case hostName(String)
        case user(String)
        case port(Int)
        case identityFile(String)
        case certificateFile(String)
        case identitiesOnly(Bool)
        case identityAgent(String)
        /// Empty for `none`.
        case userKnownHostsFiles([String])
        case globalKnownHostsFiles([String])
        /// Empty for `none`.
        case proxyJump([JumpHost])
        /// As written, quotes included; it is a shell's.
        case proxyCommand(String)
        case hostKeyChecking(HostKeyChecking)
        /// Seconds; nil for `none`.
        case connectTimeout(Int?)
        case aliveInterval(Int?)
        case aliveCountMaximum(Int)
        case hostKeyAlias(String)
        case ignoreUnknown(PatternList)
        case unsupported(UnsupportedKeyword)
    }

    var kind: Kind
    var location: SourceLocation?
}

/// What to do with a host whose key is not known: `StrictHostKeyChecking`.
public enum HostKeyChecking: String, Hashable, Sendable {
    case yes
    case ask
    case acceptNew = "accept-new"
    /// Also `no`.
    case off

    init?(word: String) {
        switch word.lowercased() {
        case "yes", "true": self = .yes
        case "ask": self = .ask
        case "accept-new": self = .acceptNew
        case "no", "false", "off": self = .off
        default: return nil
        }
    }
}
