/// A step at work. It tells its end to its workplace, once. A base class, not a protocol: embedded Swift has no
/// existentials.
class Step {
    let workplace: Workplace

    init(_ workplace: Workplace) { self.workplace = workplace }

    func start() {}

    /// Stops at once, ends what it started, tells nobody.
    func cancel() {}
}
