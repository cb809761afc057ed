import HostAccess

/// How a command's channel goes on. Nothing here waits: what cannot be done now is asked again at the next poll.
extension CommandChannel {
    /// Does what can be done now. True when something moved, so that everybody has to be asked again.
    ///
    /// - Throws: `CallFailure.broken` when the session cannot go on.
    func poll(_ engine: Engine, hasRoom: () -> Bool) throws(CallFailure) -> Bool {
        switch phase {
        case .queued:
            phase = .opening
            return true
        case .opening: return try pollOpening(engine)
        case .requesting(let channel): return try pollRequest(channel, engine)
        case .running(let channel): return try pollRunning(channel, engine, hasRoom)
        case .closing(let channel):
            switch channel.close() {
            case .success: phase = .ended
            case .failure(.wouldBlock): return false
            case .failure(let failure): throw failure
            }
            return true
        case .ended: return false
        }
    }

    private func pollOpening(_ engine: Engine) throws(CallFailure) -> Bool {
        switch engine.openChannel() {
        case .success(let channel):
            engine.transport.exitReports[channel.number] = nil
            phase = .requesting(channel)
        case .failure(.wouldBlock): return false
        case .failure(.refused):
            finish(
                .unknown,
                HostAccessError(
                    .channelRefused, "the host refuses to run another command: \(engine.lastProblem)",
                    hint: "sshd's MaxSessions (10 unless set) limits the commands at a time on one connection"))
            phase = .ended
        case .failure(let failure): throw failure
        }
        return true
    }

    private func pollRequest(_ channel: EngineChannel, _ engine: Engine) throws(CallFailure) -> Bool {
        guard let command, !isAbandoned else {
            phase = .closing(channel)
            return true
        }
        wasRequested = true
        switch channel.execute(command) {
        case .success:
            phase = isAbandoned ? .closing(channel) : .running(channel)
            if !isHeldBack { startWaiter.take()?.resume(returning: .success(())) }
        case .failure(.wouldBlock): return false
        case .failure(.refused):
            finish(.unknown, HostAccessError(.channelRefused, "the host refuses to run commands"))
            phase = .closing(channel)
        case .failure(let failure): throw failure
        }
        return true
    }

    private func pollRunning(
        _ channel: EngineChannel, _ engine: Engine, _ hasRoom: () -> Bool
    ) throws(CallFailure) -> Bool {
        var moved = try readAll(channel)
        guard case .running = phase else { return true }
        // Only now: reading takes in all that has arrived, and data always comes before the close.
        let peerHasClosed = channel.peerHasClosed
        if peerHasClosed, ending == nil {
            let ending = CommandEnding(engine.transport.exitReports.removeValue(forKey: channel.number))
            if let gate, isHeldBack { finish(.unknown, gate.refusal(ending)) }
            self.ending = self.ending ?? ending
            writeWaiter.take()?.resume(returning: .failure(Self.commandHasEnded))
            input = []
            if isStreamed { resumeEndWaiters() }
            moved = true
        }
        if ending == nil {
            let hasWritten = isHeldBack ? try writePassword(channel) : try writeInput(channel, hasRoom)
            moved = hasWritten || moved
        }
        if peerHasClosed, outputHasEnded {
            phase = .closing(channel)
            resumeEndWaiters()
            moved = true
        }
        return moved
    }

    private func readAll(_ channel: EngineChannel) throws(CallFailure) -> Bool {
        var moved = false
        while try readChunk(.errorOutput, channel, { takeErrorOutput($0) }) { moved = true }
        if !isStreamed {
            while try readChunk(.output, channel, { output.append($0) }) { moved = true }
        } else if readWaiter != nil {
            let hasRead = try readChunk(.output, channel) { bytes in
                readWaiter.take()?.resume(returning: .success(Array(bytes)))
            }
            if outputHasEnded { readWaiter.take()?.resume(returning: .success(nil)) }
            moved = moved || hasRead
        }
        return moved
    }

    private func takeErrorOutput(_ bytes: UnsafeRawBufferPointer) {
        guard isHeldBack else { return errorOutput.append(bytes) }
        do throws(HostAccessError) {
            let rest = try gate?.receive(bytes) ?? []
            guard !isHeldBack else { return }
            startWaiter.take()?.resume(returning: .success(()))
            rest.withUnsafeBytes { errorOutput.append($0) }
        } catch {
            abandon(.unknown, error)
        }
    }

    /// False when there is nothing (more) to read now.
    private func readChunk(
        _ stream: EngineChannel.Stream, _ channel: EngineChannel, _ take: (UnsafeRawBufferPointer) -> Void
    ) throws(CallFailure) -> Bool {
        let result = withUnsafeTemporaryAllocation(byteCount: Self.chunkBytes, alignment: 1) { buffer in
            let result = channel.read(stream, into: buffer)
            if case .bytes(let count) = result { take(UnsafeRawBufferPointer(rebasing: buffer[..<count])) }
            return result
        }
        switch result {
        case .bytes: return true
        case .nothingYet: return false
        case .end:
            if stream == .output { outputHasEnded = true }
            return false
        case .broken: throw .broken
        }
    }

    private func writePassword(_ channel: EngineChannel) throws(CallFailure) -> Bool {
        guard let bytes = gate?.unsent, !bytes.isEmpty else { return false }
        switch bytes.withUnsafeBytes({ channel.write($0) }) {
        case .success(let count): gate?.unsent.removeFirst(count)
        case .failure(.wouldBlock): return false
        case .failure(let failure): throw failure
        }
        return true
    }

    private func writeInput(_ channel: EngineChannel, _ hasRoom: () -> Bool) throws(CallFailure) -> Bool {
        var moved = false
        while inputOffset < input.count, hasRoom() {
            let result = input.withUnsafeBytes { channel.write(UnsafeRawBufferPointer(rebasing: $0[inputOffset...])) }
            switch result {
            case .success(let count): inputOffset += count
            case .failure(.wouldBlock): return moved
            case .failure(let failure): throw failure
            }
            moved = true
        }
        guard inputOffset == input.count else { return moved }
        if !input.isEmpty {
            input = []
            inputOffset = 0
            writeWaiter.take()?.resume(returning: .success(()))
        }
        if closesInput {
            switch channel.sendEndOfInput() {
            case .success: closesInput = false
            case .failure(.wouldBlock): return moved
            case .failure(let failure): throw failure
            }
            moved = true
        }
        return moved
    }
}

extension CommandEnding {
    /// From what the server reported, if it did.
    init(_ exit: CommandExit?) {
        switch exit {
        case .status(let status): self = .exited(status)
        case .signal(let name): self = .signalled(name)
        case nil: self = .unknown
        }
    }
}
