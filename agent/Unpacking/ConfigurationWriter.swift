import AgentProtocol
import CAgentShim
import Glibc

/// Puts the files of a configuration into a release that is being staged, out of everybody's reach until it is whole.
struct ConfigurationWriter {
    private let order: ConfigurationOrder

    init(_ order: ConfigurationOrder) { self.order = order }

    /// - Parameter root: The release's private directory.
    /// - Returns: What was written, without the contents.
    func write(to root: Int32) throws(UnpackError) -> [ConfigurationFile] {
        var written: [ConfigurationFile] = []
        for var file in try bundle().files {
            try write(file, to: root)
            file.content = []
            written.append(file)
        }
        return written
    }

    private func bundle() throws(UnpackError) -> ConfigurationBundle {
        let limit = ProtocolLimits.maximumBundleBytes
        let content: [UInt8]?
        do throws(SystemError) {
            content = try FileSystem.read(order.part, maximumBytes: limit + 1)
        } catch { throw UnpackError(error) }
        guard let content, content.count <= limit, SHA256.hex(of: content) == order.reference.digest else {
            throw UnpackError(.artifactUnusable, "the configuration did not arrive whole")
        }
        do throws(WireError) {
            let bundle: ConfigurationBundle = try WireReader.decode(content[...])
            guard Validation.problem(with: bundle.files) == nil else { throw WireError.truncated }
            return bundle
        } catch {
            throw UnpackError(.archiveRefused, "the configuration is malformed")
        }
    }

    private func write(_ file: ConfigurationFile, to root: Int32) throws(UnpackError) {
        let ownership = try Ownership.resolve(owner: file.owner, group: file.group)
        do throws(SystemError) {
            if file.replaces { try InnerPath.removeFile(file.path, in: root) }
            // Closed to all others until it belongs to whom it is for.
            let flags = O_WRONLY | O_CREAT | O_EXCL
            let descriptor = try InnerPath.open(file.path, in: root, flags: flags, mode: 0o600, makesDirectories: true)
            defer { close(descriptor) }
            try FileSystem.write(file.content, to: descriptor, at: file.path)
            guard ownership == .ours || fchown(descriptor, ownership.user, ownership.group) == 0,
                fchmod(descriptor, mode_t(truncatingIfNeeded: file.mode)) == 0
            else { throw SystemError(errno, "cannot give \(file.path) its owner and mode") }
        } catch {
            guard error.code == EEXIST else { throw UnpackError(error) }
            throw UnpackError(
                .archiveRefused, "the release has a file \(file.path) of its own; 'replace: true' lets it be replaced")
        }
    }
}

/// Which bundle the worker is to put into the release.
struct ConfigurationOrder: Equatable {
    /// The file with the bundle's bytes.
    var part: String
    var reference: ConfigurationReference
}
