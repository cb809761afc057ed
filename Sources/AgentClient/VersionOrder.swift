/// The order of versions (https://semver.org), as far as it is needed to tell an upgrade from a downgrade.
enum VersionOrder {
    /// False where one of them is no version.
    static func isNewer(_ version: String, than other: String) -> Bool {
        guard let one = parts(of: version), let two = parts(of: other) else { return false }
        if one.numbers != two.numbers { return two.numbers.lexicographicallyPrecedes(one.numbers) }
        // A version comes after its own pre-releases.
        return !one.isPreRelease && two.isPreRelease
    }

    private static func parts(of version: String) -> (numbers: [UInt32], isPreRelease: Bool)? {
        let core = version.prefix { $0 != "-" && $0 != "+" }
        let numbers = core.split(separator: ".", omittingEmptySubsequences: false).map { UInt32($0) }
        guard numbers.count == 3, !numbers.contains(nil) else { return nil }
        return (numbers.compactMap(\.self), version.dropFirst(core.count).hasPrefix("-"))
    }
}
