import SLMClient
import Wire

// What the answer of a daemon, or its want, means.

extension DaemonAnswer {
    func findings(of socket: SocketFacts) -> [Finding] {
        [version, access(to: socket), model, replies, learning] + heldBack + data
    }

    private var version: Finding {
        let daemon = "slmd \(hello.version), protocol \(hello.protocol.major).\(hello.protocol.minor)"
        let up =
            "\(daemon), process \(status.service.pid), up \(StatusScreen.duration(status.service.uptimeSeconds))"
        guard hello.version != Release.version else { return .ok("daemon", up) }
        return .warning(
            "daemon", "\(up), but this is slmctl \(Release.version)",
            remedy: "restart the daemon, so that both are of one version: sudo systemctl restart slmd")
    }

    private func access(to socket: SocketFacts) -> Finding {
        let caller = socket.caller
        let rights =
            switch socket.role {
            case .owner: "may do everything"
            case .administrator: "may do everything, as a member of \(AccessGroup.administrators)"
            case .user: "may predict, teach, and take back what was taught by the same user"
            }
        return .ok("access", "\(caller.name) \(rights)")
    }

    private var model: Finding {
        let model = status.model
        let found = "\(model.name) in \(model.precision), kernels \(model.kernels ?? "unknown")"
        guard model.kernels == "scalar" else { return .ok("model", found) }
        return .warning(
            "model", "\(found): this processor has no vector instructions that slmd knows",
            remedy: "expect answers to take longer; nothing else is wrong")
    }

    private var replies: Finding {
        guard let model = status.slm?.model else {
            guard let path = status.missingSLM else {
                return .ok("replies", "off: the settings say slm: none")
            }
            return .warning(
                "replies", "off: there is no language model, \(path) is missing",
                remedy:
                    "make models in a checkout, or install slmd-models; then restart slmd. To go without: slm: none"
            )
        }
        let found = "\(Rendering.name(model)), \(model.context) tokens of context"
        guard model.template == nil else { return .ok("replies", found) }
        return .warning(
            "replies", "\(found), of raw prompts only: how it writes conversations is not known",
            remedy: "name it as slm.template in slmd.yaml, then: sudo systemctl restart slmd")
    }

    private var learning: Finding {
        let learned = status.learned
        if let refusal = learned.refusal {
            return .problem(
                "learning", "nothing more is learnt: \(refusal)",
                remedy: "mend the disk that holds \(status.service.state), then: sudo systemctl restart slmd")
        }
        guard learned.intents > 0 else {
            return .warning("learning", "no intent is known yet", remedy: "slmctl teach INTENT TEXT")
        }
        return .ok("learning", "on; \(learned.intents) intents, \(learned.events) events in the log")
    }
}

extension DaemonAnswer {
    private var heldBack: [Finding] {
        guard let heldBack = status.learned.heldBack else { return [] }
        guard let fault = heldBack.fault else {
            return [.ok("held back", "\(heldBack.count) examples measure each snapshot")]
        }
        return [
            .warning(
                "held back", "no snapshot is measured: \(fault)",
                remedy: "mend the file that held_back names in slmd.yaml, then: slmctl reload")
        ]
    }
}

extension DaemonAnswer {
    /// Whether the daemon, with its own rights, can read what its tasks ask.
    private var data: [Finding] {
        (status.data ?? []).map { data in
            guard let fault = data.fault else {
                let absence = data.absentFile.map { "there is no \($0) yet: no records of \(data.name)" }
                return .ok("data", absence ?? "\(data.name) can be read")
            }
            return .problem(
                "data", "\(data.name) cannot be read: \(fault)",
                remedy:
                    "let the user that slmd runs as read the file, or mend it; the question is in tasks.yaml")
        }
    }
}

extension Examination {
    var socketFinding: Finding {
        switch answer {
        case .success: .ok("socket", "\(socket.path) answers")
        case .failure(.permissionDenied): denied
        case .failure(.refused(let reply)) where reply.kind == .forbidden: denied
        case .failure(.notRunning): missing
        case .failure(let error):
            .problem(
                "socket",
                "\(socket.path): \(error.description.split(separator: "\n").joined(separator: "; "))",
                remedy: units.map { "see what it logs: \($0.journal)" }
                    ?? "see what slmd says on standard error")
        }
    }

    private var denied: Finding {
        let caller = socket.caller
        let group = socket.group ?? AccessGroup.users
        // Nobody is to be told to join root's group: such a socket is somebody's own.
        guard group.name != "root" else {
            return .problem(
                "socket", "\(socket.path) is another user's own",
                remedy: "start a daemon of your own: slmd, without SLMD_SOCKET and --socket")
        }
        let who = "\(socket.path) is for the group \(group.name), and \(caller.name) is not in it"
        if group.members.contains(caller.name) {
            return .problem(
                "socket", "\(who) since this session began",
                remedy: "log out and in again, or run: newgrp \(group.name)")
        }
        return .problem(
            "socket", who, remedy: "sudo usermod -aG \(group.name) \(caller.name), then log out and in again")
    }

    private var missing: Finding {
        let found =
            socket.isThere ? "nobody listens at \(socket.path)" : "there is no socket at \(socket.path)"
        let usual =
            units?.start ?? (socket.isUsual ? "start a daemon: slmd, or make chat in a checkout" : nil)
        let there =
            socket.isUsual ? nil : "start a daemon there: slmd --socket \(Rendering.shellWord(socket.path))"
        let remedies = [usual, there].compactMap(\.self)
        return .problem("socket", found, remedy: remedies.joined(separator: "; or "))
    }

    var trialFinding: Finding {
        switch trial {
        case nil:
            .problem(
                "program", "slmd lies neither beside slmctl nor in PATH",
                remedy: "install the package slmd, or run make install in a checkout")
        case .ended(0, _): .ok("program", "slmd --check finds its settings, its tasks and its models good")
        case .ended(let status, let said):
            .problem(
                "program", "slmd --check ends with \(status): \(said.trimmed)",
                remedy:
                    "settings: slmd.yaml(5); tasks: slmd-tasks(5); models: the package slmd-models, or make models in a "
                    + "checkout")
        case .notRun(let reason): .problem("program", "slmd --check does not run: \(reason)", remedy: nil)
        }
    }
}
