import FleetModel

extension String {
    /// The text cut to so many columns, colour codes not counted and closed.
    func clipped(to width: Int) -> String {
        guard count > width else { return self }
        var result = ""
        var columns = 0
        var isCode = false
        for character in self {
            if character == "\u{1B}" { isCode = true }
            if !isCode {
                if columns == width { continue }
                columns += 1
            }
            result.append(character)
            if isCode && character == "m" { isCode = false }
        }
        return result
    }
}

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
