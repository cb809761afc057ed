/// The smallest static ELF executable (elf(5)) that ends with a status; 64 bit, little endian.
enum TinyExecutable {
    /// For the machine that the tests run on.
    static func exiting(with status: UInt8, comment: String = "") -> [UInt8] {
        #if arch(x86_64)
        // mov edi, status; mov eax, 60 (exit); syscall
        return elf(machine: 62, code: [0xBF, status, 0, 0, 0, 0xB8, 60, 0, 0, 0, 0x0F, 0x05], comment: comment)
        #elseif arch(arm64)
        // movz x0, #status; movz x8, #93 (exit); svc #0
        let move = 0xD280_0000 | UInt32(status) << 5
        let code = number(UInt64(move), 4) + [0xA8, 0x0B, 0x80, 0xD2, 0x01, 0x00, 0x00, 0xD4]
        return elf(machine: 183, code: code, comment: comment)
        #else
        #error("no machine code for this architecture")
        #endif
    }

    static func elf(machine: UInt64, code: [UInt8] = [], segment: UInt64 = 1, comment: String = "") -> [UInt8] {
        let base: UInt64 = 0x40_0000
        let start: UInt64 = 64 + 56
        let content = code + Array(comment.utf8)
        let size = start + UInt64(content.count)
        var bytes: [UInt8] = [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1] + [UInt8](repeating: 0, count: 9)
        bytes += number(2, 2) + number(machine, 2) + number(1, 4) + number(base + start, 8) + number(64, 8)
        bytes +=
            number(0, 8) + number(0, 4) + number(64, 2) + number(56, 2) + number(1, 2) + [UInt8](repeating: 0, count: 6)
        bytes += number(segment, 4) + number(5, 4) + number(0, 8) + number(base, 8) + number(base, 8)
        bytes += number(size, 8) + number(size, 8) + number(0x1000, 8)
        return bytes + content
    }

    private static func number(_ value: UInt64, _ size: UInt64) -> [UInt8] {
        (0..<size).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }
}
