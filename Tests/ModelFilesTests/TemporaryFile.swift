import Glibc
import SystemPackage

/// A file of a test's own, removed with the value.
struct TemporaryFile: ~Copyable {
    let path: String

    init(_ bytes: [UInt8]) throws {
        var template = Array("/tmp/slmd-test-XXXXXX".utf8CString)
        let descriptor = FileDescriptor(rawValue: mkstemp(&template))
        try descriptor.closeAfter { _ = try descriptor.writeAll(bytes) }
        path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    deinit { unlink(path) }
}

/// A directory of a test's own with the given files, removed with the value.
struct TemporaryDirectory: ~Copyable {
    let path: String
    private let files: [String]

    init(_ files: [String: String]) throws {
        self.files = Array(files.keys)
        path = try makeDirectory(files)
    }

    deinit {
        for name in files {
            unlink("\(path)/\(name)")
            for (index, character) in name.enumerated().reversed() where character == "/" {
                rmdir("\(path)/\(name.prefix(index))")
            }
        }
        rmdir(path)
    }
}

private func makeDirectory(_ files: [String: String]) throws -> String {
    var template = Array("/tmp/slmd-test-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw Errno(rawValue: errno) }
    let path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    for (name, text) in files {
        for (index, character) in name.enumerated() where character == "/" {
            mkdir("\(path)/\(name.prefix(index))", 0o700)
        }
        let descriptor = try FileDescriptor.open(
            FilePath("\(path)/\(name)"), .writeOnly, options: .create, permissions: .ownerReadWrite)
        try descriptor.closeAfter { _ = try descriptor.writeAll(text.utf8) }
    }
    return path
}
