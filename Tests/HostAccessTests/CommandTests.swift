import Foundation
import HostAccess
import Testing

@Suite struct CommandTests {
    @Test func `plain commands stay as people would type them`() {
        #expect(Command(["uname", "-m"]).shellText == "uname -m")
        #expect(Command(["echo", "it's"], asRoot: true).shellText == #"sudo -n -- echo 'it'\''s'"#)
    }

    @Test func `what csh and fish would not hand on is spelt without it`() {
        let text = Command(["sh", "-c", "echo 'a!'\necho \\0 \u{e4}"]).shellText
        #expect(!text.contains("\n") && !text.contains("!"))
        // fish knows \\ and \' between single quotes.
        #expect(!text.contains("\\\\") && !text.contains("\\'"))
    }

    @Test(arguments: [
        "a\nb", "hi!", "back\\slash", "it's", "two\\0001\n", "%s $HOME `id` \"x\"", "\u{e4}\u{1F680}\t", "",
    ])
    func `every argument arrives as it was`(argument: String) throws {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", Command(["printf", "%s|", argument, "!\n"]).shellText]
        process.standardOutput = output
        try process.run()
        let bytes = try #require(try output.fileHandleForReading.readToEnd())
        process.waitUntilExit()
        #expect(String(decoding: bytes, as: UTF8.self) == argument + "|!\n|")
    }
}
