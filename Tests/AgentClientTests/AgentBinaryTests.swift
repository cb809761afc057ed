import Testing

@testable import AgentClient

@Suite struct AgentBinaryTests {
    @Test func `a static executable is known by its machine`() throws {
        #expect(try AgentBinary(TinyExecutable.elf(machine: 62)).architecture == .x86_64)
        #expect(try AgentBinary(TinyExecutable.elf(machine: 183)).architecture == .aarch64)
    }

    @Test(arguments: [
        (Array("#!/bin/sh\n".utf8), "not a 64-bit ELF executable"),
        ([], "not a 64-bit ELF executable"),
        (TinyExecutable.elf(machine: 243), "an executable for an unknown machine (ELF machine 243)"),
        (TinyExecutable.elf(machine: 62, segment: 3), "the agent's executable is not static"),
    ])
    func `what no host could run is refused before anything is sent`(content: [UInt8], problem: String) {
        let error = #expect(throws: InstallError.self) { try AgentBinary(content) }
        #expect(error?.step == .package)
        #expect(error?.problem == problem)
    }

    @Test func `a header that is cut short or points anywhere is refused, not followed`() {
        let whole = TinyExecutable.elf(machine: 62)
        for count in 0..<120 { #expect(throws: InstallError.self) { try AgentBinary(Array(whole.prefix(count))) } }
        var astray = whole
        for index in 32..<40 { astray[index] = 0xFF }
        #expect(throws: InstallError.self) { try AgentBinary(astray) }
    }
}
