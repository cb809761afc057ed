import Testing

/// A configuration in one of the styles that people have, and hosts to ask it for.
struct PeoplesConfig: CustomTestStringConvertible {
    var name: String
    /// The file `config`, and those it includes; `DIR` stands for their folder.
    var files: [String: String]
    var hosts: [String]
    /// What stands on the command line before the host.
    var arguments: [String] = []

    var testDescription: String { name }

    init(_ name: String, _ text: String, hosts: [String], including: [String: String] = [:], arguments: [String] = []) {
        self.name = name
        self.hosts = hosts
        self.arguments = arguments
        files = including.merging(["config": text]) { first, _ in first }
    }

    static let all = addressing + matching + including + proxies + keys + commandLines
}

extension PeoplesConfig {
    static let addressing = [
        PeoplesConfig(
            "corporate bastion",
            """
            Host bastion.corp.example
              User ops
              IdentityFile ~/.ssh/corp_ed25519

            Host *.corp.example !bastion.corp.example
              ProxyJump bastion.corp.example
              User deploy
              ServerAliveInterval 30

            Host *
              ServerAliveCountMax 4
            """,
            hosts: ["bastion.corp.example", "web1.corp.example", "corp.example", "db.CORP.example", "elsewhere"]),
        PeoplesConfig(
            "short names",
            """
            Host web db
                HostName %h.prod.example.net
                User deploy
            Host web
                Port 2222
                User never
            """,
            hosts: ["web", "db", "Web", "other"]),
        PeoplesConfig(
            "key=value and capitals",
            """
            HOST=a
              hostname=10.0.0.1
              USER = root
              pOrT\t=\t2200
              IdentityFile="~/my keys/id"
            """,
            hosts: ["a", "b"]),
        PeoplesConfig(
            "quotes and escapes",
            #"""
            Host "a" 'b'
              User "first last"
              IdentityFile "/keys/with space"
              IdentityFile '/keys/it''s'
              IdentityFile /keys/a\ b
              IdentityFile "/keys/\"q\"\\"
              CertificateFile '/keys/"x"'
            """#,
            hosts: ["a", "b", "c"]),
        PeoplesConfig(
            "github identities",
            """
            Host github.com-work
              HostName github.com
              User git
              IdentityFile ~/.ssh/work
              IdentitiesOnly yes
            Host github.com-home
              HostName github.com
              User git
              IdentityFile ~/.ssh/home
              IdentitiesOnly yes
            Host github.com
              User git
            """,
            hosts: ["github.com-work", "github.com-home", "github.com"]),
        PeoplesConfig(
            "vagrant ssh-config",
            """
            Host default
              HostName 127.0.0.1
              User vagrant
              Port 2222
              UserKnownHostsFile /dev/null
              StrictHostKeyChecking no
              PasswordAuthentication no
              IdentityFile "/home/ann/boxes/my box/.vagrant/machines/default/virtualbox/private_key"
              IdentitiesOnly yes
              LogLevel FATAL
              PubkeyAcceptedKeyTypes +ssh-rsa
              HostKeyAlgorithms +ssh-rsa
            """,
            hosts: ["default", "other"]),
        PeoplesConfig(
            "first value wins",
            """
            User one
            Host h
              User two
              Port 1
            Host *
              User three
              Port 2
              Port 3
            """,
            hosts: ["h", "i"]),
        PeoplesConfig(
            "negation alone matches nothing",
            """
            Host !a
              User x
            Host * !a !b*
              User y
            Host b1
              User z
            """,
            hosts: ["a", "b1", "c"]),
        PeoplesConfig(
            "question marks",
            """
            Host web-?? db?
              User q
            Host *-0? web*x*y
              Port 9
            """,
            hosts: ["web-01", "web-1", "db7", "db", "webxy", "web1x2y3"]),
        PeoplesConfig(
            "comments, tabs, CRLF and blank lines",
            "# top\r\n\r\n\tHost a\t# not a comment\r\n\t\tUser u # comment\r\n  \t#Port 9\r\n   Port 10   \r\n",
            hosts: ["a", "#", "not", "b"]),
        PeoplesConfig(
            "unknown keywords that are excused",
            """
            IgnoreUnknown UseKeychain,AddKeysTo*,x?z
            Host *
              UseKeychain yes
              XyZ anything at all
              User u
            """,
            hosts: ["h"]),
        PeoplesConfig(
            "what has no bearing here",
            """
            Host *
              ControlMaster auto
              ControlPath ~/.ssh/cm-%r@%h:%p
              ControlPersist 10m
              AddKeysToAgent yes
              ForwardAgent yes
              ForwardX11 no
              SendEnv LANG LC_*
              SetEnv FOO=bar
              Compression yes
              LogLevel ERROR
              HashKnownHosts yes
              VisualHostKey no
              TCPKeepAlive yes
              UpdateHostKeys no
              RequestTTY auto
              LocalForward 8080 localhost:80
              RemoteForward 9090 localhost:90
              DynamicForward 1080
              Protocol 2
              KeepAlive yes
              GSSAPIDelegateCredentials no
              ChallengeResponseAuthentication no
              IPQoS lowdelay throughput
              RekeyLimit 1G 1h
              User u
            """,
            hosts: ["h"]),
        PeoplesConfig(
            "IPv6",
            """
            Host 2001:db8::*
              User six
            Host fe80::1
              Port 23
            Host v6
              HostName 2001:DB8::17
            """,
            hosts: ["2001:db8::17", "fe80::1", "v6"]),
        PeoplesConfig(
            "names with percent",
            """
            Host web
              HostName %%h-%h.example
              User "100%"
            """,
            hosts: ["web"]),
        PeoplesConfig(
            "large fleets by site",
            """
            Host fra-* !fra-bastion
              ProxyJump fra-bastion
            Host ams-* !ams-bastion
              ProxyJump ams-bastion
            Host *-bastion
              User jump
              Port 2222
            Host *-db-* *-db
              User postgres
            Match host fra-web-*,ams-web-*
              User www
            Host *
              User deploy
            """,
            hosts: ["fra-web-1", "fra-bastion", "ams-db-1", "ams-bastion", "ams-web-7", "lon-1"]),
        PeoplesConfig(
            "times",
            """
            Host a
              ConnectTimeout 1m30
              ServerAliveInterval 2h
            Host b
              ConnectTimeout none
              ConnectTimeout 5
              ServerAliveInterval 0
            Host c
              ConnectTimeout 1D2H3m4S
              ServerAliveCountMax 10
            Host *
              ConnectTimeout 7
              ServerAliveInterval 1w
            """,
            hosts: ["a", "b", "c", "d"]),
    ]
}

extension PeoplesConfig {
    static let matching = [
        PeoplesConfig(
            "Match host and user",
            """
            Match host web*,db* user deploy
              Port 1001
            Match user deploy
              IdentityFile /k/deploy
            Host web*
              User deploy
            Match host web1 user deploy
              Port 1002
            Match !host web1
              Port 1003
            """,
            hosts: ["web1", "web2", "db1", "x"]),
        PeoplesConfig(
            "Match host sees HostName",
            """
            Host alias
              HostName real.example.net
            Match host real.example.net
              User real
            Match originalhost alias
              Port 77
            Match host alias
              User never
            Host real.example.net
              User hostline
            """,
            hosts: ["alias", "real.example.net", "REAL.example.net"]),
        PeoplesConfig(
            "Match localuser and all",
            """
            Match localuser nobody-here
              User never
            Match all
              User everybody
            Match localuser * host h
              Port 5
            """,
            hosts: ["h", "i"]),
        PeoplesConfig(
            "Match final",
            """
            Host a
              HostName a.example.net
            Match final host *.example.net
              User final
              ProxyJump jump.example.net
            Match final all
              Port 99
            Host *.example.net
              IdentityFile /k/second-pass
            Host *
              IdentityFile /k/always
            """,
            hosts: ["a", "b", "A", "x.example.net"]),
        PeoplesConfig(
            "Match canonical",
            """
            Match canonical
              User never
            Match !canonical host c
              Port 3
            """,
            hosts: ["c", "d"]),
        PeoplesConfig(
            "Match negated final",
            """
            Match !final host c
              Port 3
            Match final
              Port 4
            """,
            hosts: ["c", "d"]),
        PeoplesConfig(
            "Match with equals and quotes",
            """
            Match host="a,b" user=root
              Port 4
            Match originalhost "c"
              User root
            Match host c,!d
              Port 6
            """,
            hosts: ["a", "b", "c", "d"],
            arguments: ["-l", "root"]),
    ]
}

extension PeoplesConfig {
    static let including = [
        PeoplesConfig(
            "Include conf.d",
            """
            Include DIR/conf.d/*.conf
            Host *
              User last
            """,
            hosts: ["one", "two", "three"],
            including: [
                "conf.d/10-one.conf": "Host one\n  User first\nInclude DIR/more\n",
                "conf.d/20-two.conf": "User second\nHost two\n  Port 2\n", "conf.d/ignored.txt": "User never\n",
                "more": """
                Host one
                 Port 1
                Host two
                 Port 3
                """,
            ]),
        PeoplesConfig(
            "Include inside a block",
            """
            Host a*
              Include DIR/inner
              Port 7
            Host b
              Include DIR/inner DIR/missing
            """,
            hosts: ["a1", "b", "x"],
            including: [
                "inner": """
                User inner
                Host a1
                  IdentityFile /k/a1
                Host x
                  User x
                """
            ]),
        PeoplesConfig(
            "Include inside a Match that fails",
            """
            Match host a
              Include DIR/inner
              User after
            User global
            """,
            hosts: ["a", "x"],
            including: ["inner": "Host *\n  Port 8\n"]),
        PeoplesConfig(
            "Include with several patterns and quotes",
            """
            Include "DIR/with space" DIR/[ab]?
            Host *
              Port 1
            """,
            hosts: ["h"],
            including: [
                "with space": "User spaced\n", "a1": "Port 11\n", "b1": "ConnectTimeout 3\n",
                "c1": "ServerAliveInterval 9\n",
            ]),
    ]
}

extension PeoplesConfig {
    static let proxies = [
        PeoplesConfig(
            "ProxyJump chains",
            """
            Host inner
              ProxyJump ops@b1.example:2201,b2.example
            Host v6
              ProxyJump root@[2001:db8::1]:22
            Host number
              ProxyJump 192.0.2.7
            Host uri
              ProxyJump ssh://ops@b3.example:2203
            Host off
              ProxyJump none
            Host *
              ProxyJump fallback
            """,
            hosts: ["inner", "v6", "number", "uri", "off", "other"]),
        PeoplesConfig(
            "ProxyCommand before ProxyJump",
            """
            Host a
              ProxyCommand ssh -W %h:%p -q bastion # kept
              ProxyJump never
            Host b
              ProxyJump used
              ProxyCommand never
            Host c
              ProxyCommand none
              ProxyJump never
            Host d
              ProxyCommand = nc -X connect -x proxy:3128 %h %p
            Host e
              ProxyCommand sh -c "exec ssh bastion nc %h %p"
            """,
            hosts: ["a", "b", "c", "d", "e"]),
        PeoplesConfig(
            "AWS session names",
            """
            Host i-* mi-*
              ProxyCommand sh -c "aws ssm start-session --target %h --parameters 'portNumber=%p'"
              User ec2-user
            Host ip-10-*.compute.internal
              User ubuntu
              ProxyCommand ssh -i ~/.ssh/bastion.pem -W %h:%p ec2-user@bastion.example 2>/dev/null
            """,
            hosts: ["i-0123", "mi-1", "ip-10-0-0-1.compute.internal"]),
    ]
}

extension PeoplesConfig {
    static let keys = [
        PeoplesConfig(
            "known hosts",
            """
            Host a
              UserKnownHostsFile ~/.ssh/known_hosts ~/.ssh/known_hosts.%h ${SITE}/%k/%n/%p/%r
              GlobalKnownHostsFile /etc/ssh/ours
            Host b
              UserKnownHostsFile "/with space/known" none-such
              StrictHostKeyChecking accept-new
            Host c
              UserKnownHostsFile none
              GlobalKnownHostsFile none
            Host *
              StrictHostKeyChecking ask
              UserKnownHostsFile /d/%i-%u-%d-%L-%l-100%%
            """,
            hosts: ["a", "b", "c", "d"]),
        PeoplesConfig(
            "host key words",
            """
            Host a
              StrictHostKeyChecking YES
              HostKeyAlias Cluster.Example
            Host b
              StrictHostKeyChecking off
            Host c
              StrictHostKeyChecking true
              HostKeyAlias c
            Host d
              StrictHostKeyChecking false
            """,
            hosts: ["a", "b", "c", "d", "e"]),
        PeoplesConfig(
            "identity agent",
            """
            Host a
              IdentityAgent none
            Host b
              IdentityAgent SSH_AUTH_SOCK
            Host c
              IdentityAgent "~/Library/agent sock"
            Host d
              IdentityAgent ${SITE}/agent.%r
            Host e
              IdentityAgent $AGENT
            Host f
              IdentityAgent /run/user/%i/agent
            """,
            hosts: ["a", "b", "c", "d", "e", "f"]),
        PeoplesConfig(
            "keys accumulate",
            """
            IdentityFile /k/global
            Host a*
              IdentityFile /k/a
              CertificateFile /k/a-cert.pub
            Host *
              IdentityFile /k/global
              IdentityFile ~/k/%h
              CertificateFile /k/all-cert.pub
              IdentitiesOnly no
            """,
            hosts: ["a1", "b"]),
    ]
}

extension PeoplesConfig {
    static let commandLines = [
        PeoplesConfig(
            "command line first",
            """
            Host *
              User file
              Port 22
              IdentityFile /k/file
              ProxyJump file
              ConnectTimeout 9
            """,
            hosts: ["h"],
            arguments: [
                "-p", "2200", "-l", "me", "-o", "IdentityFile=/k/me", "-o", "ProxyCommand=ssh -W %h:%p x", "-o",
                "ConnectTimeout 3", "-oStrictHostKeyChecking=no", "-o", "Port=1",
            ]),
        PeoplesConfig(
            "command line jump",
            """
            Host *
              ProxyCommand never %h
            """,
            hosts: ["h"],
            arguments: ["-J", "ops@b1:2201,b2", "-o", "User=x", "-Cqv", "-A"]),
        PeoplesConfig(
            "command line ProxyJump none",
            """
            Host *
              ProxyJump never
            """,
            hosts: ["h"],
            arguments: ["-o", "ProxyJump=none"]),
    ]
}

extension PeoplesConfig {
    /// Whole files, each with one mistake.
    static let mistakes = [
        "Hots a\n",
        "Host a\n  Usr b\n",
        "Port 70000\n",
        "Port\n",
        "User a b\n",
        "StrictHostKeyChecking maybe\n",
        "ConnectTimeout soon\n",
        "ConnectTimeout 99999999999\n",
        "IdentitiesOnly perhaps\n",
        "ProxyJump a,,b\n",
        "ProxyJump @b\n",
        "ProxyJump b:0\n",
        "Match\n",
        "Match host\n",
        "Match hots a\n",
        "Match host a all b\n",
        "Match host a user b all\n",
        "User \"open\n",
        "ServerAliveCountMax many\n",
        "Include ''\n",
        "HostName %z\n",
        "UserKnownHostsFile %z\n",
        "UserKnownHostsFile ${MISSING_VARIABLE}\n",
        "UserKnownHostsFile none other\n",
        "IgnoreUnknown other\nUnknownThing x\n",
        "IdentityAgent ${SITE\n",
        "Host a\n  UnknownInAnotherBlock x\n",
        "UseKeychain yes\nIgnoreUnknown UseKeychain\n",
        "Include DIR/config\n",
    ]
}
