import Synchronization

/// As much of a terminal as the live view needs: rows that grow, CUU, EL, ED and SGR of ECMA-48.
final class Screen: Sendable {
    private struct State {
        var rows: [[Character]] = [[]]
        var row = 0
        var column = 0
        var columns: Int
    }

    private let state: Mutex<State>

    init(columns: Int) { state = Mutex(State(columns: columns)) }

    /// What stands on it, rows scrolled away included.
    var text: [String] { state.withLock { $0.rows.map { String($0) } } }

    var columns: Int { state.withLock { $0.columns } }

    /// As terminals that reflow do: rows too long now go on in further ones; the cursor stays below the last.
    func narrow(to columns: Int) {
        state.withLock { state in
            state.columns = columns
            state.rows = state.rows.flatMap { row in
                stride(from: 0, to: max(1, row.count), by: columns).map { Array(row.dropFirst($0).prefix(columns)) }
            }
            (state.row, state.column) = (state.rows.count - 1, 0)
        }
    }

    var write: @Sendable (String) -> Void {
        { [self] text in state.withLock { Self.write(text, to: &$0) } }
    }

    private static func write(_ text: String, to state: inout State) {
        var rest = text[...]
        while let character = rest.popFirst() {
            switch character {
            case "\u{1B}":
                rest = rest.dropFirst()
                let digits = rest.prefix { $0.isNumber || $0 == ";" }
                rest = rest.dropFirst(digits.count)
                perform(rest.popFirst(), Int(digits) ?? 1, &state)
            case "\r": state.column = 0
            case "\n": goDown(&state)
            default:
                if state.column == state.columns { goDown(&state) }
                state.rows[state.row] =
                    Array(state.rows[state.row].prefix(state.column) + [character])
                    + state.rows[state.row].dropFirst(state.column + 1)
                state.column += 1
            }
        }
    }

    private static func goDown(_ state: inout State) {
        state.row += 1
        state.column = 0
        if state.row == state.rows.count { state.rows.append([]) }
    }

    private static func perform(_ command: Character?, _ number: Int, _ state: inout State) {
        switch command {
        case "A": state.row = max(0, state.row - number)
        case "K": state.rows[state.row] = Array(state.rows[state.row].prefix(state.column))
        case "J":
            state.rows[state.row] = Array(state.rows[state.row].prefix(state.column))
            state.rows.removeSubrange((state.row + 1)...)
        default: break
        }
    }
}
