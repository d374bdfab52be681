import Wire

// Frames in the words of the daemon.

extension ErrorReply {
    init(_ error: FrameError) {
        switch error {
        case .tooLarge(let length, let limit):
            self.init(
                .frameTooLarge, "frame", expected: "at most \(limit) bytes", found: "\(length) bytes")
        }
    }
}

extension Request {
    static func result(decoding body: [UInt8]) -> Result<Request, RequestFault> {
        Result { () throws(RequestFault) in try Request(decoding: body) }
    }
}
