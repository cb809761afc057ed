import AgentProtocol
import Glibc

/// What all services share: the state directory and the children.
final class AgentEnvironment {
    let stateDirectory: String
    let children: Children
    let incoming: Incoming
    /// The agent is about to end: no step begins.
    var isDraining = false
    var onStepEnd: () -> Void = {}
    private var scriptDirectories = 0

    init(stateDirectory: String, children: Children) throws(SystemError) {
        (self.stateDirectory, self.children) = (stateDirectory, children)
        incoming = try Incoming(directory: stateDirectory + "/incoming")
        try FileSystem.makeDirectory(stateDirectory, mode: 0o700)
        // Scripts of steps that an earlier agent did not end.
        try TreeRemoval.remove(scriptsDirectory)
    }

    var servicesDirectory: String { stateDirectory + "/services" }
    private var scriptsDirectory: String { stateDirectory + "/scripts" }

    func makeScriptDirectory() -> ScriptDirectory {
        scriptDirectories += 1
        return ScriptDirectory("\(scriptsDirectory)/\(scriptDirectories)")
    }

    /// Has a worker remove what may be large; what is left when it ends early goes next time.
    func removeLater(_ paths: [String]) {
        guard !paths.isEmpty else { return }
        let command = Command.ourselves(["remove"] + paths)
        do throws(SystemError) {
            try children.run(command, timeout: 3_600_000) { ending in
                if !ending.isSuccess { Log.write("the removing worker \(ending.text)") }
            }
        } catch {
            Log.write(error.problem)
        }
    }
}
