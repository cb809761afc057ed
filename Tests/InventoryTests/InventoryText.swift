import FleetModel
import Inventory
import Testing

/// The inventory of a text that must have no problem.
func inventory(_ text: String) throws -> Inventory {
    try Inventory(text: text, file: "hosts.ini")
}

/// What is wrong with the text, as the program prints it, without hints.
func problems(_ text: String) -> [String] {
    do throws(Diagnostics) {
        _ = try Inventory(text: text, file: "f")
        return []
    } catch {
        return error.all.map(\.description)
    }
}

func hostName(_ text: String) throws -> HostName { try #require(HostName(text)) }

extension Inventory {
    func value(_ variable: String, of host: String) throws -> Value? {
        variables(of: try hostName(host))[variable]?.value
    }

    func selected(_ pattern: String, limit: String? = nil) throws -> String {
        try select(pattern, limit: limit).map(\.text).joined(separator: " ")
    }
}
