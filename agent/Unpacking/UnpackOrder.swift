import AgentProtocol

/// What the worker is told, as its arguments: `unpack PART RELEASES RELEASE DIGEST SIZE PACKED-DIGEST PACKED-SIZE`.
struct UnpackOrder: Equatable {
    /// The file with the packed bytes.
    var part: String
    /// The install directory, to hold `releases/`.
    var installDirectory: String
    var artifact: ArtifactReference

    var arguments: [String] {
        [
            "unpack", part, installDirectory, artifact.release, artifact.digest, String(artifact.size),
            artifact.packedDigest, String(artifact.packedSize),
        ]
    }

    init(part: String, installDirectory: String, artifact: ArtifactReference) {
        (self.part, self.installDirectory, self.artifact) = (part, installDirectory, artifact)
    }

    /// From the arguments behind `unpack`.
    init?(_ arguments: [String]) {
        guard arguments.count == 7, let size = UInt64(arguments[4]), let packedSize = UInt64(arguments[6]) else {
            return nil
        }
        part = arguments[0]
        installDirectory = arguments[1]
        artifact = ArtifactReference(
            release: arguments[2], digest: arguments[3], size: size, packedDigest: arguments[5], packedSize: packedSize)
    }
}
