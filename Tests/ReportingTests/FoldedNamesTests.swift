import Reporting
import Testing

@Suite struct FoldedNamesTests {
    @Test(arguments: [
        ([], ""), (["web1"], "web1"), (["db", "web"], "db,web"),
        (["web1", "web2", "web3", "web7"], "web[1-3,7]"),
        (["web3", "web1", "web2", "web1"], "web[1-3]"),
        (["web-08.example.net", "web-09.example.net", "web-10.example.net"], "web-[08-10].example.net"),
        (["web9", "web10", "web11"], "web[9-11]"),
        (["web01", "web1", "web02"], "web[01-02],web1"),
        (["web9", "web10", "db01", "db02"], "web[9-10],db[01-02]"),
        (["r1-n1", "r1-n2", "r2-n2", "r2-n1"], "r[1-2]-n[1-2]"),
        (["r1-n1", "r1-n2", "r2-n1"], "r1-n[1-2],r2-n1"),
        (["192.0.2.7", "192.0.2.8"], "192.0.2.[7-8]"),
        (["i-12345678901234567890", "i-12345678901234567891"], "i-12345678901234567890,i-12345678901234567891"),
    ])
    func `names fold where their numbers run`(names: [String], text: String) {
        #expect(folded(names) == text)
    }

    @Test func `what is folded names every host and no other`() {
        let names = (0..<500).map { "rack\($0 % 7)-node\($0 % 3 == 0 ? "0" : "")\($0)" }.shuffled()
        #expect(expanded(folded(names)) == Set(names))
    }

    private func expanded(_ text: String) -> Set<String> {
        var results: Set<String> = []
        // A comma between sets stands outside of brackets.
        for set in text.matches(of: /(?:[^,\[]|\[[^\]]*\])+/).map(\.0) {
            var names = [""]
            for part in set.matches(of: /\[([^\]]*)\]|[^\[]+/) {
                let choices = part.1.map(numbers) ?? [String(part.0)]
                names = names.flatMap { name in choices.map { name + $0 } }
            }
            results.formUnion(names)
        }
        return results
    }

    private func numbers(_ text: Substring) -> [String] {
        text.split(separator: ",").flatMap { run -> [String] in
            let ends = run.split(separator: "-")
            guard ends.count == 2, let first = Int(ends[0]), let last = Int(ends[1]) else { return [String(run)] }
            let width = ends[0].hasPrefix("0") ? ends[0].count : 0
            return (first...last).map { number in
                String(repeating: "0", count: max(0, width - "\(number)".count)) + "\(number)"
            }
        }
    }
}
