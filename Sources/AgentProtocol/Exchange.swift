/// Says something to a server on the host and takes its answer, until the server closes the connection: the way of
/// HAProxy's runtime API (its management guide, "Unix Socket commands").
public struct Exchange: WireMessage {
    /// For whom; nil for one who only looks: then the text may hold questions only (`show …`, `get …`).
    public var claim: Claim?
    /// A unix socket's absolute path, or `tcp://ADDRESS:PORT` with an IP address or `localhost`.
    public var address: String
    /// At most ``ProtocolLimits/maximumExchangeTextBytes``.
    public var text: String
    /// For connecting and the whole answer, at most ``ProtocolLimits/maximumExchangeMilliseconds``.
    public var timeoutMilliseconds: UInt64

    public init(claim: Claim? = nil, address: String, text: String, timeoutMilliseconds: UInt64) {
        (self.claim, self.address, self.text) = (claim, address, text)
        self.timeoutMilliseconds = timeoutMilliseconds
    }

    public func write(to writer: inout WireWriter) {
        writer.write(1, claim)
        writer.write(2, address)
        writer.write(3, text)
        writer.write(4, timeoutMilliseconds)
    }

    public init(from reader: inout WireReader) throws(WireError) {
        (claim, address, text, timeoutMilliseconds) = (nil, "", "", 0)
        while let field = try reader.next() {
            switch field.number {
            case 1: claim = try field.message()
            case 2: address = try field.text()
            case 3: text = try field.text()
            case 4: timeoutMilliseconds = try field.integer()
            default: break
            }
        }
    }
}

/// The answer to ``Exchange``.
public struct ExchangeAnswer: WireMessage {
    /// At most ``ProtocolLimits/maximumExchangeBytes``; hostile until made printable.
    public var content: [UInt8]
    /// Why there is no whole answer: nobody listens, no end in time, too long. Empty where there is one. What was said
    /// may have been heard all the same.
    public var problem: String

    public init(content: [UInt8] = [], problem: String = "") { (self.content, self.problem) = (content, problem) }

    public func write(to writer: inout WireWriter) {
        writer.write(1, content)
        writer.write(2, problem)
    }

    public init(from reader: inout WireReader) throws(WireError) {
        (content, problem) = ([], "")
        while let field = try reader.next() {
            switch field.number {
            case 1: content = Array(try field.bytes())
            case 2: problem = try field.text()
            default: break
            }
        }
    }
}
