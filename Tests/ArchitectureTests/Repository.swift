import Foundation

/// The tree this test was built from.
enum Repository {
    static let root = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    static let manifest: PackageManifest = PackageManifest(text: text(of: "Package.swift"))
    static let sources: [SwiftFile] = ["Sources", "agent", "coordinator", "inventory"].flatMap(swiftFiles)
    static let tests: [SwiftFile] = swiftFiles(in: "Tests")

    static func swiftFiles(in folder: String) -> [SwiftFile] {
        paths(in: folder).filter { $0.hasSuffix(".swift") }.map { SwiftFile(path: $0, text: text(of: $0)) }
    }

    /// Paths relative to the root, sorted; hidden folders (build products, git) are left out.
    static func paths(in folder: String) -> [String] {
        let keys: Set<URLResourceKey> = [.isRegularFileKey]
        let files = FileManager.default.enumerator(
            at: root.appending(path: folder), includingPropertiesForKeys: Array(keys), options: .skipsHiddenFiles)
        let urls = files?.compactMap { $0 as? URL } ?? []
        return urls.filter { (try? $0.resourceValues(forKeys: keys).isRegularFile) == true }
            .map { String($0.path(percentEncoded: false).dropFirst(rootPath.count)) }
            .sorted()
    }

    static func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: root.appending(path: path).standardized.path(percentEncoded: false))
    }

    static func text(of path: String) -> String {
        do {
            return try String(contentsOf: root.appending(path: path), encoding: .utf8)
        } catch {
            preconditionFailure("\(path) cannot be read: \(error)")
        }
    }

    private static let rootPath = root.path(percentEncoded: false)
}
