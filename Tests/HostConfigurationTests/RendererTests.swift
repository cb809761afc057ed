import HostConfiguration
import FleetModel
import Foundation
import Testing

@testable import RolloutSpec

@Suite struct RendererTests {
    @Test func `a file with a secret in it is a secret as a whole, and closed to others`() throws {
        var scene = try Scene()
        scene.secrets = ["db": "s3cret\n"]
        let renderer = try scene.renderer([scene.template("url={{secret.db}}@{{port}}\n"), scene.template("{{port}}")])
        let files = try renderer.files(for: scene.hosts[0])
        #expect(files.map(\.isSecret) == [true, false])
        #expect(files.map(\.mode) == [0o600, 0o644])
        #expect(files[0].content == Secret("url=s3cret@8080\n"))
        #expect(!"\(files)".contains("s3cret"))
    }

    @Test func `a recipe keeps of the hosts' variables only what templates name`() throws {
        let scene = try Scene("[web]\nh1 port=1 ansible_password=hunter2\n")
        let recipe = try ConfigurationRecipe(
            files: [scene.template("{{port}}")], secrets: [],
            variables: TemplateVariables(of: scene.hosts, in: scene.inventory), directory: "/")
        let text = String(decoding: try JSONEncoder().encode(recipe), as: UTF8.self)
        #expect(text.contains("port") && !text.contains("hunter2"))
        let again = try JSONDecoder().decode(ConfigurationRecipe.self, from: Data(text.utf8))
        #expect(again == recipe)
    }

    /// sh(1) reads such a file as systemd does, as far as the quoting goes.
    @Test func `an environment file says to a reader what the spec says`() throws {
        let values = [
            "plain", "two words", "q\"uote'", "dollar $HOME `id` \\ back\\n", "line\nfeed", "", "#no", " sp ",
        ]
        let scene = try Scene()
        let variables = values.enumerated().map { index, value in
            RolloutSpec.EnvironmentFile.Variable(name: "V\(index)", value: LocatedText(value))
        }
        let files = try scene.renderer([scene.file(.environment(variables))]).files(for: scene.hosts[0])
        let script = String(decoding: files[0].content.exposed, as: UTF8.self)
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = [
            "-c", script + (0..<values.count).map { "printf '%s\\0' \"$V\($0)\"" }.joined(separator: "\n"),
        ]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(String(decoding: output, as: UTF8.self) == values.map { $0 + "\0" }.joined())
    }
}
