import FleetModel

/// Puts an inventory together from its sources, in the order in which they are given; reading them is the caller's.
public struct InventoryBuilder: Sendable {
    /// Whose variables a file of `group_vars` or `host_vars` sets.
    public enum Owner: Hashable, Sendable {
        case group(String)
        case host(HostName)
    }

    private var draft = InventoryDraft()
    private var problems = ProblemList()
    private var layers: [VariableLayer] = []
    private var encryptedFiles: [String] = []

    public init() {}

    /// The groups so far.
    public var groupNames: [String] { draft.groups.map(\.name) }

    /// The hosts so far.
    public var hostNames: [HostName] { draft.hosts.map(\.name) }

    /// Adds a file; without a format, its name and its first line tell it.
    public mutating func addFile(_ text: String, file: String, format: InventoryFormat? = nil) {
        guard !Document.isEncrypted(text) else {
            return add(
                Diagnostic(
                    "'\(file)' is encrypted by ansible-vault", hint: "decrypt it: ansible-vault decrypt \(file)"))
        }
        switch format ?? InventoryFormat(of: text, file: file) {
        case .ini:
            let reader = INIReader(text: text, file: file, draft: draft, problems: problems)
            (draft, problems) = (reader.draft, reader.problems)
        case .yaml:
            do throws(Diagnostics) {
                let root = try Document.root(of: text, file: file)
                let reader = YAMLInventory(root, file: file, draft: draft, problems: problems)
                (draft, problems) = (reader.draft, reader.problems)
            } catch {
                error.all.forEach { add($0) }
            }
        }
    }

    /// Adds the hosts of a list such as `web1,web2:2222,`; ranges are not expanded, which is Ansible's way.
    public mutating func addHostList(_ list: String) {
        var column = 1
        for part in list.split(separator: ",", omittingEmptySubsequences: false) {
            let start = part.drop(while: \.isWhitespace)
            let location = SourceLocation(
                file: "(host list)", line: 1, column: column + part.unicodeScalars.count - start.unicodeScalars.count)
            column += part.unicodeScalars.count + 1
            guard let end = start.lastIndex(where: { !$0.isWhitespace }) else { continue }
            do throws(Diagnostic) {
                let entry = try HostEntry(
                    String(start[...end]), at: location, maximumNames: draft.remainingListings)
                let isKnown = entry.names.allSatisfy { draft.hostIndexes[$0] != nil }
                if !isKnown { try draft.add(entry, variables: [:], to: InventoryDraft.ungrouped, at: location) }
            } catch {
                problems.add(error)
            }
        }
    }

    /// Adds what an executable inventory printed for `--list`.
    ///
    /// - Parameter script: its path, for messages.
    /// - Returns: the hosts whose variables are to be asked for with `--host`; none where the output has them.
    public mutating func addScriptOutput(_ text: String, script: String) -> [HostName] {
        do throws(Diagnostics) {
            let root = try JSONReader.root(of: text, file: "\(script) --list")
            let reader = ScriptInventory(root, draft: draft, problems: problems)
            (draft, problems) = (reader.draft, reader.problems)
            return reader.hostsToAsk
        } catch {
            for problem in error.all { add(Self.printed(problem)) }
            return []
        }
    }

    /// Adds what an executable inventory printed for `--host`; nothing at all means no variables.
    public mutating func addScriptOutput(_ text: String, script: String, host: HostName) {
        guard !text.allSatisfy(\.isWhitespace) else { return }
        do throws(Diagnostics) {
            let root = try JSONReader.root(of: text, file: "\(script) --host \(host)")
            do throws(Diagnostic) {
                draft.set(try ScriptInventory.variables(of: host, root), ofHost: host)
            } catch {
                add(error)
            }
        } catch {
            for problem in error.all { add(Self.printed(problem)) }
        }
    }

    /// What is wrong with the output of a program, whose text the person has never seen.
    private static func printed(_ problem: Diagnostic) -> Diagnostic {
        Diagnostic(
            problem.problem, at: problem.location,
            hint: problem.hint ?? "run it by hand: it must print JSON and nothing else")
    }

    /// Begins the `group_vars` and `host_vars` of one place; those begun later override those begun before.
    public mutating func beginVariables(isBesideInventory: Bool) {
        layers.append(VariableLayer(isBesideInventory: isBesideInventory))
    }

    /// Adds a file of the place begun last; later files of one owner override earlier ones.
    public mutating func addVariables(_ text: String, file: String, of owner: Owner) {
        guard !layers.isEmpty else { return }
        guard !Document.isEncrypted(text) else { return encryptedFiles.append(file) }
        do throws(Diagnostics) {
            guard let root = try Document.root(of: text, file: file), !root.isNull else { return }
            guard case .mapping(let entries) = root.content else {
                return add(
                    Diagnostic(
                        "a file of variables is a dictionary, and this is \(root.kind)", at: root.location,
                        hint: "write 'name: value' lines"))
            }
            set(entries.variables, of: owner)
        } catch {
            error.all.forEach { add($0) }
        }
    }

    private mutating func set(_ variables: [String: Variable], of owner: Owner) {
        switch owner {
        case .group(let name):
            if let index = draft.groupIndexes[name] { layers[layers.count - 1].add(variables, toGroup: index) }
        case .host(let name):
            if let index = draft.hostIndexes[name] { layers[layers.count - 1].add(variables, toHost: index) }
        }
    }

    /// Adds something that is wrong with a source.
    public mutating func add(_ problem: Diagnostic) { problems.add(problem) }

    /// The inventory.
    ///
    /// - Throws: everything that is wrong with the sources, up to ``InventoryLimits/maximumProblems``.
    public func build() throws(Diagnostics) -> Inventory {
        try Inventory(draft, layers: layers, encryptedFiles: encryptedFiles, problems: problems)
    }
}
