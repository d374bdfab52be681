import Foundation

/// `Fuzz` of the checkout that this was built in.
enum FuzzFolder {
    /// This file may be reached through a link, so the way up is the way of the file itself.
    static let path = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
        .appending(path: "../../../Fuzz").standardizedFileURL.path
}
