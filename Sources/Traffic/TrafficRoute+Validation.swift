import FleetModel

extension TrafficRoute {
    /// What stands between these in a balancer's configuration or command can be neither quote nor separator.
    ///
    /// - Throws: a name or value that is no token of HTTP's (RFC 9110 §5.6.2; RFC 6265 §4.1.1), or is too long.
    public func validate() throws(TrafficError) {
        switch match {
        case .header(let name, let value), .cookie(let name, let value):
            guard Self.isWord(name, allowing: "-_") else {
                throw TrafficError(.misconfigured, "'\(name.printable())' cannot name a header or cookie to route by")
            }
            guard Self.isWord(value, allowing: "-_.+/:@~") else {
                throw TrafficError(
                    .misconfigured, "requests cannot be routed by the value '\(value.printable())'",
                    hint: "letters, digits and -_.+/:@~, at most 128 of them")
            }
        case .preview: break
        }
    }

    private static func isWord(_ text: String, allowing marks: String) -> Bool {
        (1...128).contains(text.utf8.count)
            && text.utf8.allSatisfy { isLetterOrDigit($0) || marks.utf8.contains($0) }
    }
}
