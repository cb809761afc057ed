import HostAccess
import NIOCore
import NIOPosix

/// A session over a ``ProxyCommand``.
extension SSHSession {
    /// How long the command's last words may take once its output has ended.
    private static let lastWordsTime = TimeAmount.milliseconds(200)

    func start(_ command: ProxyCommand) {
        let process: ProxyProcess
        do throws(HostAccessError) {
            process = try command.start()
        } catch {
            return fail(error)
        }
        proxy = process
        let bootstrap = ClientBootstrap(group: eventLoop)
            .channelOption(.writeBufferWaterMark, value: SocketPipe.waterMark)
        bootstrap.withConnectedSocket(process.errors).and(bootstrap.withConnectedSocket(process.streams))
            .assumeIsolated()
            .whenComplete { result in self.assumeIsolated { $0.attach(command, result) } }
    }

    private func attach(_ command: ProxyCommand, _ result: Result<(any Channel, any Channel), any Error>) {
        do {
            let (errors, streams) = try result.get()
            let listener = ProxyErrors()
            try errors.pipeline.syncOperations.addHandler(listener)
            let session = self
            let lastWords = NIOLoopBound(listener, eventLoop: eventLoop)
            let reader = SocketReader(session: self) { _ in
                // The error output may still be on its way; a child that keeps it open is not waited for.
                let timeUp = errors.eventLoop.scheduleTask(in: Self.lastWordsTime) { errors.close(promise: nil) }
                errors.closeFuture.whenComplete { _ in
                    timeUp.cancel()
                    let words = command.lastWords(lastWords.value.tail.bytes)
                    session.assumeIsolated { $0.pipeEnded(because: words) }
                }
            }
            try streams.pipeline.syncOperations.addHandler(reader)
            attach(SocketPipe(channel: streams))
        } catch {
            fail(HostAccessError(.connectionLost, "the streams of the proxy command cannot be used: \(error)"))
        }
    }
}
