import FleetModel
import HostAccess
import NIOConcurrencyHelpers
import NIOCore

/// Paces the beginnings of connections, so that a burst of them meets neither sshd's MaxStartups (10:30:100 unless set:
/// from the tenth connection on that has not logged in, it turns some away) nor our own deadlines.
final class StartGate: Sendable {
    /// What counts connections: one sshd, as seen from where it is reached.
    struct Target: Hashable {
        var address: String
        var port: Int
        var jumps: [HostEndpoint]

        init(_ endpoint: HostEndpoint) {
            address = endpoint.address
            port = endpoint.port
            jumps = endpoint.jumps
        }
    }

    enum Limits {
        /// Below MaxStartups' 10, which others use too.
        static let perTarget = 8
        /// Each takes about 1 ms of our CPU: what is in flight must not add up to anybody's deadline.
        static let inAll = 256
        /// Hosts that do not answer count no longer: a hundred dead ones must not keep the others from their turn.
        static let countedTime = TimeAmount.seconds(1)
    }

    private let eventLoop: any EventLoop
    private let all: Turnstile
    private let targets = NIOLockedValueBox<[Target: Turnstile]>([:])

    init(eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
        all = Turnstile(maximum: Limits.inAll, countedTime: Limits.countedTime, eventLoop: eventLoop)
    }

    private func turnstile(of target: Target) -> Turnstile {
        targets.withLockedValue { targets in
            if let known = targets[target] { return known }
            let new = Turnstile(maximum: Limits.perTarget, eventLoop: eventLoop)
            targets[target] = new
            return new
        }
    }

    /// Does something when it is the target's turn, and learns from how it went.
    func pass<Result>(
        to target: Target, until limit: TimeLimit, _ start: () async throws(LoginFailure) -> Result
    ) async throws(LoginFailure) -> Result {
        let turnstile = turnstile(of: target)
        guard let pass = await turnstile.enter(until: limit) else {
            throw LoginFailure(Self.noTurn("too many connections to it are being made", limit))
        }
        do throws(LoginFailure) {
            let result = try await start()
            await turnstile.widen()
            await turnstile.leave(pass)
            return result
        } catch {
            if error.refusal != nil { await turnstile.narrow() }
            await turnstile.leave(pass)
            throw error
        }
    }

    /// Does something when there is room for one more handshake.
    func shakeHands<Result>(
        until limit: TimeLimit, _ start: () async throws(HostAccessError) -> Result
    ) async throws(HostAccessError) -> Result {
        guard let pass = await all.enter(until: limit) else {
            throw Self.noTurn("\(Limits.inAll) others are being connected", limit)
        }
        do throws(HostAccessError) {
            let result = try await start()
            await all.leave(pass)
            return result
        } catch {
            await all.leave(pass)
            throw error
        }
    }

    private static func noTurn(_ cause: String, _ limit: TimeLimit) -> HostAccessError {
        if Task.isCancelled { return SSHSession.cancelled }
        return HostAccessError(
            .noTurn, "the connection did not get its turn within \(limit.patience.spoken): \(cause)")
    }
}
