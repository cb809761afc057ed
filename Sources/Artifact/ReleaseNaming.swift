import FleetModel

extension Artifact {
    /// The release's name where no one gave one: the file's, without extensions and what names may not have, and the
    /// digest's first digits, as in `shop-1.4.2-ba7816bf8f01`.
    public static func defaultReleaseID(fileName: String, digest: Digest) -> ReleaseID {
        var base = String(fileName.split(separator: "/").last ?? "")
        for suffix in [".tar", ".tar.gz", ".tgz", ".tar.zst", ".tzst"] where base.hasSuffix(suffix) {
            base.removeLast(suffix.count)
            break
        }
        let allowed = base.unicodeScalars.map { isAllowed($0) ? Character($0) : "-" }
        let name = String(allowed.drop { !$0.isLetter && !$0.isNumber }.prefix(maximumBaseBytes))
        guard let id = ReleaseID("\(name.isEmpty ? "release" : name)-\(digest.short)") else {
            preconditionFailure("a cleaned name and hexadecimal digits are a release name")
        }
        return id
    }

    /// Leaves room for the digest in a name's 128 bytes.
    private static let maximumBaseBytes = 100

    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCII
            && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil
                || "._+-".unicodeScalars.contains(scalar))
    }
}
