import FleetModel

/// The problems found so far: the first ones kept, the rest counted.
struct ProblemList {
    private var kept: [Diagnostic] = []
    private var omitted = 0

    var isEmpty: Bool { kept.isEmpty }

    /// Does not evaluate a problem that is only counted: looking for what was meant takes time.
    mutating func add(_ problem: @autoclosure () -> Diagnostic) {
        if kept.count < InventoryLimits.maximumProblems { kept.append(problem()) } else { omitted += 1 }
    }

    /// All of them, file by file and in the order of each file, then how many are not shown.
    var diagnostics: Diagnostics {
        var files: [String: Int] = [:]
        for problem in kept { files[problem.location?.file ?? ""] = files[problem.location?.file ?? ""] ?? files.count }
        func place(_ problem: (offset: Int, element: Diagnostic)) -> (Int, Int, Int, Int) {
            let location = problem.element.location
            return (files[location?.file ?? ""] ?? 0, location?.line ?? 0, location?.column ?? 0, problem.offset)
        }
        var all = kept.enumerated().sorted { place($0) < place($1) }.map(\.element)
        if omitted > 0 { all.append(Diagnostic("\(omitted) more problem\(omitted == 1 ? "" : "s") not shown")) }
        return Diagnostics(all)
    }
}
