// `{"header": "X-Variant", "value": "b"}`, `{"cookie": "variant", "value": "b"}` or `{"preview": true}`.
extension TrafficRoute.Match {
    private enum CodingKeys: String, CodingKey {
        case header, cookie, preview, value
    }

    public init(from decoder: any Decoder) throws {
        let match = try decoder.container(keyedBy: CodingKeys.self)
        if let header = try match.decodeIfPresent(String.self, forKey: .header) {
            self = .header(header, value: try match.decode(String.self, forKey: .value))
        } else if let cookie = try match.decodeIfPresent(String.self, forKey: .cookie) {
            self = .cookie(cookie, value: try match.decode(String.self, forKey: .value))
        } else if try match.decodeIfPresent(Bool.self, forKey: .preview) == true {
            self = .preview
        } else {
            throw DecodingError.dataCorrupted(
                DecodingError.Context(codingPath: match.codingPath, debugDescription: "a route without a match"))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var match = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .header(let name, let value):
            try match.encode(name, forKey: .header)
            try match.encode(value, forKey: .value)
        case .cookie(let name, let value):
            try match.encode(name, forKey: .cookie)
            try match.encode(value, forKey: .value)
        case .preview: try match.encode(true, forKey: .preview)
        }
    }
}
