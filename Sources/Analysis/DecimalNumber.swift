import RealModule

/// A finite number in decimal notation. What else `Double` reads (`nan`, `inf`, `0x1p3`) is none that a person or a
/// program means by a metric.
func decimalNumber(_ text: some StringProtocol) -> Double? {
    guard text.utf8.count <= 64, text.utf8.allSatisfy({ "0123456789+-.eE".utf8.contains($0) }),
        let number = Double(String(text)), number.isFinite
    else { return nil }
    return number
}

extension Double {
    /// Four significant digits, as short as can be: `0.01`, `1234`, `1.5e-07`.
    var brief: String { brief(digits: 4) }

    /// So many significant digits and no more; what is far from one has an exponent.
    func brief(digits: Int) -> String {
        guard isFinite else { return isNaN ? "not a number" : self > 0 ? "infinity" : "-infinity" }
        guard self != 0 else { return "0" }
        // Swift prints the shortest text that reads back, so a number read from few digits is printed with few.
        let exponent = Int(Double.log10(magnitude).rounded(.down))
        let leading = (self / Double.pow(10, exponent - digits + 1)).rounded()
        // The very smallest numbers have no leading digits to round.
        guard let mantissa = Int(exactly: leading) else { return "\(self)" }
        let text = "\(Double("\(mantissa)e\(exponent - digits + 1)") ?? self)"
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }
}
