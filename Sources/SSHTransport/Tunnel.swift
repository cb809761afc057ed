import HostAccess
import NIOCore

/// An open tunnel, as those hold it who are not on its session's event loop.
struct Tunnel: Sendable {
    let carrier: SSHSession
    let channel: NIOLoopBound<TunnelChannel>

    func close() async { await carrier.closeTunnel(channel) }
}

/// A tunnel as a session's pipe; both sessions are on one event loop.
struct TunnelPipe: BytePipe {
    let tunnel: Tunnel

    var hasRoom: Bool { tunnel.channel.value.hasRoom }

    func send(_ bytes: ByteBuffer) {
        tunnel.channel.value.send(bytes)
        tunnel.carrier.assumeIsolated { $0.pumpSoon() }
    }

    func close() {
        tunnel.channel.value.close()
        tunnel.carrier.assumeIsolated { $0.pumpSoon() }
    }
}

extension SSHSession {
    /// Asks the peer to connect to another host; ``opened(_:within:)`` tells how that went.
    func addTunnel(_ channel: sending TunnelChannel) -> NIOLoopBound<TunnelChannel> {
        let bound = NIOLoopBound(channel, eventLoop: eventLoop)
        if let failure { bound.value.sessionFailed(failure) } else { add(bound.value) }
        return bound
    }

    /// Waits for the peer's answer. Whoever gives up sooner, or is cancelled, gives up the tunnel.
    func opened(_ bound: NIOLoopBound<TunnelChannel>, within patience: Duration) async throws(TunnelRefusal) {
        let alarm = alarm(in: TimeAmount(bounded: patience)) { session in
            bound.value.close(.timedOut)
            session.pump()
        }
        defer { alarm.cancel() }
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                bound.value.waitForOpening(continuation)
                pump()
            }
        } onCancel: {
            schedule { $0.closeTunnel(bound) }
        }
        try result.get()
    }

    func closeTunnel(_ bound: NIOLoopBound<TunnelChannel>) {
        bound.value.close()
        pumpSoon()
    }

    /// Uses an open tunnel of a session on the same event loop as the pipe.
    func attach(_ tunnel: Tunnel) {
        guard failure == nil, !tunnel.channel.value.isEnded else {
            tunnel.channel.value.close()
            return fail(HostAccessError(.connectionLost, "the connection was lost at once"))
        }
        tunnel.channel.value.carry(self)
        attach(TunnelPipe(tunnel: tunnel))
        // What has arrived before.
        tunnel.carrier.assumeIsolated { $0.pumpSoon() }
    }
}
