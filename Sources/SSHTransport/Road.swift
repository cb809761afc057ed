import HostAccess
import NIOCore

/// What leads to a host's sshd.
enum Road: Sendable {
    /// A TCP connection from here.
    case address(Dial)
    /// A command of this machine.
    case command(ProxyCommand)
    /// A TCP connection from a bastion, which is open already.
    case tunnel(Tunnel)

    /// The event loop that a session on it has to be on; nil where any will do.
    var eventLoop: (any EventLoop)? { if case .tunnel(let tunnel) = self { tunnel.carrier.eventLoop } else { nil } }

    /// Gives up what is open already.
    func close() async {
        if case .tunnel(let tunnel) = self { await tunnel.close() }
    }
}

extension HostEndpoint {
    /// The host to go through next to last, with its own way there; nil for a host that is reached from here.
    ///
    /// As with ssh: the first hop is reached as if it were the host, each other one only through those before it.
    var bastion: HostEndpoint? {
        guard settings.proxyCommand == nil, var hop = jumps.last else { return nil }
        if jumps.count > 1 {
            hop.jumps = Array(jumps.dropLast())
            hop.settings.proxyCommand = nil
        }
        return hop
    }
}
