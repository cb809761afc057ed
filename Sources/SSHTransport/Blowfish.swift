/// The state of the Blowfish cipher (Schneier 1993) with the two key set-ups that bcrypt needs.
struct Blowfish {
    private static let subkeyCount = 18
    private static let boxWords = 4 * 256

    /// 18 subkeys, then the four S-boxes. They start as the fraction of pi.
    private var words: [UInt32] = Self.initialWords
    private static let initialWords = fractionOfPi(words: subkeyCount + boxWords)

    /// Mixes in a key and, where given, a salt; both are read again from the start when they run out (they are never
    /// empty).
    mutating func expand(key: [UInt8], salt: [UInt8]? = nil) {
        precondition(!key.isEmpty && salt?.isEmpty != true, "bcrypt always has a key")
        words.withUnsafeMutableBufferPointer { words in
            var keyOffset = 0
            for i in 0..<Self.subkeyCount { words[i] ^= Self.nextWord(of: key, at: &keyOffset) }
            var (left, right, saltOffset): (UInt32, UInt32, Int) = (0, 0, 0)
            for i in stride(from: 0, to: words.count, by: 2) {
                if let salt {
                    left ^= Self.nextWord(of: salt, at: &saltOffset)
                    right ^= Self.nextWord(of: salt, at: &saltOffset)
                }
                Self.encrypt(&left, &right, words)
                words[i] = left
                words[i + 1] = right
            }
        }
    }

    /// Encrypts pairs of words, each on its own (ECB).
    mutating func encrypt(_ block: inout [UInt32]) {
        words.withUnsafeMutableBufferPointer { words in
            for i in stride(from: 0, to: block.count - 1, by: 2) {
                var (left, right) = (block[i], block[i + 1])
                Self.encrypt(&left, &right, words)
                (block[i], block[i + 1]) = (left, right)
            }
        }
    }

    @inline(__always)
    private static func encrypt(
        _ left: inout UInt32, _ right: inout UInt32, _ words: UnsafeMutableBufferPointer<UInt32>
    ) {
        let boxes = words.baseAddress.unsafelyUnwrapped + subkeyCount
        var (x, y) = (left ^ words[0], right)
        for i in stride(from: 1, through: 15, by: 2) {
            y ^= mixed(x, boxes) ^ words[i]
            x ^= mixed(y, boxes) ^ words[i + 1]
        }
        left = y ^ words[17]
        right = x
    }

    @inline(__always)
    private static func mixed(_ word: UInt32, _ boxes: UnsafeMutablePointer<UInt32>) -> UInt32 {
        let first = boxes[Int(word >> 24)] &+ boxes[256 + Int(word >> 16 & 0xFF)]
        return (first ^ boxes[512 + Int(word >> 8 & 0xFF)]) &+ boxes[768 + Int(word & 0xFF)]
    }

    private static func nextWord(of bytes: [UInt8], at offset: inout Int) -> UInt32 {
        var word: UInt32 = 0
        for _ in 0..<4 {
            word = word << 8 | UInt32(bytes[offset])
            offset = offset + 1 == bytes.count ? 0 : offset + 1
        }
        return word
    }
}

/// The first binary digits of pi after the point, 32 to a word, by Machin's formula: pi = 16 atan(1/5) - 4 atan(1/239).
private func fractionOfPi(words count: Int) -> [UInt32] {
    // Every division cuts off less than one unit of the last word; some 15,000 of them stay within two words.
    let guardWords = 2
    let length = 1 + count + guardWords
    var pi = [UInt32](repeating: 0, count: length)
    addArcTangent(ofInverse: 5, times: 16, to: &pi)
    addArcTangent(ofInverse: 239, times: -4, to: &pi)
    return Array(pi[1...count])
}

/// Adds `factor * (1/x - 1/3x^3 + 1/5x^5 - ...)` to a fixed point number, whose first word is the whole part.
private func addArcTangent(ofInverse x: UInt32, times factor: Int, to sum: inout [UInt32]) {
    var power = [UInt32](repeating: 0, count: sum.count)
    power[0] = UInt32(abs(factor))
    divide(&power, by: x)
    var term = power
    var (divisor, isAdded) = (UInt32(1), factor > 0)
    while power.contains(where: { $0 != 0 }) {
        term = power
        divide(&term, by: divisor)
        add(term, to: &sum, subtracting: !isAdded)
        divide(&power, by: x * x)
        divisor += 2
        isAdded.toggle()
    }
}

private func divide(_ number: inout [UInt32], by divisor: UInt32) {
    number.withUnsafeMutableBufferPointer { words in
        var remainder: UInt64 = 0
        for i in words.indices {
            let part = remainder << 32 | UInt64(words[i])
            words[i] = UInt32(truncatingIfNeeded: part / UInt64(divisor))
            remainder = part % UInt64(divisor)
        }
    }
}

private func add(_ term: [UInt32], to sum: inout [UInt32], subtracting: Bool) {
    var carry = subtracting
    for i in sum.indices.reversed() {
        let addend = UInt64(subtracting ? ~term[i] : term[i])
        let total = UInt64(sum[i]) + addend + (carry ? 1 : 0)
        sum[i] = UInt32(truncatingIfNeeded: total)
        carry = total >> 32 != 0
    }
}
