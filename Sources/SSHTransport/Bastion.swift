import FleetModel
import HostAccess
import NIOCore

/// One host that others are reached through: its sessions, shared by all who go through it.
///
/// One session will do, mostly. libssh2 opens one tunnel at a time on each, and to a host that does not answer that
/// takes seconds: while others wait longer for their turn, or a session is full, there are more.
actor Bastion {
    typealias LogIn = @Sendable (TimeLimit) async throws(HostAccessError) -> SSHSession

    enum Limits {
        /// Each tunnel is a file descriptor of the bastion's sshd, of which it has 1,024 unless set.
        static let tunnelsPerSession = 128
        static let sessions = 16
        /// How long others may wait for a turn before there is another session.
        static let queueing = Duration.seconds(1)
        /// The first try of each host is short, so that dead hosts do not keep the living waiting; then all come last.
        static let firstTry = Duration.seconds(1)
        /// A lost SYN is sent again after 1 s and after 3 s (RFC 6298).
        static let secondTry = Duration.seconds(5)
        /// How long a session without a tunnel is kept for whoever comes next.
        static let idleTime = TimeAmount.seconds(5)
        /// A login that was refused is not tried again for the next host at once: sshd and others count failures.
        static let refusalTime = Duration.seconds(10)
        /// Answers that came too late leave channels behind, in the peer's sshd and in libssh2.
        static let abandonedOpenings = 64
    }

    private struct Carrier {
        var session: SSHSession
        var tunnelCount = 0
        var isOpening = false
        var abandonedCount = 0

        var isFull: Bool { tunnelCount >= Limits.tunnelsPerSession || abandonedCount >= Limits.abandonedOpenings }
        var isFree: Bool { !isOpening && !isFull }
    }

    private let name: String
    private let logIn: LogIn
    private let eventLoop: any EventLoop
    private let line: WaitingLine<Result<Int, HostAccessError>>
    private var carriers: [Int: Carrier] = [:]
    private var lastID = 0
    private var isLoggingIn = false
    private var isWatchingLine = false
    private var refusal: (error: HostAccessError, end: ContinuousClock.Instant)?

    init(name: String, eventLoop: any EventLoop, logIn: @escaping LogIn) {
        self.name = name
        self.eventLoop = eventLoop
        self.logIn = logIn
        line = WaitingLine(eventLoop: eventLoop)
    }

    /// Makes the bastion connect to an address, which it looks up itself.
    func tunnel(
        to address: String, port: Int, connectTimeout: Duration?, until limit: TimeLimit
    ) async throws(HostAccessError) -> Tunnel {
        let target = Dial.place(address, port)
        var retry = StartRetry()
        var patience = Limits.firstTry
        while true {
            let id = try await turn(until: limit)
            do throws(TunnelRefusal) {
                return try await open(id, address, port, within: min(patience, limit.remaining))
            } catch {
                switch error {
                case .timedOut where patience == Limits.firstTry && !limit.hasPassed:
                    patience = connectTimeout ?? Limits.secondTry
                case .byPeer(let failure?) where failure.reason == .resourceShortage:
                    try await pause(retry.delay(after: .crowded), until: limit, failure, target)
                default: throw problem(error, target)
                }
            }
        }
    }

    private func pause(
        _ delay: Duration?, until limit: TimeLimit, _ failure: OpenFailure, _ target: String
    ) async throws(HostAccessError) {
        guard let delay, delay < limit.remaining else { throw problem(.byPeer(failure), target) }
        do { try await Task.sleep(for: delay) } catch { throw SSHSession.cancelled }
    }

    private func open(
        _ id: Int, _ address: String, _ port: Int, within patience: Duration
    ) async throws(TunnelRefusal) -> Tunnel {
        guard let session = carriers[id]?.session else { throw .sessionLost }
        let channel = TunnelChannel(
            to: address, port: port, through: name, settled: { Task { await self.settled(id) } },
            closed: { Task { await self.closed(id) } })
        let bound = await session.addTunnel(channel)
        do throws(TunnelRefusal) {
            try await session.opened(bound, within: patience)
            return Tunnel(carrier: session, channel: bound)
        } catch {
            if error == .timedOut || error == .abandoned { carriers[id]?.abandonedCount += 1 }
            throw error
        }
    }
}

// MARK: - Turns

extension Bastion {
    /// Waits until one of the sessions can open a tunnel, and takes it.
    private func turn(until limit: TimeLimit) async throws(HostAccessError) -> Int {
        if carriers.isEmpty, let refusal, refusal.end > .now { throw refusal.error }
        if line.isEmpty, let id = freeCarrier() { return id }
        let patience = limit.remaining
        considerLogin(limit, hasNewcomer: true)
        guard let turn = await line.wait(until: limit) else {
            if Task.isCancelled { throw SSHSession.cancelled }
            throw HostAccessError(
                .noTurn,
                "through bastion '\(name)': no turn to connect through it within \(patience.roundedToSeconds.spoken)")
        }
        return try turn.get()
    }

