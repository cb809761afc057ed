import Testing
import TimeLimits

@Suite struct TimeLimitTests {
    @Test func `what ends in time is answered at once`() async {
        #expect(await withTimeLimit(.seconds(3600)) { 7 } == 7)
    }

    @Test func `what does not is cancelled, and has ended`() async {
        let answer = await withTimeLimit(.milliseconds(1)) {
            // Ends only by being cancelled.
            try? await Task.sleep(for: .seconds(3600))
            return 7
        }
        #expect(answer == nil)
    }
}
