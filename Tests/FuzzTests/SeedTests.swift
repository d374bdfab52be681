import Foundation
import Testing

@testable import Learning

/// The corpus that `make fuzz` begins with, without its hours: every seed, and every finding that became one.
@Suite struct SeedTests {
    @Test(arguments: FuzzTarget.allCases)
    func `every seed is refused or keeps its promises`(target: FuzzTarget) throws {
        let folder = "\(FuzzFolder.path)/seeds/\(target.rawValue)"
        let names = try FileManager.default.contentsOfDirectory(atPath: folder)
        #expect(!names.isEmpty)
        for name in names.sorted() {
            let bytes = [UInt8](try Data(contentsOf: URL(filePath: "\(folder)/\(name)")))
            #expect(throws: Never.self, "\(target.rawValue)/\(name)") { try target.check(bytes) }
        }
    }

    @Test(arguments: FuzzTarget.allCases)
    func `seeds with a byte changed or cut off are refused or keep their promises`(target: FuzzTarget) throws
    {
        let folder = "\(FuzzFolder.path)/seeds/\(target.rawValue)"
        var random = Randomness(state: 1)
        for name in try FileManager.default.contentsOfDirectory(atPath: folder).sorted() {
            let seed = [UInt8](try Data(contentsOf: URL(filePath: "\(folder)/\(name)")))
            for _ in 0..<2 where !seed.isEmpty {
                var bytes = seed
                bytes[random.below(bytes.count)] = UInt8(random.below(256))
                if random.below(2) == 0 { bytes.removeLast(random.below(bytes.count)) }
                #expect(throws: Never.self, "\(target.rawValue)/\(name)") { try target.check(bytes) }
            }
        }
    }
}
