import FleetModel
import Inventory
import Testing

@Suite struct ConnectionVariablesTests {
    private func connection(_ line: String) throws -> ConnectionVariables {
        let inventory = try inventory("h \(line)")
        return try inventory.connectionVariables(of: hostName("h"))
    }

    @Test func `a host without variables is reached by its name`() throws {
        let connection = try connection("")
        #expect(connection.address == "h")
        #expect(connection.port == nil && connection.user == nil && connection.privateKeyFile == nil)
        #expect(connection.become == nil && connection.labels.isEmpty)
    }

    @Test func `the known variables are read in their types`() throws {
        let connection = try connection(
            "ansible_host=192.0.2.1 ansible_port='\"2222\"' ansible_user=deploy ansible_private_key_file='~/a key' "
                + "ansible_become=yes ansible_become_method=sudo ansible_connection=ssh coord_rack=r1 coord_row=07 x=y"
        )
        #expect(connection.address == "192.0.2.1")
        #expect(connection.port == 2222)
        #expect(connection.user == "deploy")
        #expect(connection.privateKeyFile == "~/a key")
        #expect(connection.become == true)
        #expect(connection.labels == ["rack": "r1", "row": "07"])
    }

    @Test(arguments: [("True", true), ("on", true), ("1", true), ("FALSE", false), ("no", false), ("0", false)])
    func `ansible_become takes Ansible's words`(word: String, become: Bool) throws {
        #expect(try connection("ansible_become=\(word)").become == become)
    }

    static let refusals: [(line: String, problem: String)] = [
        ("ansible_port=abc", "ansible_port 'abc' is not a port in 1…65535"),
        ("ansible_port=70000", "ansible_port '70000' is not a port in 1…65535"),
        ("ansible_host=", "ansible_host '' is empty"),
        ("ansible_host=-oX", "ansible_host '-oX' has white space or begins with '-'"),
        ("ansible_user='a b'", "ansible_user 'a b' has white space or begins with '-'"),
        ("ansible_user={{me}}", "ansible_user '{{me}}' is a template"),
        ("ansible_user=[1]", "ansible_user '[1]' is a list or a dictionary, not a single value"),
        ("ansible_become=perhaps", "ansible_become 'perhaps' is neither true nor false"),
        ("ansible_become_method=su", "ansible_become_method 'su' is not supported"),
        ("ansible_connection=shh", "ansible_connection 'shh' is not supported; did you mean 'ssh'?"),
        ("ansible_connection=winrm", "ansible_connection 'winrm' is not supported"),
        ("ansible_connection=local", "ansible_connection 'local' is not supported"),
        (
            "ansible_become_user=app",
            "ansible_become_user 'app' is not supported: the agent is root's or the login user's"
        ),
        ("ansible_become_exe=/usr/bin/doas", "ansible_become_exe '/usr/bin/doas' is not supported: only sudo is"),
        ("ansible_timeout=soon", "ansible_timeout 'soon' is not a number of seconds"),
        ("ansible_host_key_checking=maybe", "ansible_host_key_checking 'maybe' is neither true nor false"),
        ("coord_agent=usr", "coord_agent 'usr' is not supported; did you mean 'user'?"),
        ("ansible_ssh_common_args='-o X={{x}}'", "ansible_ssh_common_args '-o X={{x}}' is a template"),
        ("coord_rack={}", "coord_rack '{}' is a list or a dictionary, not a single value"),
        ("ansible_host=a ansible_ssh_host=b", "ansible_ssh_host 'b' contradicts ansible_host, which is 'a'"),
    ]

    @Test(arguments: refusals) func `a bad value is told with host and place`(line: String, problem: String) throws {
        let error = #expect(throws: Diagnostics.self) { try connection(line) }
        #expect(error?.all.map(\.problem) == ["host 'h': \(problem)"])
        #expect(error?.all.first?.location?.line == 1)
    }

    @Test func `ssh's own options are kept as they are written`() throws {
        let connection = try connection(
            "ansible_ssh_extra_args=-q ansible_ssh_common_args='-J \"b c\"' ansible_ssh_args=-C ansible_ssh_timeout=9")
        #expect(connection.sshArguments?.text == "-C")
        #expect(connection.furtherSSHArguments.map(\.text) == ["-J \"b c\"", "-q"])
        #expect(connection.furtherSSHArguments.map(\.name) == ["ansible_ssh_common_args", "ansible_ssh_extra_args"])
        #expect(connection.connectTimeout == 9)
    }

    @Test func `coord_agent is no label`() throws {
        let connection = try connection("coord_agent=user coord_rack=r1 ansible_become=false ansible_become_user=app")
        #expect(connection.agent == .user)
        #expect(connection.labels == ["rack": "r1"])
    }

    @Test(arguments: ["ansible_become_password", "ansible_become_pass", "ansible_sudo_pass"])
    func `a password for sudo is kept and never shown`(name: String) throws {
        let connection = try connection("\(name)=hunter2")
        #expect(connection.becomePassword == Secret("hunter2"))
        #expect(!"\(connection)".contains("hunter2"))
        var dumped = ""
        dump(connection, to: &dumped)
        #expect(!dumped.contains("hunter2"))
    }

    @Test(arguments: [
        (
            "ansible_become_pass='{{ vault_hunter2 }}'",
            "ansible_become_pass is a template, and templates are not evaluated here"
        ),
        ("ansible_become_pass=''", "ansible_become_pass is empty, or not a single value"),
    ])
    func `what is wrong with sudo's password is told without it`(line: String, problem: String) throws {
        let connection = try connection(line)
        #expect(connection.becomePassword == nil)
        #expect(connection.becomePasswordProblem?.problem == "host 'h': \(problem)")
        #expect(connection.becomePasswordProblem?.hint == "give coord --ask-become-pass")
    }

    @Test(arguments: ["ansible_password", "ansible_ssh_pass"])
    func `a password to log in with is refused, and not shown`(name: String) throws {
        let error = #expect(throws: Diagnostics.self) { try connection("\(name)=hunter2") }
        #expect(error?.all.map(\.problem) == ["host 'h': \(name) is not supported: coord logs in with keys only"])
        #expect(error?.all.first?.hint?.contains("hunter2") == false)
    }

    @Test func `all bad values of a host are told at once`() throws {
        let error = #expect(throws: Diagnostics.self) {
            try connection("ansible_port=x ansible_user= ansible_become=x")
        }
        #expect(error?.all.count == 3)
    }
}