    private func freeCarrier() -> Int? {
        let id = carriers.filter(\.value.isFree).min { $0.key < $1.key }?.key
        guard let id else { return nil }
        carriers[id]?.isOpening = true
        carriers[id]?.tunnelCount += 1
        return id
    }

    private func serveLine() {
        while !line.isEmpty, let id = freeCarrier() {
            guard line.call(.success(id)) else {
                carriers[id]?.isOpening = false
                carriers[id]?.tunnelCount -= 1
                break
            }
        }
        watchLine()
    }

    private func settled(_ id: Int) {
        carriers[id]?.isOpening = false
        serveLine()
    }

    private func closed(_ id: Int) {
        guard carriers[id] != nil else { return }
        carriers[id]?.tunnelCount -= 1
        if carriers[id]?.tunnelCount == 0 {
            eventLoop.scheduleTask(in: Limits.idleTime) { Task { await self.closeIfIdle(id) } }
        }
        serveLine()
    }

    private func closeIfIdle(_ id: Int) async {
        guard let carrier = carriers[id], carrier.tunnelCount == 0 else { return }
        carriers[id] = nil
        await carrier.session.close()
    }

    /// Looks again while somebody waits: it may be for too long.
    private func watchLine() {
        guard !line.isEmpty, !isWatchingLine else { return }
        isWatchingLine = true
        eventLoop.scheduleTask(in: TimeAmount(bounded: Limits.queueing)) { Task { await self.lineHasWaited() } }
    }

    private func lineHasWaited() {
        isWatchingLine = false
        considerLogin(TimeLimit(Self.furtherLoginTime), hasNewcomer: false)
        watchLine()
    }
}

// MARK: - Sessions

extension Bastion {
    /// For a session that is made because the others are busy.
    private static let furtherLoginTime = Duration.seconds(30)

    private func considerLogin(_ limit: TimeLimit, hasNewcomer: Bool) {
        watchLine()
        let isRefused = refusal.map { $0.end > .now } ?? false
        guard !isLoggingIn, !isRefused, carriers.count < Limits.sessions, hasNewcomer || !line.isEmpty else { return }
        let isSlow = line.oldestArrival.map { $0.duration(to: .now) >= Limits.queueing } ?? false
        guard carriers.values.allSatisfy(\.isFull) || isSlow else { return }
        isLoggingIn = true
        Task {
            do throws(HostAccessError) {
                loggedIn(try await logIn(limit))
            } catch {
                loginFailed(error)
            }
        }
    }

    private func loggedIn(_ session: SSHSession) {
        isLoggingIn = false
        refusal = nil
        lastID += 1
        let id = lastID
        carriers[id] = Carrier(session: session)
        session.ended.whenComplete { _ in Task { await self.ended(id) } }
        serveLine()
        if carriers[id]?.tunnelCount == 0 {
            eventLoop.scheduleTask(in: Limits.idleTime) { Task { await self.closeIfIdle(id) } }
        }
    }

    private func loginFailed(_ error: HostAccessError) {
        isLoggingIn = false
        var error = error
        error.problem = "through bastion '\(name)': logging in there failed: \(error.problem)"
        if !error.isTransient { refusal = (error, .now + Limits.refusalTime) }
        // With a session at hand all can go on, if slowly.
        guard carriers.isEmpty else { return }
        while line.call(.failure(error)) {}
    }

    private func ended(_ id: Int) {
        carriers[id] = nil
        if !line.isEmpty { considerLogin(TimeLimit(Self.furtherLoginTime), hasNewcomer: false) }
    }

    private func problem(_ refusal: TunnelRefusal, _ target: String) -> HostAccessError {
        let via = "through bastion '\(name)': "
        switch refusal {
        case .byPeer(let failure?):
            let words = failure.text.isEmpty ? "" : " (\(failure.text))"
            switch failure.reason {
            case .administrativelyProhibited:
                return HostAccessError(
                    .channelRefused, "\(via)it forbids the connection to \(target)\(words)",
                    hint: "see AllowTcpForwarding and PermitOpen in its sshd_config")
            case .resourceShortage:
                return HostAccessError(.connectionTimedOut, "\(via)it is short of resources\(words)")
            case .connectFailed, .unknownChannelType, nil:
                return HostAccessError(
                    .connectionRefused, "\(via)it cannot connect to \(target)\(words)",
                    hint: "is sshd running there, and can the bastion reach that address?")
            }
        case .byPeer(nil), .timedOut:
            return HostAccessError(
                .connectionTimedOut, "\(via)no answer from \(target) to the attempt to connect",
                hint: "the host is down, or a firewall drops packets to its port")
        case .sessionLost: return HostAccessError(.connectionLost, "\(via)the connection to it was lost")
        case .abandoned: return SSHSession.cancelled
        }
    }
}
