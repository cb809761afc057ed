import HostAccess

/// The known_hosts files, read when first needed and again when they have changed.
actor KnownHostsFiles {
    private let paths: [String]
    private var stamps: [TextFile.Stamp?]?
    private var known = KnownHosts()

    init(paths: [String]) { self.paths = paths }

    /// What the files say about one host; a file that does not exist says nothing.
    func keys(address: String, port: Int) throws(HostAccessError) -> KnownHostKeys {
        let now = paths.map(TextFile.stamp(of:))
        if stamps != now {
            known = try read()
            stamps = now
        }
        return known.keys(address: address, port: port)
    }

    private func read() throws(HostAccessError) -> KnownHosts {
        var known = KnownHosts()
        for path in paths {
            do throws(FileProblem) {
                known.add(String(decoding: try TextFile(path: path).bytes, as: UTF8.self), file: path)
            } catch  where error.isMissingFile {
                continue
            } catch {
                throw HostAccessError(.hostKeyUnknown, "cannot read the known host keys in '\(path)': \(error.text)")
            }
        }
        return known
    }
}
