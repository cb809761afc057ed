/// What is promised about the hosts that share the value of a label: a rack, a power feed, a quorum.
public struct DomainPromise: Hashable, Sendable, Codable {
    /// The inventory variable; hosts without it are not bound by the promise.
    public var label: String
    /// At most so many values of the label may have hosts out of service at a time.
    public var maximumDomains: Int?
    /// At most so many hosts of each value may be out of service at a time.
    public var maximumUnavailable: Int?

    public init(label: String, maximumDomains: Int? = nil, maximumUnavailable: Int? = nil) {
        self.label = label
        self.maximumDomains = maximumDomains
        self.maximumUnavailable = maximumUnavailable
    }
}
