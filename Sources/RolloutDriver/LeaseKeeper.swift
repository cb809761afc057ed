import RolloutEngine
import RolloutStore

/// Renews the lease in time, and brings the words that people left for the rollout.
struct LeaseKeeper: Sendable {
    let lease: Lease
    let store: any RolloutStore
    let mailbox: Mailbox<RolloutDriver.Message>

    /// How often requests from other terminals are looked for.
    private static let requestInterval: Duration = .milliseconds(200)
    /// A lease that could not be renewed is not used for its last moments: clocks differ.
    private static let safetyMargin: Duration = .seconds(2)

    func start() -> Task<Void, Never> {
        Task {
            let clock = ContinuousClock()
            var renewed = clock.now
            while (try? await Task.sleep(for: Self.requestInterval)) != nil {
                do throws(StoreError) {
                    // The lease counts from before the renewal was asked for.
                    let asked = clock.now
                    if asked - renewed >= Lease.renewalInterval {
                        try store.renew(lease)
                        renewed = asked
                    }
                    for word in try store.waitingRequests(of: lease.rollout) { mailbox.post(.asked(word)) }
                } catch .leaseLost {
                    return mailbox.post(.superseded(RolloutDriver.takeover))
                } catch {
                    guard clock.now - renewed < Lease.duration - Self.safetyMargin else {
                        return mailbox.post(.failed(error))
                    }
                }
            }
        }
    }
}
