import FleetModel

/// The machines there are agents for.
public enum Architecture: String, Hashable, Sendable, CaseIterable {
    // The names of `uname -m`.
    case x86_64
    case aarch64

    /// ELF's `e_machine` (elf(5)).
    fileprivate var elfMachine: UInt64 {
        switch self {
        case .x86_64: 62
        case .aarch64: 183
        }
    }
}

/// An agent's executable, checked: static, for one architecture.
public struct AgentBinary: Hashable, Sendable {
    /// The machines it runs on.
    public let architecture: Architecture
    /// The whole file.
    public let content: [UInt8]
    /// SHA-256 of the content.
    public let digest: Digest

    /// - Throws: ``InstallError`` unless `content` is a static 64-bit Linux executable for a known architecture.
    public init(_ content: [UInt8]) throws(InstallError) {
        architecture = try Self.architecture(of: ELFHeader(content))
        self.content = content
        digest = Digest(of: content)
    }

    private static func architecture(of header: ELFHeader?) throws(InstallError) -> Architecture {
        guard let header, header.isExecutable else {
            throw InstallError(.package, "not a 64-bit ELF executable", hint: rebuild)
        }
        guard let architecture = Architecture.allCases.first(where: { $0.elfMachine == header.machine }) else {
            throw InstallError(
                .package, "an executable for an unknown machine (ELF machine \(header.machine))", hint: rebuild)
        }
        // Dynamically linked, it would start only where the builder's own libc, or a newer one, is.
        guard !header.hasInterpreter else {
            throw InstallError(.package, "the agent's executable is not static", hint: rebuild)
        }
        return architecture
    }

    private static let rebuild = "build the agent with `-static-executable`, for \(known)"

    /// The architectures' names, for people.
    static let known = Architecture.allCases.map(\.rawValue).joined(separator: " or ")
}

/// The few fields of an ELF header that matter here (elf(5)); nil where the bytes hold none or are cut short.
private struct ELFHeader {
    private static let programInterpreter: UInt64 = 3  // PT_INTERP
    private static let programHeaderBytes: UInt64 = 56  // sizeof(Elf64_Phdr)

    let machine: UInt64
    let isExecutable: Bool
    let hasInterpreter: Bool

    init?(_ bytes: [UInt8]) {
        // 0x7F "ELF", 64 bit, little endian.
        guard bytes.starts(with: [0x7F, 0x45, 0x4C, 0x46, 2, 1]),
            let type = Self.number(in: bytes, at: 16, size: 2), let machine = Self.number(in: bytes, at: 18, size: 2),
            let table = Self.number(in: bytes, at: 32, size: 8),
            let entries = Self.number(in: bytes, at: 56, size: 2),
            Self.number(in: bytes, at: 54, size: 2) == Self.programHeaderBytes, table <= UInt64(bytes.count),
            table + entries * Self.programHeaderBytes <= UInt64(bytes.count)
        else { return nil }
        let types = (0..<entries).map { Self.number(in: bytes, at: table + $0 * Self.programHeaderBytes, size: 4) }
        self.machine = machine
        isExecutable = type == 2 || type == 3  // ET_EXEC; ET_DYN is a static executable that may be loaded anywhere
        hasInterpreter = types.contains(Self.programInterpreter)
    }

    private static func number(in bytes: [UInt8], at offset: UInt64, size: UInt64) -> UInt64? {
        guard offset + size <= UInt64(bytes.count) else { return nil }
        let start = Int(offset)
        return bytes[start..<start + Int(size)].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}
