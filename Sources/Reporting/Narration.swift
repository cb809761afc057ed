import FleetModel

/// One thing worth telling a person.
struct Narration: Equatable, Sendable {
    var tone: Style.Tone = .normal
    /// `batch 2/5`; empty where it concerns the whole rollout.
    var batch = ""
    var host: HostName?
    var text: String
    /// The last lines of what failed.
    var output = ""

    /// `batch 2/5  web-07 | healthy`, and below it what the host said.
    func line(_ style: Style, batchWidth: Int, hostWidth: Int) -> String {
        var subject = host == nil && batch.isEmpty ? "" : batch.padded(to: batchWidth) + "  "
        if let host { subject += "\(host.text.padded(to: hostWidth)) | " }
        let quoted = output.lastLines(Self.maximumOutputLines).map { "    | \($0)" }
        return ([subject + style(text.onOneLine, tone)] + quoted).joined(separator: "\n")
    }

    /// Of a failing host's output.
    private static let maximumOutputLines = 20
}
