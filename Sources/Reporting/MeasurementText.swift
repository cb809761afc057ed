import FleetModel
import Foundation
import RolloutEngine

extension AnalysisMeasurement {
    /// `errors: canary 0.012, others 0.01`
    public var spoken: String {
        switch reading {
        case .value(let number): return "\(analysis): \(number.fourDigits)"
        case .noData: return "\(analysis): no data"
        case .error(let problem): return "\(analysis): not measured: \(problem.onOneLine)"
        case .perHost:
            let (canary, others) = means
            let sides = [("canary", canary), ("others", others)].compactMap { name, mean in
                mean.map { "\(name) \($0.fourDigits)" }
            }
            return "\(analysis): " + (sides.isEmpty ? "no data" : sides.joined(separator: ", "))
        }
    }
}

extension Double {
    fileprivate var fourDigits: String { String(format: "%.4g", self) }
}
