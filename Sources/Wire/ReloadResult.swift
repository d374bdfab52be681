public import JSON

/// The answer to `reload`.
public struct ReloadResult: JSONWritable, Decodable, Hashable, Sendable {
    /// The settings file that was read; nil when there is none.
    public let file: String?
    /// Sections whose new values hold now.
    public let applied: [String]
    /// Keys and sections whose new values hold after a restart.
    public let needsRestart: [String]
    /// SHA-256 of the head, read again from its checkpoint and the log.
    public let digest: String

    public init(file: String?, applied: [String], needsRestart: [String], digest: String) {
        self.file = file
        self.applied = applied
        self.needsRestart = needsRestart
        self.digest = digest
    }

    private enum CodingKeys: String, CodingKey {
        case file, applied, digest
        case needsRestart = "needs_restart"
    }

    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.field(orNull: "file", file)
            json.key("applied")
            json.array(applied) { $0.value($1) }
            json.key("needs_restart")
            json.array(needsRestart) { $0.value($1) }
            json.field("digest", digest)
        }
    }
}
