internal import Dispatch
internal import Learning
internal import Logging
internal import Storage
internal import Synchronization

extension LocalAssistant {
    /// Reads the held-back examples that the settings name, and has them embedded on a queue of their own:
    /// neither a start nor a lesson nor a snapshot waits for that. A file that cannot be used is told by the
    /// status.
    func prepareHeldBack() {
        let new = readHeldBack()
        heldBack.withLock { $0 = new }
        if let fault = new.status?.fault { return reportHeldBack(fault) }
        guard new.isWaiting else { return }
        heldBackQueue.async { [self] in
            embed(new)
            // An automatic snapshot may have waited for this.
            if !snapshot().isClosed { writeCheckpointIfDue() }
        }
    }

    /// How a head does on the held-back examples; nil where there are none, and until they are embedded.
    func heldBackScore(of classifier: IntentClassifier, digest: String) -> HeldBackScore? {
        heldBack.withLock { $0 }.score(of: classifier, digest: digest)
    }

    private func readHeldBack() -> HeldBack {
        guard let path = configuration.heldBack else { return HeldBack() }
        do {
            let file = try ExampleFile(path: path)
            guard file.examples.count <= HeldBack.most else {
                return HeldBack(
                    fault: "\(path): expected at most \(HeldBack.most) examples, found \(file.examples.count)"
                )
            }
            return HeldBack(try check(file.examples))
        } catch let fault as ExampleFile.Fault {
            let line = fault.line.map { ", line \($0)" } ?? ""
            return HeldBack(fault: "\(path)\(line): \(fault.reason)")
        } catch {
            return HeldBack(fault: "\(path): \(error)")
        }
    }

    /// Given up when the assistant is closed, or others are held back by now.
    private func embed(_ examples: HeldBack) {
        let reading = reading(nil)
        var features: [Features] = []
        features.reserveCapacity(examples.admitted.count)
        do throws(AssistantError) {
            try forEachTurn(
                of: examples.admitted, reading, phase: .embedding,
                { _ throws(CancellationError) in
                    guard !snapshot().isClosed, heldBack.withLock({ $0 === examples }) else {
                        throw CancellationError()
                    }
                },
                { _, turn in features.append(reading.features(turn)) })
            examples.take(features)
        } catch .cancelled {
            return
        } catch {
            examples.fail("the held-back examples cannot be embedded: \(error)")
            reportHeldBack("\(error)")
        }
    }

    private func reportHeldBack(_ reason: String) {
        logger.error("no held-back examples", metadata: ["reason": "\(reason)"])
    }
}
