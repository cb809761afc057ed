import Foundation
import Testing

@testable import Reporting

@Suite struct StyleTests {
    private static let colors = [Style.green, Style.red, Style.orange] + Style.hues

    @Test(arguments: colors) func `each colour is read on black and on white`(color: UInt8) {
        // WCAG 2.1, 1.4.11: 3 to 1 is the least for what has to be told apart; text should have more.
        let contrasts = [Self.contrast(of: color, to: 0), Self.contrast(of: color, to: 1)]
        #expect(contrasts.allSatisfy { $0 > 3.8 }, "\(contrasts)")
    }

    @Test func `what a terminal of ASCII shows is as wide, and nothing is left that it can't show`() {
        let bar = "[██▒▒··] web-1 … Zürich 数\r\n"
        #expect(bar.inASCII == "[##==..] web-1 ~ Z?rich ?\r\n")
        #expect("plain\u{1B}[1m".inASCII == "plain\u{1B}[1m")
    }

    /// Of a colour of the 6 by 6 by 6 cube of xterm's palette to one of that relative luminance.
    private static func contrast(of color: UInt8, to luminance: Double) -> Double {
        let steps: [Double] = [0, 95, 135, 175, 215, 255]
        let number = Int(color) - 16
        let channels = [number / 36, number / 6 % 6, number % 6].map { steps[$0] / 255 }
        let linear = channels.map { $0 <= 0.03928 ? $0 / 12.92 : pow(($0 + 0.055) / 1.055, 2.4) }
        let own = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
        return (max(own, luminance) + 0.05) / (min(own, luminance) + 0.05)
    }
}
