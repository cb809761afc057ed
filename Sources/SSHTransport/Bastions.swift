import FleetModel
import HostAccess
import NIOConcurrencyHelpers
import NIOCore

/// All the bastions of one connector, each known by where it is, who logs in there and how it is reached itself.
final class Bastions: Sendable {
    private let table = NIOLockedValueBox<[HostEndpoint: Bastion]>([:])

    func bastion(_ endpoint: HostEndpoint, eventLoop: any EventLoop, logIn: @escaping Bastion.LogIn) -> Bastion {
        table.withLockedValue { table in
            if let known = table[endpoint] { return known }
            let new = Bastion(name: endpoint.name.text, eventLoop: eventLoop, logIn: logIn)
            table[endpoint] = new
            return new
        }
    }
}
