/// Where the hosts that are out of service stand, by the values of one label.
struct DomainTally: Sendable {
    let promise: DomainPromise
    private var unavailable: [String: Int] = [:]
    private var affected = 0

    init(_ promise: DomainPromise) { self.promise = promise }

    /// Whether the promise still holds when that host goes out of service too.
    func hasRoom(for host: HostProgress) -> Bool {
        guard let value = host.planned.domains[promise.label] else { return true }
        let out = unavailable[value] ?? 0
        if let maximum = promise.maximumUnavailable, out >= maximum { return false }
        if let maximum = promise.maximumDomains, affected + (out == 0 ? 1 : 0) > maximum { return false }
        return true
    }

    mutating func count(_ host: HostProgress, by step: Int) {
        guard host.isUnavailable, let value = host.planned.domains[promise.label] else { return }
        let before = unavailable[value] ?? 0
        unavailable[value] = before + step
        affected += (before + step > 0 ? 1 : 0) - (before > 0 ? 1 : 0)
    }
}
