/// A command for a remote host: an argument vector, turned into shell text in exactly one place.
public struct Command: Hashable, Sendable {
    public var arguments: [String]
    /// Run through `sudo` on the host: with the password that the connection has for it, else without one or not at
    /// all.
    public var asRoot: Bool

    public init(_ arguments: [String], asRoot: Bool = false) {
        self.arguments = arguments
        self.asRoot = asRoot
    }

    /// The text for the remote login shell, whichever that is: every argument in single quotes. As root: through a
    /// `sudo` that never asks.
    public var shellText: String {
        let text = ((asRoot ? ["sudo", "-n", "--"] : []) + arguments).map(Self.quoted).joined(separator: " ")
        return arguments.allSatisfy(LoginShellText.isPortable) ? text : LoginShellText.wrapping(text)
    }

    private static func quoted(_ argument: String) -> String {
        let isPlain = !argument.isEmpty && argument.utf8.allSatisfy { plainBytes.contains($0) }
        if isPlain { return argument }
        return "'" + argument.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }

    private static let plainBytes = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./:-".utf8)
}
