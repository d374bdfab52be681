import ArgumentParser
import Glibc

// A reader that has gone (`| head`) ends slmctl quietly, as it ends every filter.
signal(SIGPIPE, SIG_DFL)
let json = GlobalOptions.asksForJSON(CommandLine.arguments.dropFirst())
do {
    let arguments = try GlobalOptions.moved(behindCommandIn: try Environment.arguments())
    try GlobalOptions.refuseMistypedVerb(in: arguments)
    var command = try Slmctl.parseAsRoot(arguments)
    try command.run()
} catch let failure as Failure {
    failure.report(asJSON: json)
    exit(failure.exit.rawValue)
} catch let code as ExitCode {
    exit(code.rawValue)  // what there was to say has been said
} catch {
    guard Slmctl.exitCode(for: error) == .validationFailure else { Slmctl.exit(withError: error) }
    // For people the usage follows the message.
    let message = json ? Slmctl.message(for: error) : Slmctl.fullMessage(for: error)
    let text = message.hasPrefix("Error: ") ? String(message.dropFirst("Error: ".count)) : message
    Failure(.usage, "usage", text).report(asJSON: json)
    exit(Exit.usage.rawValue)
}
