import FleetModel

/// A configuration of ssh's client, read and checked: the user's file, then the system's.
public struct SSHConfig: Sendable {
    let documents: [ConfigDocument]
    let asksForFinalPass: Bool

    /// The configuration that says nothing.
    public init() {
        documents = []
        asksForFinalPass = false
    }

    /// Reads the files of a choice, and all that they include.
    ///
    /// - Throws: everything that is wrong with them and does not depend on the host.
    public init(
        _ choice: SSHConfigChoice, from source: any SSHConfigSource, facts: LocalFacts
    ) throws(Diagnostics) {
        var parser = ConfigParser(source: source, facts: facts)
        var documents: [ConfigDocument?] = []
        switch choice {
        case .none: break
        case .standard:
            documents.append(parser.document(at: facts.home + "/.ssh/config", isUsers: true, isGuarded: true))
            documents.append(parser.document(at: "/etc/ssh/ssh_config", isUsers: false, isGuarded: false))
        case .file(let path):
            let document = parser.document(at: path, isUsers: true, isGuarded: false)
            guard document != nil || !parser.problems.isEmpty else {
                throw Diagnostics([
                    Diagnostic(
                        "there is no ssh configuration '\(path.printable())'",
                        hint: "-F names another file; -F none does without")
                ])
            }
            documents.append(document)
        }
        guard parser.problems.isEmpty else { throw Diagnostics(parser.problems) }
        self.documents = documents.compactMap(\.self)
        asksForFinalPass = self.documents.contains(where: \.asksForFinalPass)
    }
}
