import AgentProtocol
import HostConfiguration
import FleetModel

/// A rollout's configuration, host by host. The secrets are got when the first host needs them, once; of a rollout that
/// was resumed when all hosts had been staged, never.
public actor ConfigurationSource {
    /// What it is made from.
    public nonisolated let recipe: ConfigurationRecipe
    private var reading: Task<Result<ConfigurationRenderer, Diagnostics>, Never>?

    /// Gets nothing yet.
    public init(_ recipe: ConfigurationRecipe) { self.recipe = recipe }

    /// The files of one host.
    /// - Throws: the secrets that can't be got, or what the host's variables lack.
    func files(for host: HostName) async throws(Diagnostics) -> [ConfigurationFile] {
        try await renderer().files(for: host).map(ConfigurationFile.init)
    }

    /// - Throws: everything that is wrong, each cause once with all the hosts that it concerns.
    func check(_ hosts: [HostName]) async throws(Diagnostics) { try await renderer().check(hosts) }

    /// - Throws: the secrets that can't be got.
    public func renderer() async throws(Diagnostics) -> ConfigurationRenderer {
        let task = reading ?? startReading()
        return try await task.value.get()
    }

    /// Of the secrets; of none where nobody has needed them, so that no host got them from here.
    func redaction() async -> Redaction {
        guard let reading, let renderer = try? await reading.value.get() else { return .none }
        return renderer.redaction
    }

    private func startReading() -> Task<Result<ConfigurationRenderer, Diagnostics>, Never> {
        let task = Task { [recipe] () -> Result<ConfigurationRenderer, Diagnostics> in
            do throws(Diagnostics) {
                let secrets = try await SecretReader(directory: recipe.directory).read(recipe.secrets)
                return .success(try ConfigurationRenderer(recipe, secrets: secrets))
            } catch { return .failure(error) }
        }
        reading = task
        return task
    }
}

extension ConfigurationFile {
    init(_ file: RenderedFile) {
        self.init(
            path: file.path, mode: UInt64(file.mode), owner: file.owner, group: file.group, replaces: file.replaces,
            isSecret: file.isSecret, content: file.content.exposed)
    }
}
