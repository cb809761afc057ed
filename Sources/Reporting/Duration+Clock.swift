import FleetModel

extension Duration {
    /// `0:07`, `12:30`, `1:02:03`
    var clockText: String {
        let seconds = Int(clamping: wholeMilliseconds / 1000)
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let minutes = seconds / 60
        return minutes < 60
            ? "\(minutes):\(two(seconds % 60))" : "\(minutes / 60):\(two(minutes % 60)):\(two(seconds % 60))"
    }
}
