import FleetModel

extension RolloutSpec {
    /// A file that goes into each host's release: rendered from the host's variables, or as it is.
    public struct ConfigurationFile: Sendable, Hashable, Codable {
        /// Where its content comes from; paths are relative to the spec.
        public enum Content: Sendable, Hashable, Codable {
            /// A Mustache template.
            case template(LocatedText)
            /// The same bytes for every host.
            case source(LocatedText)
        }

        public var content: Content
        public var placement: Placement
    }
}

extension RolloutSpec.ConfigurationFile {
    enum Key: String, SectionKey {
        case template, source, to, mode, owner, group, replace

        static let place = "under 'files:'"
    }

    /// Nil with a finding.
    init?(_ item: Field) {
        guard let section = Section<Key>(item) else { return nil }
        let fields = RolloutSpec.Placement.Fields(
            to: section.required(.to), mode: section[.mode], owner: section[.owner], group: section[.group],
            replace: section[.replace])
        let placement = RolloutSpec.Placement(fields)
        let template = section[.template]?.line("the path of a template").map(Content.template)
        let source = section[.source]?.line("the path of a file").map(Content.source)
        let given = [Key.template, .source].filter { section[$0] != nil }
        guard given.count == 1 else {
            item.reject("a file has exactly one of 'template' and 'source'")
            return nil
        }
        guard let placement, let content = template ?? source else { return nil }
        (self.content, self.placement) = (content, placement)
    }
}
