/// What sudo said when it did not let a command in.
enum SudoRefusal {
    /// One would repeat a whole script: "Sorry, user deploy is not allowed to execute '…' as root".
    private static let maximumCharacters = 200

    /// The refusal among the lines of a command's standard error; nil where there is none.
    static func found(in lines: [String]) -> String? {
        let line = lines.last { line in
            // That one is a warning: sudo goes on.
            (line.hasPrefix("sudo:") || line.hasPrefix("Sorry, user"))
                && !line.hasPrefix("sudo: unable to resolve host")
        }
        guard let line else { return nil }
        if let range = line.firstRange(of: " is not allowed to execute") {
            return String(line[..<range.lowerBound]).replacing("Sorry, user ", with: "")
                + " may not execute this as root"
        }
        return String(line.prefix(maximumCharacters))
    }

    /// The remedy.
    static func hint(for refusal: String) -> String {
        refusal.contains("tty")
            ? "let sudo run without a terminal: `Defaults:USER !requiretty` in sudoers(5)"
            : "let the user run sudo without a password (NOPASSWD in sudoers(5)), or connect as root"
    }
}
