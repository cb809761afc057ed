import Inventory
import Testing

/// Each row was seen in `ansible-inventory --list` of ansible-core 2.19.
@Suite struct ValueTests {
    static let literals: [(String, Value)] = [
        ("5", .int(5)), ("-5", .int(-5)), ("+5", .int(5)), ("- 5", .int(-5)), ("1_000", .int(1000)), ("00", .int(0)),
        ("0x1F", .int(31)), ("0o17", .int(15)), ("0b101", .int(5)), ("0x_ff", .int(255)),
        ("1.5", .double(1.5)), ("1.", .double(1)), (".5", .double(0.5)), ("1e3", .double(1000)),
        ("1_0.5e-1_0", .double(10.5e-10)), ("0755.5", .double(755.5)),
        ("True", .bool(true)), ("False", .bool(false)), ("None", .null),
        ("'quoted'", .string("quoted")), ("'a' \"b\"", .string("ab")), (#"r'a\nb'"#, .string(#"a\nb"#)),
        ("u'x'", .string("x")), (#"'a\n\x41\u0042\101\q'"#, .string("a\nABA\\q")), ("''", .string("")),
        ("[1, 'x',]", .list([.int(1), .string("x")])), ("(1,2)", .list([.int(1), .int(2)])), ("(1)", .int(1)),
        ("1,2", .list([.int(1), .int(2)])), ("1,", .list([.int(1)])), ("()", .list([])), ("[]", .list([])),
        ("{1,2,1}", .list([.int(1), .int(2)])), ("{}", .dictionary([:])),
        ("{'a': {'b': [None]}, 1: 2}", .dictionary(["a": .dictionary(["b": .list([.null])]), "1": .int(2)])),
        ("5 # five", .int(5)),
    ]

    @Test(arguments: literals) func `a Python literal gets its type`(text: String, value: Value) {
        #expect(Value(reading: text) == value)
    }

    @Test(arguments: [
        "", "word", "true", "FALSE", "none", "0755", "1.2.3", "5m", "10.0.0.1", "1__0", "_1", "1_", "0x", "0b2", "1e",
        ".",
        "--5", "-True", "[1,", "[1 2]", "[,]", "[true]", "{1: 2", "{{ name }}", "a # b", "'open", "1+2j", "TrueX",
        "a=b",
        "Nonesuch", "b'x'", "99999999999999999999", "1e999", "'\\N{BEE}'", "{'a' 1}", "{[1]: 2}", "5;", "- 'x'",
    ]) func `what is no literal stays as written`(text: String) {
        #expect(Value(reading: text) == .string(text))
    }

    @Test func `nesting beyond the limit is a string and not a crash`() {
        let limit = InventoryLimits.maximumNesting
        for (open, close) in [("[", "]"), ("(", ")"), ("{", "}")] {
            let deep = String(repeating: open, count: 50_000) + String(repeating: close, count: 50_000)
            #expect(Value(reading: deep) == .string(deep))
        }
        let allowed = String(repeating: "[", count: limit) + String(repeating: "]", count: limit)
        #expect(Value(reading: allowed) != .string(allowed))
    }
}
