import Foundation
import Testing

/// A real Prometheus on a port of its own, in a folder of its own; both are gone after `stop`.
final class PrometheusServer {
    let url: String
    private let process: Process
    private let folder: URL

    /// Starts one and waits until it answers questions.
    init(scraping port: Int, webConfiguration: String? = nil) throws {
        let program = try #require(
            ["/usr/bin/prometheus", "/usr/local/bin/prometheus"].first(where: FileManager.default.isExecutableFile),
            "these tests need Prometheus; run 'make setup'")
        folder = FileManager.default.temporaryDirectory.appending(path: "prometheus-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let configuration = """
            global: {scrape_interval: 100ms, scrape_timeout: 100ms}
            scrape_configs: [{job_name: shop, static_configs: [{targets: ["127.0.0.1:\(port)"]}]}]
            """
        try Data(configuration.utf8).write(to: folder.appending(path: "prometheus.yml"))
        try Data((webConfiguration ?? "").utf8).write(to: folder.appending(path: "web.yml"))

        process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = [
            "--config.file=\(folder.path)/prometheus.yml", "--web.config.file=\(folder.path)/web.yml",
            "--storage.tsdb.path=\(folder.path)/data", "--web.listen-address=127.0.0.1:0",
        ]
        let log = Pipe()
        process.standardError = log
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        let listening = /msg="Listening on" address=(127\.0\.0\.1:\d+)/
        var text = ""
        // Ends when it is ready, which is after it listens, or with the log when the process has ended.
        while !text.contains("Server is ready") {
            let more = log.fileHandleForReading.availableData
            try #require(!more.isEmpty, "Prometheus ended: \(text)")
            text += String(decoding: more, as: UTF8.self)
        }
        // What it logs from now on is read and dropped, so that it never waits for a reader.
        log.fileHandleForReading.readabilityHandler = { if $0.availableData.isEmpty { $0.readabilityHandler = nil } }
        let address = try #require(text.firstMatch(of: listening)).1
        url = "http://\(address)"
    }

    func stop() {
        process.terminate()
        process.waitUntilExit()
        try? FileManager.default.removeItem(at: folder)
    }
}
