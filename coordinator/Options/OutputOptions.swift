import ArgumentParser
import Foundation
import Reporting
import RolloutEngine

/// How much is said, and in which form.
struct OutputOptions: ParsableArguments {
    @Flag(help: "One JSON object a line on standard output (docs/json-events.md).")
    var json = false

    @Flag(name: [.short, .long], help: "Say only what went wrong, and the result.")
    var quiet = false

    @Flag(help: "No colours, even on a terminal; NO_COLOR does the same.")
    var noColor = false

    /// What reports a rollout.
    func reporter(on terminal: Terminal) -> any RolloutReporter {
        let style = terminal.style(isPlain: noColor, for: STDERR_FILENO)
        if json { return JSONReporter(write: terminal.print) }
        guard terminal.showsProgressLive, !quiet else {
            return PlainReporter(style: style, isQuiet: quiet, write: terminal.complain)
        }
        return LiveReporter(style: style, size: { terminal.size }, write: terminal.draw)
    }

    func resultStyle(on terminal: Terminal) -> Style { terminal.style(isPlain: noColor, for: STDOUT_FILENO) }
}
