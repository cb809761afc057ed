import CZstd

/// Compresses a stream with zstd on other threads; the same bytes in, the same bytes out, however they are cut.
final class ZstdCompressor {
    private let stream: OpaquePointer
    private let context: ArtifactContext
    private var output = [UInt8](repeating: 0, count: ZSTD_CStreamOutSize())

    /// libzstd's result depends on the level and on what one job is given, not on how many work: both are fixed.
    private static let level: Int32 = 3
    private static let jobBytes: Int32 = 4 << 20
    private static let workers: Int32 = 2

    /// - Parameter size: How many bytes will come; stands in the frame's header.
    init(size: UInt64, _ context: ArtifactContext) throws(ArtifactError) {
        guard let stream = ZSTD_createCStream() else { throw context.error("cannot compress it: out of memory") }
        self.stream = stream
        self.context = context
        // Where libzstd was built without threads this fails, and it compresses on this one.
        if ZSTD_isError(ZSTD_CCtx_setParameter(stream, ZSTD_c_nbWorkers, Self.workers)) == 0 {
            try check(ZSTD_CCtx_setParameter(stream, ZSTD_c_jobSize, Self.jobBytes))
        }
        try check(ZSTD_CCtx_setParameter(stream, ZSTD_c_compressionLevel, Self.level))
        try check(ZSTD_CCtx_setPledgedSrcSize(stream, size))
    }

    deinit { ZSTD_freeCStream(stream) }

    /// Takes `bytes`, the last ones if `isLast`, and hands what is ready to `write`.
    func compress(
        _ bytes: ArraySlice<UInt8>, isLast: Bool, write: (ArraySlice<UInt8>) throws(ArtifactError) -> Void
    ) throws(ArtifactError) {
        var taken = 0
        while true {
            let (result, written) = step(bytes.dropFirst(taken), isLast: isLast, taken: &taken)
            let unflushed = try check(result)
            if written > 0 { try write(output[..<written]) }
            if taken == bytes.count, !isLast || unflushed == 0 { return }
        }
    }

    private func step(_ bytes: ArraySlice<UInt8>, isLast: Bool, taken: inout Int) -> (result: Int, written: Int) {
        bytes.withUnsafeBytes { source in
            output.withUnsafeMutableBytes { buffer in
                var input = ZSTD_inBuffer(src: source.baseAddress, size: source.count, pos: 0)
                var target = ZSTD_outBuffer(dst: buffer.baseAddress, size: buffer.count, pos: 0)
                let result = ZSTD_compressStream2(stream, &target, &input, isLast ? ZSTD_e_end : ZSTD_e_continue)
                taken += input.pos
                return (result, target.pos)
            }
        }
    }

    @discardableResult
    private func check(_ result: Int) throws(ArtifactError) -> Int {
        guard ZSTD_isError(result) == 0 else {
            throw context.error("cannot compress it: \(String(cString: ZSTD_getErrorName(result)))")
        }
        return result
    }
}
