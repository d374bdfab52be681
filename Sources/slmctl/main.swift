import ArgumentParser
import Glibc

// A reader that has gone (`| head`) ends slmctl quietly, as it ends every filter.
signal(SIGPIPE, SIG_DFL)
let arguments = GlobalOptions.moved(behindCommandIn: Array(CommandLine.arguments.dropFirst()))
do {
    var command = try Slmctl.parseAsRoot(arguments)
    try command.run()
} catch {
    guard Slmctl.exitCode(for: error) == .validationFailure else { Slmctl.exit(withError: error) }
    let message = Slmctl.fullMessage(for: error)
    let text = message.hasPrefix("Error: ") ? String(message.dropFirst("Error: ".count)) : message
    try? Terminal.error.write(line: "slmctl: \(text)")  // there is nowhere left to say it
    Slmctl.exit(withError: ExitCode.validationFailure)
}
