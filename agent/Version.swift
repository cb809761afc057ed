/// This program's version; the coordinator compares it with its own.
enum Version {
    static let text = "0.1.0"
}
