import FleetModel

extension RolloutSpec {
    /// Where in a release a file of the configuration goes, and to whom it belongs there.
    public struct Placement: Sendable, Hashable, Codable {
        /// Relative to the release's directory, which it does not leave.
        public var path: LocatedText
        /// Permission bits, at most 0777; nil: 0644, or 0600 where a secret is in the file.
        public var mode: UInt32?
        /// A user's name or number on the host; nil: whoever the agent runs as.
        public var owner: LocatedText?
        /// A group's name or number on the host; nil: the owner's own.
        public var group: LocatedText?
        /// It may take the place of a file of the artifact; otherwise that is refused.
        public var replaces: Bool
    }

    /// Files that coord puts into one release, of whatever kind: the agent takes no more.
    public static let maximumConfigurationFiles = 64
}

extension RolloutSpec.Placement {
    /// The keys of a placement, read from a section that has further keys of its own.
    struct Fields {
        var to: Field?
        var mode: Field?
        var owner: Field?
        var group: Field?
        var replace: Field?
    }

    /// Nil with a finding, or where there is neither `to` nor a default.
    init?(_ fields: Fields, defaultPath: String? = nil) {
        let path = fields.to.map { $0.releasePath() } ?? defaultPath.map { LocatedText($0) }
        mode = fields.mode?.permissions()
        owner = fields.owner?.account("user")
        group = fields.group?.account("group")
        replaces = fields.replace?.flag() ?? false
        guard let path else { return nil }
        self.path = path
    }
}

extension RolloutSpec {
    /// Every file of the configuration, in the order of the spec.
    public var placements: [Placement] {
        files.map(\.placement) + [environment?.placement].compactMap(\.self) + secrets.compactMap(\.placement)
    }

    /// Two files can't have one place, nor can a file be another's folder.
    func checkPlacements(_ findings: Findings) {
        let placements = placements
        if placements.count > Self.maximumConfigurationFiles, let last = placements.last {
            let problem = "\(placements.count) files of configuration; at most \(Self.maximumConfigurationFiles)"
            return findings.add(problem, at: last.path.location)
        }
        var seen: [String] = []
        for path in placements.map(\.path) {
            if seen.contains(path.text) {
                findings.add("another file goes to \(quoted(path.text)) already", at: path.location)
            } else if let other = seen.first(where: { contains($0, path.text) || contains(path.text, $0) }) {
                findings.add(
                    "\(quoted(path.text)) and \(quoted(other)) can't both be: one would be the other's folder",
                    at: path.location)
            }
            seen.append(path.text)
        }
    }

    private func contains(_ folder: String, _ path: String) -> Bool { path.hasPrefix(folder + "/") }
}

extension Field {
    /// A path inside a release. NAME_MAX is 255 bytes; 1024 in all leave room for the release's own path in PATH_MAX.
    fileprivate func releasePath() -> LocatedText? {
        let form = "a path inside the release such as config/shop.env, relative and without '.' or '..'"
        guard let path = line(form) else { return nil }
        let parts = path.text.split(separator: "/", omittingEmptySubsequences: false)
        let isInside = parts.allSatisfy { !["", ".", ".."].contains($0) && $0.utf8.count <= 255 }
        guard isInside, path.text.utf8.count <= 1024 else {
            mismatch(form)
            return nil
        }
        return path
    }

    /// `0640`, `640` or `"0640"`: YAML leaves it the text that it is.
    fileprivate func permissions() -> UInt32? {
        let form = "permissions in octal such as \"0640\", at most 0777"
        guard let text = scalar(form) else { return nil }
        guard (3...4).contains(text.utf8.count), let mode = UInt32(text, radix: 8), mode <= 0o777,
            !"+-".contains(text.first ?? "-")
        else {
            mismatch(form)
            return nil
        }
        return mode
    }

    /// useradd(8): a name of at most 32 characters that no option or path can be mistaken for; or a number.
    fileprivate func account(_ kind: String) -> LocatedText? {
        let form = "the name or number of a \(kind)"
        guard let name = line(form) else { return nil }
        let isSafe = name.text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
            case UInt8(ascii: "0")...UInt8(ascii: "9"): true
            default: "_-.$".utf8.contains(byte)
            }
        }
        guard isSafe, name.text.utf8.count <= 32, !name.text.hasPrefix("-") else {
            mismatch(form)
            return nil
        }
        return name
    }
}
