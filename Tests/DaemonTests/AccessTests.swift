import Testing

@testable import slmd

@Suite struct AccessTests {
    private let access = Access(uid: 100, users: 50, admins: 51)

    private func role(_ uid: UInt32, _ groups: Set<UInt32>) -> Role? {
        access.role(of: Peer(uid: uid, pid: 1, groups: groups))
    }

    @Test func `root and the daemon's user own it, groups make users and administrators`() {
        #expect(role(0, []) == .owner)
        #expect(role(100, [7]) == .owner)
        #expect(role(7, [7, 50]) == .user)
        #expect(role(7, [50, 51]) == .administrator)
        #expect(role(7, [51]) == .administrator)
        #expect(role(7, [7]) == nil)
    }

    @Test func `groups that do not exist have no members`() {
        let access = Access(Settings.Access(users: "no such group", admins: "none either"), uid: 100)
        #expect(access == Access(uid: 100))
        #expect(access.role(of: Peer(uid: 7, pid: 1, groups: [0, 7])) == nil)
    }

    @Test func `a group is found by its name`() {
        #expect(
            Access(Settings.Access(users: "root", admins: "daemon"), uid: 1)
                == Access(uid: 1, users: 0, admins: 1))
    }
}
