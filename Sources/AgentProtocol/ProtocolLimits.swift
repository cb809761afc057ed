/// The numbers both sides hold each other to. Whatever exceeds one is refused, and the connection with it.
public enum ProtocolLimits {
    /// The protocol versions that this product speaks: the newest, and the one before it where there is one. Whoever
    /// raises the upper bound raises the lower one to the version before; what only the newer version knows is not sent
    /// to a peer that has agreed on the older one.
    public static let versions: ClosedRange<UInt64> = 1...2
    /// Bytes of a frame behind its length field.
    public static let maximumFrameBytes = 1 << 20
    /// Bytes of an artifact in one chunk; leaves room for the chunk's other fields.
    public static let maximumChunkBytes = 256 << 10
    /// Bytes of one script that travels with a rollout.
    public static let maximumScriptBytes = 128 << 10
    /// Bytes of a script's output, or of an explanation, that travel back: the last ones.
    public static let maximumOutputBytes = 8 << 10
    /// Files of a release's configuration.
    public static let maximumConfigurationFiles = 64
    /// Bytes of one file of a release's configuration.
    public static let maximumConfigurationFileBytes = 1 << 20
    /// Bytes of a ``ConfigurationBundle``: all the files, their paths and owners.
    public static let maximumBundleBytes = 65 << 20
    /// Bytes of a file that travel back; what a frame holds, and a connection's unsent replies.
    public static let maximumReadBytes = 512 << 10
    /// Bytes that are said to a server in one ``Exchange``.
    public static let maximumExchangeTextBytes = 64 << 10
    /// Bytes of a server's answer.
    public static let maximumExchangeBytes = 256 << 10
    /// How long a server's answer is waited for.
    public static let maximumExchangeMilliseconds: UInt64 = 60_000
    /// Bytes of a file that ``ReplaceFile`` puts in place.
    public static let maximumReplacementBytes = 256 << 10
    /// Errors that a ``Sample`` counts in a log.
    public static let maximumLogErrors = 1000
    /// Bytes of all texts of an ``Evidence``.
    public static let maximumEvidenceBytes = 64 << 10
    /// Lines of a journal in an ``Evidence``.
    public static let maximumJournalLines = 100
    /// Entries in any repeated field.
    public static let maximumRepeats = 256

    /// The highest version that two peers both speak; nil where there is none.
    public static func agreedVersion(_ ours: ClosedRange<UInt64>, _ theirs: ClosedRange<UInt64>) -> UInt64? {
        ours.overlaps(theirs) ? min(ours.upperBound, theirs.upperBound) : nil
    }
}
