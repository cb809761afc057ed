import AgentProtocol
import Glibc

/// An install directory: `releases/<name>/`, the link `current`, `shared/`.
struct ReleaseStore {
    /// Empty where nothing is installed on this host: there are no releases then.
    let directory: String

    var releasesDirectory: String { directory + "/releases" }
    private var currentPath: String { directory + "/current" }

    func path(of release: String) -> String { releasesDirectory + "/" + release }

    static func linkText(to release: String) -> String { "releases/" + release }

    /// The release that a link's text points at, or the text itself where coord did not put it there.
    static func release(ofLink text: String) -> String {
        guard text.hasPrefix("releases/") else { return text }
        let name = String(text.dropFirst("releases/".count))
        return Names.isRelease(name) ? name : text
    }

    /// `current`'s text, empty where there is none.
    func current() throws(SystemError) -> String {
        if directory.utf8.isEmpty { return "" }
        do throws(SystemError) {
            return try FileSystem.linkText(currentPath) ?? ""
        } catch {
            // readlink(2): EINVAL, it is no link.
            guard error.code == EINVAL else { throw error }
            throw SystemError(
                EEXIST, "\(currentPath) is not a link; move it away (for example into releases/) and roll out again")
        }
    }

    /// Points `current` at `text`, or removes it where that is empty; old or new at every instant, and durable.
    func setCurrent(_ text: String) throws(SystemError) {
        guard try current() != text else { return }
        if text.isEmpty {
            guard unlink(currentPath) == 0 else { throw SystemError(errno, "cannot remove \(currentPath)") }
        } else {
            let temporary = directory + "/.current.new"
            unlink(temporary)
            guard symlink(text, temporary) == 0 else { throw SystemError(errno, "cannot make \(temporary)") }
            guard rename(temporary, currentPath) == 0 else { throw SystemError(errno, "cannot switch \(currentPath)") }
        }
        try FileSystem.synchronizeDirectory(directory)
    }

    func metadataPath(of release: String) -> String { releasesDirectory + "/." + release + ".coord" }

    /// nil where coord did not put the release there, or not whole.
    func metadata(of release: String) throws(SystemError) -> ReleaseMetadata? {
        guard FileSystem.isDirectory(path(of: release)) else { return nil }
        return try DurableFile.read(metadataPath(of: release))
    }

    /// Why an artifact can never be staged here, or nil.
    func conflict(with artifact: ArtifactReference) throws(SystemError) -> String? {
        guard FileSystem.isDirectory(path(of: artifact.directoryName)) else { return nil }
        guard let present = try metadata(of: artifact.directoryName) else {
            return "\(path(of: artifact.directoryName)) exists, and coord did not put it there; move it away"
        }
        guard present.digest != artifact.digest else { return nil }
        return "release \(artifact.directoryName) is here already with other content (sha256 \(present.digest)); "
            + "give the new one another name"
    }

    func isStaged(_ artifact: ArtifactReference) throws(SystemError) -> Bool {
        try metadata(of: artifact.directoryName)?.digest == artifact.digest
    }

    /// Every release, newest first.
    func releases() throws(SystemError) -> [StagedRelease] {
        if directory.utf8.isEmpty { return [] }
        var found: [(release: StagedRelease, staged: UInt64)] = []
        for name in try FileSystem.names(in: releasesDirectory) where Names.isRelease(name) {
            guard FileSystem.isDirectory(path(of: name)) else { continue }
            let metadata = try metadata(of: name)
            let release = StagedRelease(
                name: name, digest: metadata?.digest ?? "", release: metadata?.release ?? "",
                isConfigured: metadata?.files.isEmpty == false)
            found.append((release, metadata?.stagedSeconds ?? 0))
        }
        found.sort { ($1.staged, $1.release.name) < ($0.staged, $0.release.name) }
        return found.map(\.release)
    }

    /// Renames what is beyond `keeping` releases out of sight, and answers what is now to be removed, with leftovers of
    /// earlier times. Only releases that coord staged go; those in `needed` count, and stay.
    func retire(keeping: Int, needed: Set<String>) throws(SystemError) -> [String] {
        if directory.utf8.isEmpty { return [] }
        let releases = try releases()
        var kept = releases.filter { needed.contains($0.name) }.count
        var changed = false
        for release in releases where !needed.contains(release.name) && !release.digest.isEmpty {
            kept += 1
            guard kept > keeping else { continue }
            let trash = releasesDirectory + "/.trash-\(release.name)-\(EventLoop.now())"
            guard rename(path(of: release.name), trash) == 0 else {
                throw SystemError(errno, "cannot retire \(path(of: release.name))")
            }
            unlink(metadataPath(of: release.name))
            changed = true
        }
        if changed { try FileSystem.synchronizeDirectory(releasesDirectory) }
        return try leftovers()
    }

    func stagingName(of release: String) -> String { ".staging-" + release }

    private func leftovers() throws(SystemError) -> [String] {
        try FileSystem.names(in: releasesDirectory)
            .filter { $0.hasPrefix(".trash-") || $0.hasPrefix(".staging-") }
            .map { releasesDirectory + "/" + $0 }
    }
}
