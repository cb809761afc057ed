import AgentProtocol

/// What the worker is told, as its arguments:
/// `unpack PART INSTALL-DIR RELEASE DIGEST SIZE PACKED-DIGEST PACKED-SIZE DIRECTORY [BUNDLE DIGEST SIZE]`.
struct UnpackOrder: Equatable {
    /// The file with the packed bytes.
    var part: String
    /// The install directory, to hold `releases/`.
    var installDirectory: String
    var artifact: ArtifactReference
    /// What goes into the release beside the artifact's files; nil for nothing.
    var configuration: ConfigurationOrder?

    var arguments: [String] {
        var arguments = [
            "unpack", part, installDirectory, artifact.release, artifact.digest, String(artifact.size),
            artifact.packedDigest, String(artifact.packedSize), artifact.directoryName,
        ]
        if let configuration {
            let reference = configuration.reference
            arguments += [configuration.part, reference.digest, String(reference.size)]
        }
        return arguments
    }

    init(
        part: String, installDirectory: String, artifact: ArtifactReference, configuration: ConfigurationOrder? = nil
    ) {
        (self.part, self.installDirectory, self.artifact) = (part, installDirectory, artifact)
        self.configuration = configuration
    }

    /// From the arguments behind `unpack`.
    init?(_ arguments: [String]) {
        guard arguments.count == 8 || arguments.count == 11, let size = UInt64(arguments[4]),
            let packedSize = UInt64(arguments[6])
        else {
            return nil
        }
        part = arguments[0]
        installDirectory = arguments[1]
        artifact = ArtifactReference(
            release: arguments[2], digest: arguments[3], size: size, packedDigest: arguments[5], packedSize: packedSize,
            directory: arguments[7])
        guard arguments.count == 11 else { return }
        guard let bundleSize = UInt64(arguments[10]) else { return nil }
        configuration = ConfigurationOrder(
            part: arguments[8], reference: ConfigurationReference(digest: arguments[9], size: bundleSize))
    }
}
