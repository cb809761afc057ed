import FleetModel
import Foundation
import Reporting
import RolloutDriver
import RolloutStore

extension FailureEvidence {
    /// What was kept of the rollout's failures; nil where nothing was.
    init?(of rollout: RolloutID, in store: SQLiteStore) {
        let folder = EvidenceFolder(of: rollout, in: store.directory)
        guard folder.exists else { return nil }
        let here = FileManager.default.currentDirectoryPath + "/"
        let shown = folder.path.hasPrefix(here) ? String(folder.path.dropFirst(here.count)) : folder.path
        self.init(suspects: folder.suspects, folder: shown)
    }
}
