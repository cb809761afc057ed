import AgentProtocol

/// `coord-agent services`: what the state directory tells without a running agent.
enum ServiceListing {
    /// One line a service, parted by tabs: its name, its install directory, and, where a rollout holds it, the rollout
    /// and its holder.
    static func lines(inStateDirectory state: String) throws(SystemError) -> [String] {
        var lines: [String] = []
        for name in try FileSystem.names(in: state + "/services") where Names.isService(name) {
            let directory = state + "/services/" + name
            // What cannot be read holds nothing any more: its agent could not read it either.
            guard let claim = try? DurableFile.read(directory + "/claim", as: ClaimRecord.self) else { continue }
            lines.append(line(name, claim, directory))
        }
        return lines.sorted()
    }

    private static func line(_ name: String, _ record: ClaimRecord, _ directory: String) -> String {
        let path = directory + "/rollouts/" + record.claim.rollout + "/definition"
        let definition = try? DurableFile.read(path, as: ServiceDefinition.self)
        var fields = [name, definition?.installDirectory ?? ""]
        if !record.isFinished { fields += [record.claim.rollout, record.claim.holder] }
        return fields.map(plain).joined(separator: "\t")
    }

    /// A holder's name is the coordinator's own word.
    private static func plain(_ field: String) -> String {
        String(decoding: field.utf8.map { $0 < 0x20 ? UInt8(ascii: " ") : $0 }, as: UTF8.self)
    }
}
