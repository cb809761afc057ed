import FleetModel

extension RolloutSpec {
    /// Two instances of a systemd template unit on each host, of which one takes the traffic.
    public struct Instances: Sendable, Hashable, Codable {
        /// What the instances are called, also by systemd: `shop@blue.service`.
        public enum Color: String, Sendable, Hashable, Codable, CaseIterable {
            case blue, green
        }

        public var bluePort: UInt16
        public var greenPort: UInt16

        /// Where the instance listens.
        public func port(of color: Color) -> UInt16 { color == .blue ? bluePort : greenPort }
    }

    /// The specification of one of the two instances alone: its unit, its directory and its health checks. Itself where
    /// the strategy has no instances.
    public func instance(_ color: Instances.Color) -> RolloutSpec {
        guard strategy.instances != nil else { return self }
        var instance = self
        instance.installDirectory = "\(installDirectory)/\(color.rawValue)"
        if case .systemd(let unit, let isUserUnit) = control {
            instance.control = .systemd(
                unit: unit.replacing("@.", with: "@\(color.rawValue).", maxReplacements: 1), isUserUnit: isUserUnit)
        }
        if color == .green { instance.health = greenHealth }
        instance.greenHealth = []
        return instance
    }
}

/// What stands for an instance's own in the address of a health check.
struct InstancePlaceholders {
    let color: RolloutSpec.Instances.Color
    let port: UInt16
    /// It isn't known whether there are instances: the strategy could not be read.
    var areAssumed = false

    private static let names = ["color", "port"]

    /// The names in braces of `text`: `port` of `http://127.0.0.1:{port}/`.
    static func found(in text: String) -> [String] { text.matches(of: /{([a-z_]+)}/).map { String($0.1) } }

    /// One that there is none of, if there is one.
    static func unknown(in text: String) -> String? { found(in: text).first { !names.contains($0) } }

    /// What to add to an error about the placeholder `name`.
    static func suggestion(for name: String) -> String { didYouMean("{\(name)}", among: names.map { "{\($0)}" }) }

    func fill(_ text: String) -> String {
        text.replacing("{color}", with: color.rawValue).replacing("{port}", with: "\(port)")
    }
}
