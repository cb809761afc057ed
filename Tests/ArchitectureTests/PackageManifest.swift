/// What Package.swift says of each target; read as text, so that the test needs no nested SwiftPM.
struct PackageManifest {
    struct Target {
        var name: String
        var folder: String
        /// Modules it may import: targets of ours and products of packages.
        var dependencies: Set<String>
        var isTest: Bool
    }

    var targets: [String: Target] = [:]

    init(text: String) {
        let constants = Self.productConstants(in: text)
        let declaration = /\.(target|executableTarget|testTarget|systemLibrary)\(/
        for match in text.matches(of: declaration) {
            let block = Self.balanced(text[match.range.upperBound...])
            guard let name = block.firstMatch(of: /name:\s*"(\w+)"/).map({ String($0.1) }) else { continue }
            let isTest = match.1 == "testTarget"
            let folder = block.firstMatch(of: /path:\s*"([^"]+)"/).map { String($0.1) }
            targets[name] = Target(
                name: name, folder: folder ?? (isTest ? "Tests/" : "Sources/") + name,
                dependencies: Self.dependencies(in: block, constants: constants), isTest: isTest)
        }
    }

    /// The target whose folder holds the file.
    func target(of path: String) -> Target? {
        targets.values.first { path.hasPrefix($0.folder + "/") }
    }

    /// `let nioCore: Target.Dependency = .product(name: "NIOCore", …)` as `nioCore` → `NIOCore`.
    private static func productConstants(in text: String) -> [String: String] {
        let constant = /let (\w+): Target\.Dependency = \.product\(name: "(\w+)"/
        return Dictionary(text.matches(of: constant).map { (String($0.1), String($0.2)) }) { first, _ in first }
    }

    private static func dependencies(in block: Substring, constants: [String: String]) -> Set<String> {
        guard let start = block.firstMatch(of: /dependencies:\s*\[/) else { return [] }
        let list = balanced(block[start.range.upperBound...])
        let named = list.matches(of: /\.product\(name: "(\w+)"/).map { String($0.1) }
        let bare = list.replacing(/\.product\([^)]*\)/, with: "")
        let quoted = bare.matches(of: /"(\w+)"/).map { String($0.1) }
        let constantNames = bare.replacing(/"\w+"/, with: "").matches(of: /\w+/).compactMap {
            constants[String($0.output)]
        }
        return Set(named + quoted + constantNames)
    }

    /// The text up to the bracket that closes one opened just before it.
    private static func balanced(_ text: Substring) -> Substring {
        var depth = 1
        for index in text.indices {
            switch text[index] {
            case "(", "[": depth += 1
            case ")", "]": depth -= 1
            default: break
            }
            if depth == 0 { return text[..<index] }
        }
        return text
    }
}
