import FleetModel

// Readers for ports, addresses, paths on hosts, and names that stand in other programs' configuration.

extension Field {
    func port() -> UInt16? {
        let form = "a port from 1 to 65535"
        guard let text = scalar(form) else { return nil }
        guard let port = UInt16(text), port > 0, !text.hasPrefix("0"), !text.hasPrefix("+") else {
            mismatch(form)
            return nil
        }
        return port
    }

    /// `20` or `20%`.
    func percentage(in range: ClosedRange<Int>) -> Int? {
        let form = "percent from \(range.lowerBound) to \(range.upperBound)"
        guard let text = scalar(form) else { return nil }
        let digits = text.hasSuffix("%") ? text.dropLast() : text[...]
        guard let number = Int(digits), range.contains(number), digits == "\(number)" else {
            mismatch(form)
            return nil
        }
        return number
    }

    /// Host and port, of which the port may be left out where there is a default.
    func endpoint(
        _ written: some StringProtocol, defaultPort: UInt16? = nil, form: String,
        remedy: String = "check by name in a script"
    ) -> RolloutSpec.Endpoint? {
        do throws(RolloutSpec.Endpoint.Mistake) {
            return try RolloutSpec.Endpoint(written, defaultPort: defaultPort)
        } catch {
            switch error {
            case .hostName(let host):
                let problem = "\(name) needs an IP address or 'localhost', not the name \(quoted(host))"
                reject(problem, hint: "the agent has no resolver; \(remedy)")
            case .malformed: mismatch(form)
            }
            return nil
        }
    }

    /// The path of a file on a host. It is plain, so that it can stand in other programs' commands.
    func absolutePath(_ example: String) -> String? {
        let form = "an absolute path such as \(example), of letters, digits and '/', '.', '_', '-'"
        guard let text = line(form)?.text else { return nil }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        let isAbsolute = parts.count > 1 && parts[0].isEmpty
        guard isAbsolute, parts.dropFirst().allSatisfy({ !["", ".", ".."].contains($0) && isPlain($0, also: "._-@+") })
        else {
            mismatch(form)
            return nil
        }
        return text
    }

    /// The name of a backend or an upstream, of the characters that HAProxy's configuration manual (§4) allows, but for
    /// the colon.
    func proxyName(_ kind: String) -> String? {
        let form = "the name of \(kind), of letters, digits and '-', '_', '.'"
        guard let text = line(form)?.text else { return nil }
        guard text.utf8.count <= 128, isPlain(text, also: "-_.") else {
            mismatch(form)
            return nil
        }
        return text
    }

    /// Letters, digits and `marks`.
    func isPlain(_ text: some StringProtocol, also marks: String) -> Bool {
        text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
            case UInt8(ascii: "a")...UInt8(ascii: "z"): true
            default: marks.utf8.contains(byte)
            }
        }
    }
}
