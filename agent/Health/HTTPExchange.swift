/// A `GET` and what its reply must be (RFC 9112); of the reply only the status line is read.
struct HTTPExchange {
    let path: String
    let expectedStatus: UInt64

    func request(host: String) -> [UInt8] {
        // Nothing of a path may end its line: that would be another header.
        var line = Array("GET ".utf8)
        line += path.utf8.first == UInt8(ascii: "/") ? [] : [UInt8(ascii: "/")]
        line += path.utf8.filter { $0 > 0x20 && $0 != 0x7F }
        let rest = " HTTP/1.1\r\nHost: \(host)\r\nUser-Agent: coord-agent\r\nAccept: */*\r\nConnection: close\r\n\r\n"
        return line + Array(rest.utf8)
    }

    /// What is wrong with a reply of which `reply` has come, empty for nothing; nil while that cannot be told.
    func problem(withReply reply: [UInt8], isOver: Bool) -> String? {
        guard let end = reply.firstIndex(of: UInt8(ascii: "\n")) else {
            return isOver ? "no HTTP reply" : nil
        }
        let words = reply[..<end].split(whereSeparator: { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\r") })
        guard words.count >= 2, words[0].starts(with: "HTTP/1.".utf8), words[1].count == 3,
            let status = UInt64(String(decoding: words[1], as: UTF8.self))
        else { return "not an HTTP reply" }
        return status == expectedStatus ? "" : "status \(status) instead of \(expectedStatus)"
    }
}
