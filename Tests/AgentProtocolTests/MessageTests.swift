import AgentProtocol
import Testing

@Suite struct MessageTests {
    @Test(arguments: SampleMessages.requests)
    func `a request is read as it was written`(request: Request) throws {
        let frame = request.frame(id: 9)
        #expect(frame.id == 9)
        #expect(try Request(frame) == request)
    }

    @Test(arguments: SampleMessages.replies)
    func `a reply is read as it was written`(reply: Reply) throws {
        #expect(try Reply(reply.frame(id: 9)) == reply)
    }

    @Test(arguments: SampleMessages.requests)
    func `a request cut short anywhere is refused or a lesser one, never the same`(request: Request) {
        let frame = request.frame(id: 1)
        for count in frame.body.indices {
            let cut = Frame(kind: frame.kind, id: 1, body: Array(frame.body.prefix(count)))
            #expect((try? Request(cut)) != request, "cut to \(count) bytes")
        }
    }

    @Test func `fields of a newer peer are skipped`() throws {
        var frame = Request.finish(Finish(claim: SampleMessages.claim)).frame(id: 1)
        var newer = WireWriter()
        newer.write(1000, 5 as UInt64)
        newer.write(1001, "new")
        frame.body = newer.bytes + frame.body
        #expect(try Request(frame) == .finish(Finish(claim: SampleMessages.claim)))
    }

    @Test func `kinds that do not exist are refused`() {
        #expect(throws: WireError.unknownKind) { try Request(Frame(kind: 0, id: 1, body: [])) }
        #expect(throws: WireError.unknownKind) { try Reply(Frame(kind: 133, id: 1, body: [])) }
        #expect(throws: WireError.unknownKind) { try Reply(Frame(kind: 255, id: 1, body: [])) }
    }

    @Test func `requests without what they need are refused`() {
        for kind in [3, 4, 6, 7, 11] as [UInt8] {
            #expect(throws: WireError.missingField, "kind \(kind)") { try Request(Frame(kind: kind, id: 1, body: [])) }
        }
    }

    @Test func `a measurement of 0 is told from none`() throws {
        var idle = Sample()
        (idle.restarts, idle.logErrors, idle.isHealthy) = (0, 0, false)
        #expect(try WireReader.decode(WireWriter.encode(idle)[...], as: Sample.self) == idle)
        #expect(try WireReader.decode([][...], as: Sample.self) == Sample())
    }

    @Test func `repeated fields are limited`() {
        var definition = ServiceDefinition()
        definition.hooks = Array(
            repeating: Hook(point: .install, name: "h", content: []), count: ProtocolLimits.maximumRepeats + 1
        )
        let frame = Request.inspect(Inspect(definition: definition, probesHealth: false)).frame(id: 1)
        #expect(throws: WireError.tooManyRepeats) { try Request(frame) }
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func `damaged messages are refused or read, and what is read can be written`(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for request in SampleMessages.requests {
            for _ in 0..<50 {
                var frame = request.frame(id: 1)
                frame.body = mutate(frame.body, using: &generator)
                guard let read = try? Request(frame) else { continue }
                #expect(try Request(read.frame(id: 1)) == read, "seed \(seed)")
            }
        }
        for reply in SampleMessages.replies {
            for _ in 0..<50 {
                var frame = reply.frame(id: 1)
                frame.body = mutate(frame.body, using: &generator)
                guard let read = try? Reply(frame) else { continue }
                #expect(try Reply(read.frame(id: 1)) == read, "seed \(seed)")
            }
        }
    }
}
