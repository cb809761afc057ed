import FleetModel
import HostAccess
import NIOConcurrencyHelpers

/// The passwords for sudo on the hosts of one connector. One that a host has refused is not sent to it again.
final class SudoPasswords: Sendable {
    private let ask: @Sendable (HostEndpoint) async -> Secret?
    private let rejections = NIOLockedValueBox<[HostEndpoint: HostAccessError]>([:])

    init(ask: @escaping @Sendable (HostEndpoint) async -> Secret?) { self.ask = ask }

    /// Nil where there is none: sudo must do without.
    func password(for endpoint: HostEndpoint) async throws(HostAccessError) -> Secret? {
        if let rejection = rejections.withLockedValue({ $0[endpoint] }) { throw rejection }
        return await ask(endpoint)
    }

    /// Remembers what may not be tried again.
    func note(_ error: HostAccessError, of endpoint: HostEndpoint) {
        guard error.reason == .sudoPasswordRejected else { return }
        rejections.withLockedValue { $0[endpoint] = error }
    }
}
