extension Duration {
    /// As it is told to people: what is left of a deadline is never quite what was given, and hosts that were given the
    /// same are told of in one sentence.
    var roundedToSeconds: Duration {
        self < .seconds(1) ? self : .seconds((self / .seconds(1)).rounded())
    }
}
