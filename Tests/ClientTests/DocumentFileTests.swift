import Foundation
import Testing
import Wire

@testable import slmctl

/// A directory that is gone with the value.
private final class Folder {
    let path = NSTemporaryDirectory() + "slmctl-\(UUID().uuidString)"

    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

    deinit { try? FileManager.default.removeItem(atPath: path) }  // the system clears its temporary files

    @discardableResult
    func write(_ name: String, _ content: String = "text") throws -> String {
        let file = "\(path)/\(name)"
        try FileManager.default.createDirectory(
            atPath: (file as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
        try Data(content.utf8).write(to: URL(filePath: file))
        return file
    }

    /// A program that a shell runs in the place of pdftotext.
    func program(_ script: String) throws -> String {
        let file = "\(path)/program-\(UUID().uuidString)"
        // Another process writes it: a child that another test starts meanwhile would hold it open for writing, and whoever is
        // being written cannot run.
        let writer = Process()
        writer.executableURL = URL(filePath: "/bin/sh")
        writer.arguments = ["-c", #"printf '#!/bin/sh\n%s\n' "$1" >"$0" && chmod 755 "$0""#, file, script]
        try writer.run()
        writer.waitUntilExit()
        try #require(writer.terminationStatus == 0)
        return file
    }
}

@Suite struct DocumentTreeTests {
    private func entries(_ paths: String...) -> [String] {
        var tree = DocumentTree(paths)
        var entries: [String] = []
        while let entry = tree.next() {
            switch entry {
            case .file(let path, _): entries.append("file \(path)")
            case .directory(let path): entries.append("directory \(path)")
            case .skipped(let path, let reason): entries.append("\(reason.rawValue) \(path)")
            case .failure(let path, let failure): entries.append("\(failure.exit) \(path)")
            }
        }
        return entries
    }

    @Test func `each file comes once, in order, and loops end`() throws {
        let folder = try Folder()
        let root = folder.path
        for name in ["b.md", "a.txt", ".hidden.txt", ".git/x.txt", "sub/c.html", "program.exe"] {
            try folder.write(name)
        }
        try FileManager.default.createSymbolicLink(atPath: "\(root)/sub/loop", withDestinationPath: root)
        try FileManager.default.createSymbolicLink(atPath: "\(root)/sub/self", withDestinationPath: "self")
        try FileManager.default.linkItem(atPath: "\(root)/a.txt", toPath: "\(root)/z.txt")
        mkfifo("\(root)/pipe.txt", 0o600)
        #expect(
            entries(root, "\(root)/sub", "\(root)/b.md", "\(root)/none") == [
                "directory \(root)", "hidden \(root)/.git", "hidden \(root)/.hidden.txt",
                "file \(root)/a.txt",
                "file \(root)/b.md", "special \(root)/pipe.txt", "ending \(root)/program.exe",
                "directory \(root)/sub", "file \(root)/sub/c.html", "link \(root)/sub/loop",
                "link \(root)/sub/self", "noInput \(root)/none",
            ])
    }

    @Test(
        arguments: [
            ([0x63, 0xE9, 0x2E], "c\\xE9."), ([0xC3, 0xA9, 0xFF, 0xC3], "é\\xFF\\xC3"),
            ([0xE7, 0x95, 0x61], "\\xE7\\x95a"), ([0xED, 0xA0, 0x80], "\\xED\\xA0\\x80"), ([], ""),
        ] as [([UInt8], String)])
    func `of a name the bytes that are no UTF-8 are escaped`(name: [UInt8], escaped: String) {
        #expect(Misnamed.escaped(name) == escaped)
    }

    @Test func `a path is where it leads, or where it was`() throws {
        let folder = try Folder()
        let root = DocumentTree.absolute(folder.path)
        try folder.write("a/b.txt")
        try FileManager.default.createSymbolicLink(atPath: "\(root)/link", withDestinationPath: "a")
        #expect(DocumentTree.absolute("\(root)/link/../link/./b.txt") == "\(root)/a/b.txt")
        #expect(DocumentTree.absolute("\(root)/link/gone.txt") == "\(root)/a/gone.txt")
        #expect(DocumentTree.absolute("/") == "/")
        #expect(DocumentTree.absolute("/no/where") == "/no/where")
    }
}

@Suite struct DocumentFileTests {
    @Test(arguments: [
        ("a.TXT", DocumentFile.Kind.written(.text)), ("a.b.md", .written(.markdown)),
        ("d.x/a.htm", .written(.html)),
        ("a.csv", .written(.csv)), ("a.ndjson", .written(.jsonLines)), ("a.pdf", .pdf), ("README", nil),
        (".txt", nil), ("a.", nil), ("a.c", nil), ("d.txt/a", nil),
    ])
    func `an ending tells the format`(path: String, kind: DocumentFile.Kind?) {
        #expect(DocumentFile.Kind(path: path) == kind)
    }

    private func kind(of path: String, pdf: PDFReader = PDFReader()) -> String? {
        do {
            _ = try DocumentFile(path: path, kind: nil, pdf: pdf)
            return nil
        } catch {
            #expect(error.message.hasPrefix("\(path): "), "\(error.message)")
            return error.kind
        }
    }

    @Test func `what is no text is refused, and a huge file without reading it`() throws {
        let folder = try Folder()
        #expect(kind(of: try folder.write("a.txt", " \n")) == "empty")
        #expect(kind(of: try folder.write("a.txt", "a\0b")) == "not_text")
        let junk = "\(folder.path)/junk.txt"
        try Data([0x61, 0xFE, 0xFF]).write(to: URL(filePath: junk))
        #expect(kind(of: junk) == "not_text")
        mkfifo("\(folder.path)/pipe.txt", 0o600)
        #expect(kind(of: "\(folder.path)/pipe.txt") == "no_input")
        #expect(kind(of: folder.path) == "no_input")
        #expect(kind(of: "\(folder.path)/none.txt") == "no_input")
        let huge = try folder.write("huge.txt", "")
        #expect(truncate(huge, 2 << 30) == 0)
        #expect(kind(of: huge) == "too_large")
        #expect(kind(of: try folder.write("a", "good")) == nil)
    }

    /// It changes whenever it is read: the program that reads it writes to it.
    @Test func `a file that changes while it is read is told`() throws {
        let folder = try Folder()
        let file = try folder.write("a.pdf")
        let program = try folder.program("echo more >>\"\(file)\"; echo text")
        #expect(kind(of: file, pdf: PDFReader(program: program)) == "changing")
        // Once is no harm: it is read again.
        let mark = "\(folder.path)/mark"
        let once = try folder.program("[ -e \(mark) ] || { echo >>\"\(file)\"; : >\(mark); }; echo text")
        #expect(kind(of: file, pdf: PDFReader(program: once)) == nil)
    }

    @Test func `PDF goes through a program with its own limits`() throws {
        let folder = try Folder()
        let file = try folder.write("a.pdf", "pages")
        let echo = try folder.program("cat /dev/stdin; echo; echo \"$@\"")
        let document = try DocumentFile(path: file, kind: nil, pdf: PDFReader(program: echo))
        #expect(
            String(decoding: document.content, as: UTF8.self) == "pages\n-enc UTF-8 -eol unix /dev/stdin -\n")
        #expect(document.format == .text)
        let broken = try folder.program("echo 'Syntax Error: no trailer' >&2; exit 1")
        #expect {
            try DocumentFile(path: file, kind: nil, pdf: PDFReader(program: broken))
        } throws: { error in
            (error as? Failure)?.message == "\(file): pdftotext cannot read it: Syntax Error: no trailer"
        }
        #expect(kind(of: file, pdf: PDFReader(program: "/nowhere/pdftotext")) == "no_pdftotext")
        #expect(kind(of: file, pdf: PDFReader(program: try folder.program("echo"))) == "empty")
        let endless = try folder.program("exec yes")
        #expect(kind(of: file, pdf: PDFReader(program: endless, longest: 1 << 20)) == "too_large")
        // Without a limit it would go on until its time is over.
        let hungry = try folder.program(
            "while dd if=/dev/zero of=/dev/null bs=256M count=1; do :; done; exit 1")
        #expect(kind(of: file, pdf: PDFReader(program: hungry, memory: 128 << 20)) == "broken_pdf")
        let silent = try folder.program("exec sleep 1000")
        #expect(kind(of: file, pdf: PDFReader(program: silent, timeLimit: .milliseconds(100))) == "timeout")
    }
}

