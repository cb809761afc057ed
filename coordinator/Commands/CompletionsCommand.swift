import ArgumentParser
import FleetModel

struct CompletionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "completions",
        abstract: "Print what makes a shell complete commands, options and files.",
        usage: "coord completions bash|zsh|fish",
        discussion: """
            Examples:
              coord completions bash > ~/.local/share/bash-completion/completions/coord
              coord completions zsh  > ~/.zfunc/_coord    # a folder of your fpath
              coord completions fish > ~/.config/fish/completions/coord.fish
            """
    )

    @Argument(
        help: "The shell.", completion: .list(CompletionShell.allCases.map(\.rawValue)), transform: shell)
    var shell: CompletionShell

    func run() { Terminal.standard.print(Coord.completionScript(for: shell)) }

    private static func shell(_ name: String) throws -> CompletionShell {
        let known = CompletionShell.allCases.map(\.rawValue)
        guard let shell = CompletionShell(rawValue: name) else {
            throw ValidationError(
                "no completions for '\(name.printable())'\(didYouMean(name, among: known)); there are some for "
                    + known.joined(separator: ", "))
        }
        return shell
    }
}
