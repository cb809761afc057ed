import FleetModel

extension RolloutSpec.Traffic {
    /// nginx, by a file of upstreams that is coord's own.
    public struct Nginx: Sendable, Hashable, Codable {
        /// A host pattern of the balancers.
        public var hosts: LocatedText
        public var upstream: String
        /// The file that is written, and included by nginx's configuration.
        public var file: String
        /// A shell command that exits 0 if the configuration is right.
        public var test: String
        /// A shell command that makes it current.
        public var reload: String
    }
}

extension RolloutSpec.Traffic.Nginx {
    enum Key: String, SectionKey {
        case hosts, upstream, file, test, reload

        static let place = "under 'nginx:'"
    }

    /// Nil with a finding.
    init?(_ field: Field) {
        guard let section = Section<Key>(field) else { return nil }
        let hosts = section.required(.hosts)?.line("a host pattern such as loadbalancers")
        let upstream = section.required(.upstream)?.proxyName("an upstream")
        let file = section.required(.file)?.absolutePath("/etc/nginx/conf.d/shop-upstream.conf")
        test = section[.test]?.line("a shell command")?.text ?? "nginx -t"
        reload = section[.reload]?.line("a shell command")?.text ?? "systemctl reload nginx"
        guard let hosts, let upstream, let file else { return nil }
        (self.hosts, self.upstream, self.file) = (hosts, upstream, file)
    }
}