@Suite struct MountWatchTests {
    @Test func `places of mounts are told as they are`() {
        let table = """
            22 28 0:21 / /proc rw,nosuid shared:12 - proc proc rw
            36 35 98:0 /mnt1 /a\\040b\\134c rw,noatime master:1 - ext3 /dev/root rw
            37 35 98:0 / /not\\351 rw - tmpfs tmpfs rw
            38 35 98:0 / /end\\01 rw - tmpfs tmpfs rw
            39 35
            """
        #expect(
            MountWatch.mounts(in: Array(table.utf8))
                == ["22": "/proc", "36": "/a b\\c", "38": "/end\\01"])
    }
}

@Suite struct FileWatchTests {
    @Test func `changes are told by their paths, a rename over a file too`() throws {
        let folder = try Folder()
        var watch = try FileWatch()
        try watch.add(folder.path)
        #expect(try watch.changes() == FileWatch.Changes())
        try folder.write("a.txt")
        #expect(try watch.changes().paths.contains("\(folder.path)/a.txt"))
        try folder.write("new")
        _ = try watch.changes()
        #expect(rename("\(folder.path)/new", "\(folder.path)/a.txt") == 0)
        #expect(try watch.changes().paths == ["\(folder.path)/new", "\(folder.path)/a.txt"])
        #expect(unlink("\(folder.path)/a.txt") == 0)
        #expect(try watch.changes().paths == ["\(folder.path)/a.txt"])
        #expect(throws: Never.self) { try watch.add("\(folder.path)/gone") }
    }
}
