internal import JSON

/// The models the project knows, and the files each consists of.
public struct ModelManifest: Sendable {
    /// A model of one version; another version is another entry.
    public struct Model: Sendable, Equatable {
        public let name: String
        public let version: String
        /// As SPDX writes it.
        public let licence: String
        public let files: [File]
    }

    /// One file of a model.
    public struct File: Sendable, Equatable {
        /// Below the model's directory.
        public let path: String
        public let byteCount: Int
        /// 64 lower-case hex digits; `models/fetch` has verified them when it placed the file.
        public let sha256: String
    }

    /// In the file's order.
    public let models: [Model]

    /// Reads a manifest of at most 1 MiB.
    public init(path: String) throws(ModelError) {
        let contents: [UInt8]
        do {
            contents = try MappedFile(path: path, limit: 1 << 20).contents()
        } catch {
            throw .file(error)
        }
        let json: JSONValue
        do {
            json = try JSONValue(parsing: contents)
        } catch {
            throw .badManifest(path: path, problem: error.description)
        }
        guard let entries = json["models"]?.elements else {
            throw .badManifest(path: path, problem: "there is no list \"models\"")
        }
        models = try entries.map { entry throws(ModelError) in
            guard let model = Model(entry) else {
                throw .badManifest(
                    path: path,
                    problem: "a model lacks its name, version, licence or files (path, bytes, sha256)")
            }
            return model
        }
    }
}

extension ModelManifest.Model {
    fileprivate init?(_ json: JSONValue) {
        guard let name = json["name"]?.string, let version = json["version"]?.string,
            let licence = json["licence"]?.string, let entries = json["files"]?.elements
        else { return nil }
        let files = entries.compactMap(ModelManifest.File.init)
        guard files.count == entries.count else { return nil }
        self.init(name: name, version: version, licence: licence, files: files)
    }
}

extension ModelManifest.File {
    fileprivate init?(_ json: JSONValue) {
        guard let path = json["path"]?.string, let byteCount = json["bytes"]?.integer,
            let sha256 = json["sha256"]?.string
        else { return nil }
        self.init(path: path, byteCount: byteCount, sha256: sha256)
    }
}
