/// The fleets of a size, each kind of fleet once.
///
/// What a plan is depends on fewer things than a fleet has, so that one fleet stands for many:
/// - Hosts that do not change (current ones, and those out of reach) are only counted and looked up, so where they
///   stand in the inventory does not matter: here they stand at the end. A test holds this against all fleets of four.
/// - An order other than the inventory's is a permutation, so over all fleets it gives what the inventory's order does.
/// - Racks are told apart and never looked into, so they may be renamed, and hosts that do not change may swap racks
///   with others of their kind.
public enum SmallFleets {
    /// One letter a host: see ``PlanGallery/fleet(_:racks:)``.
    public static func kinds(of size: Int) -> [[Character]] {
        var fleets: [[Character]] = []
        for changing in 0...size {
            let rest = size - changing
            for first in PlanGallery.fleets(of: changing, kinds: ["o", "s"]) {
                for current in 0...rest {
                    let last = String(repeating: "c", count: current) + String(repeating: "x", count: rest - current)
                    fleets.append(first + Array(last))
                }
            }
        }
        return fleets
    }

    /// Every way to put these hosts into racks: of each host, the number of its rack.
    public static func racks(for kinds: [Character]) -> [[Int]] {
        var seen: Set<[[Int]]> = []
        return partitions(of: kinds.count).filter { seen.insert(shape(of: $0, kinds)).inserted }
    }

    /// Every rack by the changing hosts in it and the numbers of the others, whatever it is called.
    private static func shape(of racks: [Int], _ kinds: [Character]) -> [[Int]] {
        let members = Dictionary(grouping: kinds.indices) { racks[$0] }.values
        return members.map { members in
            let changing = members.filter { "os".contains(kinds[$0]) }
            return [members.count { kinds[$0] == "c" }, members.count { kinds[$0] == "x" }] + changing
        }.sorted { $0.lexicographicallyPrecedes($1) }
    }

    /// A host goes into a rack that there is, or into the next new one.
    private static func partitions(of size: Int) -> [[Int]] {
        (0..<size).reduce([[]]) { partitions, _ in
            partitions.flatMap { partition in
                (0...((partition.max() ?? -1) + 1)).map { partition + [$0] }
            }
        }
    }
}
