extension StateDirectory {
    /// A file that is written now and read later, in pieces; nothing is left of it when the value goes. Calls must not
    /// overlap.
    ///
    /// - Parameter write: is given what adds bytes at the end.
    public func file(
        writing write: (_ append: ([UInt8]) throws -> Void) throws -> Void
    ) throws -> OutgoingFile {
        let file = try OpenFile(temporary: ".export", in: path)
        var count = 0
        try write { bytes in
            try file.write(bytes, at: count)
            count += bytes.count
        }
        return try OutgoingFile([.file(file, count: count)])
    }
}
