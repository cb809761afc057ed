import AgentProtocol

/// Who waits for a reply: a client, and the id of its request. A client that has gone hears nothing.
struct Subscriber {
    let client: Client
    let id: UInt32

    func reply(_ reply: Reply) { client.reply(reply, to: id) }

    func report(_ progress: Progress) { client.report(progress, of: id) }
}
