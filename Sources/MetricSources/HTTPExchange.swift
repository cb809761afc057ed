import FleetModel
import Foundation
import FoundationNetworking
import Synchronization

/// One request and its answer, of which no more than so many bytes are taken. Redirects are not followed: they would
/// take credentials elsewhere.
final class HTTPExchange: NSObject, URLSessionDataDelegate, Sendable {
    private struct State {
        var body = Data()
        var isTooLong = false
        var continuation: CheckedContinuation<Result<(Int, Data), Diagnostic>, Never>?
    }

    private let maximumBytes: Int
    private let state = Mutex(State())

    private init(maximumBytes: Int) { self.maximumBytes = maximumBytes }

    /// Answers the status and the body; ends early when its task is cancelled.
    ///
    /// - Throws: Why there is no answer.
    static func run(_ request: URLRequest, maximumBytes: Int) async throws(Diagnostic) -> (status: Int, body: Data) {
        let exchange = HTTPExchange(maximumBytes: maximumBytes)
        let session = URLSession(configuration: .ephemeral, delegate: exchange, delegateQueue: nil)
        defer { session.finishTasksAndInvalidate() }
        let task = session.dataTask(with: request)
        let outcome = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                exchange.state.withLock { $0.continuation = continuation }
                task.resume()
            }
        } onCancel: {
            task.cancel()
        }
        return try outcome.get()
    }

    func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
        let isTooLong = state.withLock { state in
            state.isTooLong = state.isTooLong || state.body.count + data.count > maximumBytes
            if !state.isTooLong { state.body.append(data) }
            return state.isTooLong
        }
        if isTooLong { dataTask.cancel() }
    }

    func urlSession(
        _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse,
        newRequest request: URLRequest, completionHandler: @escaping (URLRequest?) -> Void
    ) {
        completionHandler(nil)
    }

    func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
        let status = (task.response as? HTTPURLResponse)?.statusCode
        let ended = state.withLock { state in
            defer { state.continuation = nil }
            return state
        }
        ended.continuation?.resume(returning: outcome(of: ended, status: status, error: error))
    }

    private func outcome(of state: State, status: Int?, error: (any Error)?) -> Result<(Int, Data), Diagnostic> {
        if state.isTooLong {
            return .failure(Diagnostic("the answer has more than \(maximumBytes / 1_048_576) MiB"))
        }
        guard let status, error == nil else {
            let reason = error?.localizedDescription ?? "no answer of HTTP"
            return .failure(Diagnostic(reason.printable(maximumBytes: 300)))
        }
        return .success((status, state.body))
    }
}
