/// Runs a script; exit status 0 is healthy.
final class ScriptProbe: Probe {
    private var child: ChildProcess?

    init(
        _ command: Command, timeout: UInt64, children: Children, onEnd: @escaping (ProbeResult) -> Void
    ) throws(SystemError) {
        super.init()
        child = try children.run(command, timeout: timeout) { ending in
            onEnd(ending.isSuccess ? .passed : ProbeResult(problem: ending.text, output: ending.output))
        }
    }

    override func cancel() { child?.cancel() }
}
