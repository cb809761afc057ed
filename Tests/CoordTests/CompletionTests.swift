import Foundation
import Testing

/// Completions, as the shells themselves make them of the scripts.
@Suite struct CompletionTests {
    let program: Program

    init() throws { program = try Program() }

    private func run(_ shell: String, _ arguments: String...) async throws -> String {
        let outcome = try await program.run(arguments, executable: URL(filePath: "/usr/bin/\(shell)"))
        #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
        return outcome.output
    }

    private func writeScript(for shell: String) async throws {
        let outcome = try await program.run("completions", shell)
        #expect(outcome.status == 0 && outcome.errors.isEmpty)
        try program.write("script", outcome.output)
    }

    @Test(arguments: [
        (["che"], "check"), (["exec", "inventory.ini", "--fail"], "--fail-fast"), (["completions", "z"], "zsh"),
        (["exec", "inv"], "inventory.ini"),
    ])
    func `bash completes commands, options, values and files`(words: [String], completion: String) async throws {
        try await writeScript(for: "bash")
        try program.write("inventory.ini", "")
        // What readline sets before it calls the function (bash(1), "Programmable Completion").
        let complete = """
            source ./script
            COMP_WORDS=(coord "$@"); COMP_CWORD=$#; COMP_LINE="coord $*"; COMP_POINT=${#COMP_LINE}; COMP_TYPE=9
            _coord coord "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
            echo "${COMPREPLY[@]}"
            """
        let outcome = try await program.run(
            ["-c", complete, "bash"] + words, executable: URL(filePath: "/bin/bash"))
        #expect(outcome.output == "\(completion)\n")
    }

    @Test func `fish completes commands and options`() async throws {
        try await writeScript(for: "fish")
        // Fish completes only what it finds on the path.
        let products = Program.products.path(percentEncoded: false)
        let output = try await run(
            "fish", "--no-config", "-c",
            "set PATH '\(products)' $PATH; source ./script; complete -C 'coord che'; complete -C 'coord exec --fail'")
        #expect(output.contains("check\t") && output.contains("--fail-fast\t"))
    }

    @Test func `zsh takes its script`() async throws {
        try await writeScript(for: "zsh")
        #expect(try await run("zsh", "-f", "-n", "./script").isEmpty)
        let output = try await run(
            "zsh", "-f", "-c", "autoload -U compinit; compinit -u -D; source ./script; echo $_comps[coord]")
        #expect(output == "_coord\n")
    }

    @Test func `a shell that nobody knows is answered with those there are`() async throws {
        let outcome = try await program.run("completions", "bsh")
        #expect(outcome.status == 2)
        #expect(outcome.errors.contains("no completions for 'bsh'; did you mean 'bash'?"))
    }
}
