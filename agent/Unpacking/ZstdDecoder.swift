import AgentProtocol
import CZstd

/// Decompresses a stream of zstd frames (RFC 8878) piece by piece.
final class ZstdDecoder {
    /// Log2 of the largest window that a frame may ask for: 128 MiB, zstd's own default limit. The worker's memory.
    private static let maximumWindowLog: Int32 = 27

    private let context: OpaquePointer
    private var output = [UInt8](repeating: 0, count: 256 << 10)
    /// Between frames: nothing is missing.
    private(set) var isComplete = true

    init() throws(UnpackError) {
        guard let context = ZSTD_createDCtx() else { throw UnpackError(.internalError, "no memory to decompress") }
        self.context = context
        _ = ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, Self.maximumWindowLog)
    }

    deinit { ZSTD_freeDCtx(context) }

    /// Calls `consume` with what `input` decompresses to, a part at a time.
    func decode(
        _ input: ArraySlice<UInt8>, _ consume: (ArraySlice<UInt8>) throws(UnpackError) -> Void
    ) throws(UnpackError) {
        var consumed = 0
        var isFlushed = false
        while consumed < input.count || !isFlushed {
            let (written, used) = try step(input.dropFirst(consumed))
            consumed += used
            // A full output may mean that there is more to come from the same input.
            isFlushed = written < output.count
            if written > 0 { try consume(output[..<written]) }
        }
    }

    private func step(_ input: ArraySlice<UInt8>) throws(UnpackError) -> (written: Int, used: Int) {
        let (result, written, used) = input.withUnsafeBytes { source in
            output.withUnsafeMutableBytes { target in
                var from = ZSTD_inBuffer(src: source.baseAddress, size: source.count, pos: 0)
                var to = ZSTD_outBuffer(dst: target.baseAddress, size: target.count, pos: 0)
                let result = ZSTD_decompressStream(context, &to, &from)
                return (result, to.pos, from.pos)
            }
        }
        guard ZSTD_isError(result) == 0 else {
            let problem = String(cString: ZSTD_getErrorName(result))
            throw UnpackError(.artifactUnusable, "the artifact does not decompress: " + problem)
        }
        // Zero: a frame ended here. Nothing read and nothing written: still between frames.
        if written > 0 || used > 0 { isComplete = result == 0 }
        return (written, used)
    }
}
