/// How much an inventory may hold; beyond it the text is refused, so that a hostile one ends quickly.
public enum InventoryLimits {
    /// All hosts, those of ranges included.
    public static let maximumHosts = 250_000
    /// How often hosts are listed in groups, all hosts together, those of ranges included.
    public static let maximumListings = 2_000_000
    /// All groups.
    public static let maximumGroups = 10_000
    /// The bytes of one line.
    public static let maximumLineBytes = 65_536
    /// The bytes of a YAML file; scripts and INI may be longer.
    public static let maximumYAMLBytes = 32 << 20
    /// The values of a YAML file, those behind aliases counted as often as they stand there.
    public static let maximumNodes = 2_000_000
    /// Lists and dictionaries inside each other; a deeper value of an INI file stays a string, others are refused.
    public static let maximumNesting = 64
    /// The problems reported at once; the rest is only counted.
    public static let maximumProblems = 20
    /// The bytes of a list that a host pattern names.
    public static let maximumListBytes = 32 << 20
    /// The bytes of `--graph`, which shows a group below each of its parents.
    public static let maximumGraphBytes = 256 << 20
    /// The groups that a mistyped child is compared with; there may be ``maximumProblems`` of them.
    static let maximumGroupSuggestions = 1000
    /// The hosts that a mistyped term of a pattern is compared with.
    static let maximumHostSuggestions = 10_000
    /// The groups of a circle that a message names.
    static let maximumNamesInMessage = 8
}
