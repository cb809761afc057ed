import AgentClient
import AgentProtocol
import FleetModel
import Foundation
import Reporting

/// Asks every host again and again, each at its own pace, so that a dead one holds nobody up; shows what they answer.
struct StatusWatch: Sendable {
    let hosts: [HostName]
    let agents: [HostName: HostAgent]
    let questions: [StatusQuestion]
    let interval: Duration
    let output: OutputOptions

    private static let maximumConnectTime: Duration = .seconds(10)
    private static let maximumAnswerTime: Duration = .seconds(10)
    /// How often the screen is drawn: the clock on it shows seconds.
    private static let redrawInterval: Duration = .milliseconds(500)

    /// Returns when the task is cancelled.
    func run() async {
        let subjects = hosts.flatMap { host in
            questions.map { StatusSubject(host: host, instance: $0.instance) }
        }
        let board = StatusBoard(subjects: subjects, patience: max(interval * 2, .seconds(5)))
        await withTaskGroup(of: Void.self) { group in
            for (name, agent) in agents {
                for question in questions {
                    group.addTask { await poll(agent, name, question, board) }
                }
            }
            group.addTask { await show(board) }
        }
    }

    private func poll(
        _ agent: HostAgent, _ name: HostName, _ question: StatusQuestion, _ board: StatusBoard
    ) async {
        let subject = StatusSubject(host: name, instance: question.instance)
        repeat {
            let row = StatusRow(name, instance: question.instance, await ask(agent, question.definition))
            if Task.isCancelled { return }
            if await board.take(row, of: subject), output.json { Terminal.standard.print(row.jsonLine) }
        } while (try? await Task.sleep(for: interval)) != nil
    }

    private func ask(_ agent: HostAgent, _ definition: ServiceDefinition) async -> Result<HostReport, AgentError> {
        do throws(AgentError) {
            try await agent.connect(deadline: Self.maximumConnectTime)
            return .success(
                try await agent.inspect(definition, probesHealth: true, deadline: Self.maximumAnswerTime))
        } catch { return .failure(error) }
    }

    private func show(_ board: StatusBoard) async {
        let terminal = Terminal.standard
        guard !output.json else { return }
        var area = RedrawnArea()
        let style = output.resultStyle(on: terminal)
        repeat {
            if let size = terminal.resultSize {
                let lines = await board.screen(columns: size.columns, rows: size.rows, every: interval, style: style)
                terminal.write(area.text(drawing: lines, columns: size.columns))
            } else {
                await board.changedTable().forEach(terminal.print)
            }
        } while (try? await Task.sleep(for: Self.redrawInterval)) != nil
    }
}
