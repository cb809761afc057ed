import HostAccess
import SSHTransport

/// Calls `body` with what reaches the hosts; whatever becomes of it, every connection has ended on return.
func withConnector<Answer>(
    to hosts: HostSelection, over connection: ConnectionOptions, _ body: (SSHConnector) async throws -> Answer
) async throws -> Answer {
    let connector = try connection.connector(becomePasswords: hosts.becomePasswords)
    let answer: Result<Answer, any Error>
    do { answer = .success(try await body(connector)) } catch { answer = .failure(error) }
    await connector.shutdown()
    return try answer.get()
}
