import AgentProtocol

/// What is known of a release, in `releases/.<name>.coord`: beside it, so that the release holds its own files only.
struct ReleaseMetadata: WireMessage {
    /// SHA-256 of the canonical archive, hexadecimal.
    var digest: String
    /// When it was staged, in seconds since 1970.
    var stagedSeconds: UInt64
    /// The release's own name; empty where that is the directory's.
    var release: String
    /// The files that are not the artifact's, without their contents.
    var files: [ConfigurationFile]

    init(digest: String, stagedSeconds: UInt64, release: String = "", files: [ConfigurationFile] = []) {
        (self.digest, self.stagedSeconds, self.release, self.files) = (digest, stagedSeconds, release, files)
    }

    func write(to writer: inout WireWriter) {
        writer.write(1, digest)
        writer.write(2, stagedSeconds)
        writer.write(3, release)
        writer.write(4, files)
    }

    init(from reader: inout WireReader) throws(WireError) {
        (digest, stagedSeconds, release, files) = ("", 0, "", [])
        while let field = try reader.next() {
            switch field.number {
            case 1: digest = try field.text()
            case 2: stagedSeconds = try field.integer()
            case 3: release = try field.text()
            case 4: try field.append(to: &files)
            default: break
            }
        }
    }
}
