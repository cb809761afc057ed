/// Where the files of a configuration come from; what reads them lies outside of this module.
public protocol SSHConfigSource: Sendable {
    /// The existing files that a glob(7) pattern names, in its order.
    func paths(matching pattern: String) -> [String]

    /// The bytes of a file, nil where there is none. `isGuarded`: only we or root may be able to write it.
    ///
    /// - Throws: why the file must not or cannot be read.
    func contents(of path: String, isGuarded: Bool) throws(SSHConfigFileError) -> [UInt8]?
}

/// Why a file of the configuration is not read: a sentence after the file's name.
public struct SSHConfigFileError: Error, Hashable, Sendable {
    public var problem: String
    public var hint: String?

    public init(_ problem: String, hint: String? = nil) {
        self.problem = problem
        self.hint = hint
    }
}

/// Which configuration: ssh's `-F`.
public enum SSHConfigChoice: Hashable, Sendable {
    /// `~/.ssh/config`, then `/etc/ssh/ssh_config`; either may be missing.
    case standard
    /// `-F none`
    case none
    /// `-F FILE`, which must exist; the system's file is not read.
    case file(String)

    /// What `-F` means by a word.
    public init(option word: String) { self = word.lowercased() == "none" ? .none : .file(word) }
}
