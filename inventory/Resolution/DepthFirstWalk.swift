/// A walk through a graph without recursion, so that a chain of any length can't exhaust the stack.
struct DepthFirstWalk {
    /// Every node before the nodes below it; of no use where there are circles.
    private(set) var parentsFirst: [Int] = []
    /// Each circle found, from the node where it was entered.
    private(set) var circles: [[Int]] = []

    private enum State { case new, open, done }

    init(children: [[Int]]) {
        var states = Array(repeating: State.new, count: children.count)
        var childrenFirst: [Int] = []
        for root in children.indices where states[root] == .new {
            var path = [(node: root, next: 0)]
            states[root] = .open
            while let (node, next) = path.last {
                guard next < children[node].count else {
                    states[node] = .done
                    childrenFirst.append(node)
                    path.removeLast()
                    continue
                }
                path[path.count - 1].next += 1
                let child = children[node][next]
                switch states[child] {
                case .new:
                    states[child] = .open
                    path.append((child, 0))
                case .open: circles.append(Array(path.map(\.node).drop { $0 != child }))
                case .done: break
                }
            }
        }
        parentsFirst = childrenFirst.reversed()
    }
}
