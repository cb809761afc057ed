import HostAccess
import SSHTransport

/// Calls `body` with what reaches hosts; whatever becomes of it, every connection has ended on return.
func withConnector<Answer>(
    of connection: ConnectionOptions, _ body: (any HostConnector) async throws -> Answer
) async throws -> Answer {
    let connector = try connection.connector()
    let answer: Result<Answer, any Error>
    do { answer = .success(try await body(connector)) } catch { answer = .failure(error) }
    await connector.shutdown()
    return try answer.get()
}
