import AgentProtocol
import Foundation
import Glibc
import Testing

/// A coordinator's side of one connection, blocking, with a deadline of ten seconds a read.
final class AgentConnection {
    private let socket: Int32
    private var decoder = FrameDecoder()
    private var lastID: UInt32 = 0
    /// What came in between: news of running steps.
    private(set) var progress: [String] = []

    struct Closed: Error {}

    init(_ path: String) throws {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        try withUnsafeMutableBytes(of: &address.sun_path) { target in
            try #require(path.utf8.count < target.count)
            target.copyBytes(from: path.utf8)
        }
        socket = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { Glibc.connect(socket, $0, size) }
        }
        guard result == 0 else {
            Glibc.close(socket)
            throw Closed()
        }
        var limit = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { Glibc.close(socket) }

    func send(raw bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            guard count > 0 else { throw Closed() }
            rest = rest.dropFirst(count)
        }
    }

    @discardableResult
    func send(_ request: Request) throws -> UInt32 {
        lastID += 1
        try send(raw: request.frame(id: lastID).encoded)
        return lastID
    }

    /// The next reply that is not progress.
    func reply(to id: UInt32? = nil) throws -> Reply {
        while true {
            if let frame = try decoder.next() {
                let reply = try Reply(frame)
                if case .progressed(let news) = reply {
                    progress.append(news.text)
                    continue
                }
                if id == nil || frame.id == id { return reply }
                continue
            }
            try receive()
        }
    }

    func receive() throws {
        var part = [UInt8](repeating: 0, count: 64 << 10)
        let count = recv(socket, &part, part.count, 0)
        guard count > 0 else { throw Closed() }
        decoder.feed(part[..<count])
    }

    func ask(_ request: Request) throws -> Reply { try reply(to: send(request)) }

    /// As a coordinator that speaks these versions.
    func hello(versions: ClosedRange<UInt64> = ProtocolLimits.versions) throws -> Greeting {
        let hello = Hello(
            lowestVersion: versions.lowerBound, highestVersion: versions.upperBound, coordinatorVersion: "test")
        let reply = try ask(.hello(hello))
        guard case .hello(let greeting) = reply else { throw Unexpected(reply: reply) }
        return greeting
    }

    struct Unexpected: Error {
        let reply: Reply
    }

    func inspect(_ definition: ServiceDefinition, probes: Bool = false) throws -> HostReport {
        let reply = try ask(.inspect(Inspect(definition: definition, probesHealth: probes)))
        guard case .report(let report) = reply else { throw Unexpected(reply: reply) }
        return report
    }

    func begin(_ claim: Claim, _ definition: ServiceDefinition) throws {
        let reply = try ask(.begin(Begin(claim: claim, definition: definition)))
        guard case .begun = reply else { throw Unexpected(reply: reply) }
    }

    func offer(_ claim: Claim, _ artifact: ArtifactReference) throws -> UInt64 {
        let reply = try ask(.offer(Offer(claim: claim, artifact: artifact)))
        guard case .wanted(let offset) = reply else { throw Unexpected(reply: reply) }
        return offset
    }

    /// Offers an artifact and sends what is wanted of it.
    func upload(_ claim: Claim, _ release: TestRelease) throws {
        var offset = Int(try offer(claim, release.reference))
        while offset < release.packed.count {
            let part = Array(release.packed[offset..<min(offset + 100_000, release.packed.count)])
            try send(.chunk(Chunk(packedDigest: release.reference.packedDigest, offset: UInt64(offset), content: part)))
            offset += part.count
        }
    }

    func perform(_ claim: Claim, _ step: String, _ action: StepAction) throws -> StepResult {
        let reply = try ask(.perform(Perform(claim: claim, step: step, action: action)))
        guard case .performed(let result) = reply else { throw Unexpected(reply: reply) }
        return result
    }

    /// Uploads, unpacks and activates a release.
    func deploy(_ claim: Claim, _ release: TestRelease, _ definition: ServiceDefinition) throws {
        try begin(claim, definition)
        try upload(claim, release)
        #expect(try perform(claim, "stage", .stage(release.reference)).ending == .succeeded)
        #expect(try perform(claim, "activate", .activate(release: release.name)).ending == .succeeded)
    }

    func finish(_ claim: Claim) throws { #expect(try ask(.finish(Finish(claim: claim))) == .finished) }
}
