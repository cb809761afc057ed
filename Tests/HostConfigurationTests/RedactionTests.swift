import FleetModel
import HostConfiguration
import Testing

@Suite struct RedactionTests {
    @Test func `every line of a secret is taken out, wherever it stands`() {
        let redaction = Redaction(of: [Secret("first line\r\nsecond line\n"), Secret("hunter2-hunter2")])
        #expect(
            redaction("a second line, then=hunter2-hunter2\nfirst line")
                == "a (secret), then=(secret)\n(secret)")
        #expect(redaction(Array("x hunter2-hunter2".utf8)) == Array("x (secret)".utf8))
    }

    @Test func `of a secret that is part of another nothing is left`() {
        for secrets in [["secret-key", "secret-key-and-more"], ["secret-key-and-more", "secret-key"]] {
            #expect(Redaction(of: secrets.map { Secret($0) })("=secret-key-and-more=") == "=(secret)=")
        }
    }

    @Test func `what is too short to be told from other text stays`() {
        #expect(Redaction(of: [Secret("web")])("web-1 failed") == "web-1 failed")
        #expect(Redaction.none("as it is") == "as it is")
    }
}
