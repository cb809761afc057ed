import AgentProtocol

/// What is known of a release, in `releases/.<name>.coord`: beside it, so that the release holds its own files only.
struct ReleaseMetadata: WireMessage {
    /// SHA-256 of the canonical archive, hexadecimal.
    var digest: String
    /// When it was staged, in seconds since 1970.
    var stagedSeconds: UInt64

    init(digest: String, stagedSeconds: UInt64) { (self.digest, self.stagedSeconds) = (digest, stagedSeconds) }

    func write(to writer: inout WireWriter) {
        writer.write(1, digest)
        writer.write(2, stagedSeconds)
    }

    init(from reader: inout WireReader) throws(WireError) {
        (digest, stagedSeconds) = ("", 0)
        while let field = try reader.next() {
            switch field.number {
            case 1: digest = try field.text()
            case 2: stagedSeconds = try field.integer()
            default: break
            }
        }
    }
}
