import FleetModel
import Foundation
import Inventory

/// Reads inventories and the variables beside them, in the order in which they are given.
public struct InventoryLoader {
    /// The hosts for which a script without `_meta` is run, one after the other in that many places.
    private static let maximumHostRuns = 2000
    private static let parallelHostRuns = 8

    private var builder = InventoryBuilder()
    private let scriptTimeout: Duration

    private init(scriptTimeout: Duration) { self.scriptTimeout = scriptTimeout }

    /// The inventory of all sources together; of what two of them set, the later one's holds.
    ///
    /// - Parameters:
    ///   - workingDirectory: where `group_vars` and `host_vars` are looked for last, as Ansible does.
    ///   - scriptTimeout: how long one run of an executable inventory may take.
    /// - Throws: everything that is wrong with them.
    public static func load(
        _ sources: [InventorySource], workingDirectory: String = "", scriptTimeout: Duration = .seconds(30)
    ) async throws(Diagnostics) -> Inventory {
        var loader = InventoryLoader(scriptTimeout: scriptTimeout)
        for source in sources { await loader.add(source) }
        // Several sources in one folder share its variables.
        var last: String?
        for directory in sources.compactMap(\.variablesDirectory) where resolved(directory) != last {
            last = resolved(directory)
            loader.addVariables(in: directory, isBesideInventory: true)
        }
        if last != resolved(workingDirectory) {
            loader.addVariables(in: workingDirectory, isBesideInventory: false)
        }
        return try loader.builder.build()
    }

    /// The folder whichever way it is named; "" is the current one.
    private static func resolved(_ directory: String) -> String {
        URL(filePath: directory.isEmpty ? "." : directory).resolvingSymlinksInPath().standardizedFileURL.path
    }

    private mutating func add(_ source: InventorySource) async {
        switch source {
        case .hostList(let list): builder.addHostList(list)
        case .path(let path):
            do throws(Diagnostic) {
                for file in try Self.files(of: path) { await add(file: file) }
            } catch {
                builder.add(error)
            }
        }
    }

    private static func files(of path: String) throws(Diagnostic) -> [String] {
        switch FileKind(of: path) {
        case .directory:
            let files = try SourceDirectory(path).files
            guard !files.isEmpty else {
                throw Diagnostic("the folder '\(path)' holds no inventory", hint: "put one in, or name a file")
            }
            return files
        case .missing:
            throw Diagnostic(
                "there is no inventory '\(path)'",
                hint: "name a file, a folder, or hosts with a comma behind each: web1,web2,")
        case .regular, .other: return [path]
        }
    }

    private mutating func add(file: String) async {
        do throws(Diagnostic) {
            if InventoryScript.isScript(file) {
                try await add(InventoryScript(path: file, timeout: scriptTimeout))
            } else if file.hasSuffix(".toml") {
                throw Diagnostic("'\(file)' is TOML, which is not read", hint: "write it in YAML or INI")
            } else if let reason = InventoryScript.reasonNotToRun(file) {
                throw Diagnostic("'\(file)' is a program that can't be run: \(reason.problem)", hint: reason.hint)
            } else {
                builder.addFile(try TextFile.read(file), file: file)
            }
        } catch {
            builder.add(error)
        }
    }

    private mutating func add(_ script: InventoryScript) async throws(Diagnostic) {
        let hosts = builder.addScriptOutput(try await script.run(["--list"]), script: script.path)
        guard hosts.count <= Self.maximumHostRuns else {
            throw Diagnostic(
                "'\(script.path) --list' prints no '_meta', and there are \(hosts.count) hosts to run it for",
                hint: "let it print their variables as _meta.hostvars")
        }
        await ask(script, for: hosts)
    }

    private mutating func ask(_ script: InventoryScript, for hosts: [HostName]) async {
        var waiting = hosts.makeIterator()
        await withTaskGroup(of: (HostName, Result<String, Diagnostic>).self) { group in
            func askNext() {
                guard let host = waiting.next() else { return }
                group.addTask {
                    do throws(Diagnostic) {
                        return (host, .success(try await script.run(["--host", host.text])))
                    } catch {
                        return (host, .failure(error))
                    }
                }
            }
            for _ in 0..<Self.parallelHostRuns { askNext() }
            for await (host, answer) in group {
                switch answer {
                case .success(let text):
                    builder.addScriptOutput(text, script: script.path, host: host)
                    askNext()
                // One that fails for a host will fail for the next, perhaps after its whole time.
                case .failure(let problem): builder.add(problem)
                }
            }
        }
    }

    private mutating func addVariables(in directory: String, isBesideInventory: Bool) {
        builder.beginVariables(isBesideInventory: isBesideInventory)
        let groups = builder.groupNames.map { ($0, InventoryBuilder.Owner.group($0)) }
        let hosts = builder.hostNames.map { ($0.text, InventoryBuilder.Owner.host($0)) }
        let place = directory.isEmpty ? "." : directory
        addVariables(in: SourceDirectory.joined(place, "group_vars"), of: groups)
        addVariables(in: SourceDirectory.joined(place, "host_vars"), of: hosts)
    }

    private mutating func addVariables(in directory: String, of owners: [(String, InventoryBuilder.Owner)]) {
        do throws(Diagnostic) {
            guard let folder = try VariableFiles(directory) else { return }
            for (name, owner) in owners {
                for file in try folder.files(of: name) {
                    builder.addVariables(try TextFile.read(file), file: file, of: owner)
                }
            }
        } catch {
            builder.add(error)
        }
    }
}
