import Entities
import Foundation

/// Finds the rules of time zones among the system's files.
enum ZoneFiles {
    private static let folder = "/usr/share/zoneinfo"
    private static let localFile = "/etc/localtime"
    private static let largestFile = 1 << 16

    /// What errors say of a name.
    static let expected = "a time zone such as Europe/Berlin, of those in \(folder)"

    /// - Parameter name: of the tz database, from anybody: it never leads out of the folder.
    /// - Returns: nil if the system has no such zone.
    static func rules(of name: String) -> TimeZoneRules? {
        guard isName(name) else { return nil }
        return rules(in: "\(folder)/\(name)")
    }

    /// The system's own zone, as the C library finds it: by the variable TZ, else by `/etc/localtime`, else UTC.
    ///
    /// - Parameter variable: what TZ holds.
    static func local(variable: String?) -> TimeZoneRules {
        guard let variable else { return rules(in: localFile) ?? .utc }
        let name = String(variable.drop { $0 == ":" })
        let named = name.hasPrefix("/") ? rules(in: name) : rules(of: name)
        return named ?? TimeZoneRules(posix: variable) ?? .utc
    }

    private static func isName(_ name: String) -> Bool {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        return name.utf8.count <= 64
            && parts.allSatisfy { part in
                !part.isEmpty
                    && part.utf8.allSatisfy { byte in
                        switch byte {
                        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                            UInt8(ascii: "0")...UInt8(ascii: "9"):
                            true
                        default: "_-+".utf8.contains(byte)
                        }
                    }
            }
    }

    private static func rules(in path: String) -> TimeZoneRules? {
        // try?: a folder, or a file that may not be read, is no zone.
        let bytes = try? FileHandle(forReadingAtPath: path)?.read(upToCount: largestFile)  // see above
        return bytes.flatMap { TimeZoneRules(file: Array($0)) }
    }
}
