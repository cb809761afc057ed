/// How much an inventory may hold; beyond it the text is refused, so that a hostile one ends quickly.
public enum InventoryLimits {
    /// All hosts of a file, those of ranges included.
    public static let maximumHosts = 250_000
    /// All groups of a file.
    public static let maximumGroups = 10_000
    /// The bytes of one line.
    public static let maximumLineBytes = 65_536
    /// Lists and dictionaries inside each other; a deeper value stays a string.
    public static let maximumNesting = 64
    /// The problems reported at once; the rest is only counted.
    public static let maximumProblems = 20
    /// The groups that a mistyped child is compared with; there may be ``maximumProblems`` of them.
    static let maximumGroupSuggestions = 1000
    /// The hosts that a mistyped term of a pattern is compared with.
    static let maximumHostSuggestions = 10_000
    /// The groups of a circle that a message names.
    static let maximumNamesInMessage = 8
}
