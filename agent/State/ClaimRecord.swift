import AgentProtocol

/// Who holds a service on this host, or held it last: the highest epoch ever seen.
struct ClaimRecord: WireMessage {
    var claim: Claim
    var isFinished: Bool
    /// What `current` was before the last activation of an earlier rollout; empty where there was none.
    var previous: String
    /// An earlier rollout had stopped the service for good.
    var wasRetired: Bool

    init(claim: Claim, isFinished: Bool = false, previous: String = "", wasRetired: Bool = false) {
        (self.claim, self.isFinished, self.previous) = (claim, isFinished, previous)
        self.wasRetired = wasRetired
    }

    func write(to writer: inout WireWriter) {
        writer.write(1, claim)
        writer.write(2, isFinished)
        writer.write(3, previous)
        writer.write(4, wasRetired)
    }

    init(from reader: inout WireReader) throws(WireError) {
        var claim: Claim?
        (isFinished, previous, wasRetired) = (false, "", false)
        while let field = try reader.next() {
            switch field.number {
            case 1: claim = try field.message()
            case 2: isFinished = try field.flag()
            case 3: previous = try field.text()
            case 4: wasRetired = try field.flag()
            default: break
            }
        }
        guard let claim else { throw .missingField }
        self.claim = claim
    }

    /// Why `new` may not claim the service now, or nil where it may.
    func refusal(toBegin new: Claim) -> Refusal? {
        let isSame = new.rollout == claim.rollout
        if new.epoch > claim.epoch || (isSame && new.epoch == claim.epoch) { return nil }
        if new.epoch == claim.epoch, !isFinished {
            return Refusal(reason: .held, problem: "rollout \(claim.rollout) holds the service", holder: claim)
        }
        return stale(new)
    }

    /// Why `new` may not change anything now, or nil where it may.
    func refusal(toChange new: Claim) -> Refusal? {
        if new.epoch < claim.epoch { return stale(new) }
        guard new.epoch == claim.epoch, new.rollout == claim.rollout else {
            return Refusal(
                reason: new.epoch == claim.epoch ? .staleEpoch : .invalid,
                problem: "rollout \(new.rollout) has not claimed the service with epoch \(new.epoch)", holder: claim)
        }
        return nil
    }

    private func stale(_ new: Claim) -> Refusal {
        Refusal(
            reason: .staleEpoch,
            problem: "epoch \(new.epoch) is over: rollout \(claim.rollout) has claimed the service with \(claim.epoch)",
            holder: claim)
    }
}
