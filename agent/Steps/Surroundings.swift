import AgentProtocol
import Glibc

/// What hooks, checks and service commands may know: a clean environment, and where they run.
struct Surroundings {
    private static let path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    /// Of our own environment; what `systemctl --user` needs to find the user's instance.
    private static let inherited = ["HOME", "USER", "LANG", "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS"]

    let environment: [String]
    let workingDirectory: String
    /// A file for what service commands say, and what the services they start say after them.
    let commandOutput: String

    /// What has nothing to do with a service.
    static var basicEnvironment: [String] {
        var environment = [path]
        for name in inherited {
            if let value = getenv(name) { environment.append(name + "=" + String(cString: value)) }
        }
        return environment
    }

    /// - Parameters:
    ///   - release: The directory of the release that is, or is about to be, the current one; empty where there is
    ///     none.
    ///   - previous: That of what was current before; empty where there was nothing.
    init(_ definition: ServiceDefinition, release: String, previous: String, commandOutput: String) {
        let directory = definition.installDirectory
        var environment = Self.basicEnvironment
        environment.append("COORD_SERVICE=" + definition.service)
        environment.append("COORD_INSTALL_DIR=" + directory)
        environment.append("COORD_RELEASE=" + Self.name(ofDirectory: release, in: directory))
        let isNowhere = release.utf8.isEmpty || directory.utf8.isEmpty
        environment.append("COORD_RELEASE_DIR=" + (isNowhere ? "" : directory + "/releases/" + release))
        environment.append("COORD_PREVIOUS=" + Self.name(ofDirectory: previous, in: directory))
        self.environment = environment
        workingDirectory = FileSystem.isDirectory(directory) ? directory : "/"
        self.commandOutput = commandOutput
    }

    /// The release's own name: with another configuration it stands in a directory that is called otherwise.
    private static func name(ofDirectory name: String, in installDirectory: String) -> String {
        guard Names.isRelease(name),
            let metadata = try? ReleaseStore(directory: installDirectory).metadata(of: name),
            !metadata.release.utf8.isEmpty
        else { return name }
        return metadata.release
    }
}
