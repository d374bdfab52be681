import ArgumentParser
import Glibc

// A reader that has gone (`| head`) ends slmctl quietly, as it ends every filter.
signal(SIGPIPE, SIG_DFL)
Slmctl.main(GlobalOptions.moved(behindCommandIn: Array(CommandLine.arguments.dropFirst())))
