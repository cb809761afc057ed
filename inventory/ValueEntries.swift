extension Value {
    /// A dictionary that knows the order in which its keys came, as Python's do.
    public struct Entries: Hashable, Sendable, Codable {
        /// In the order in which they were set first.
        public private(set) var keys: [String] = []
        private var values: [String: Value] = [:]

        public init() {}

        /// Of a key that stands there twice the later value is kept.
        public init(_ entries: [(String, Value)]) {
            for (key, value) in entries { self[key] = value }
        }

        public var count: Int { keys.count }

        public var isEmpty: Bool { keys.isEmpty }

        /// The value of the key; setting nil leaves what is there.
        public subscript(key: String) -> Value? {
            get { values[key] }
            set {
                guard let newValue else { return }
                if values.updateValue(newValue, forKey: key) == nil { keys.append(key) }
            }
        }
    }
}

extension Value.Entries: Sequence, ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, Value)...) {
        for (key, value) in elements { self[key] = value }
    }

    /// In the order of the keys.
    public func makeIterator() -> AnyIterator<(key: String, value: Value)> {
        var index = 0
        return AnyIterator {
            guard index < keys.count, let value = values[keys[index]] else { return nil }
            defer { index += 1 }
            return (keys[index], value)
        }
    }
}
