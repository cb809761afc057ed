import HostAccess

/// The known_hosts files, each read when first needed and again when it has changed.
actor KnownHostsFiles {
    private struct Reading {
        var stamp: TextFile.Stamp?
        var known: KnownHosts
    }

    private var readings: [String: Reading] = [:]

    /// What the files say about one host; a file that does not exist says nothing.
    func keys(_ name: KnownHostName, in paths: [String]) throws(HostAccessError) -> KnownHostKeys {
        var keys = KnownHostKeys(own: [], general: [])
        for path in paths { keys += try known(in: path).keys(name) }
        return keys
    }

    /// Adds a key to the first of the files, unless it is known by now. True where it was added.
    ///
    /// - Throws: `.hostKeyUnknown` where that can't be done.
    func record(_ key: HostKey, as name: KnownHostName, in paths: [String]) throws(HostAccessError) -> Bool {
        guard let path = paths.first else {
            throw HostAccessError(.hostKeyUnknown, "there is no known_hosts file to record the host's key in")
        }
        do throws(FileProblem) {
            return try KnownHostsFile(path: path).record([(name, key)])
        } catch {
            throw HostAccessError(.hostKeyUnknown, "cannot record the host's key in '\(path)': \(error.text)")
        }
    }

    private func known(in path: String) throws(HostAccessError) -> KnownHosts {
        let stamp = TextFile.stamp(of: path)
        if let reading = readings[path], reading.stamp == stamp { return reading.known }
        var known = KnownHosts()
        do throws(FileProblem) {
            known.add(String(decoding: try TextFile(path: path).bytes, as: UTF8.self), file: path)
        } catch  where error.isMissingFile {
            // Says nothing.
        } catch {
            throw HostAccessError(
                .hostKeyUnknown, "cannot read the known host keys in '\(path)': \(error.text)",
                hint: "--known-hosts and UserKnownHostsFile name files that you may read")
        }
        readings[path] = Reading(stamp: stamp, known: known)
        return known
    }
}
