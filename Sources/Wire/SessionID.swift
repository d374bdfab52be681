/// Names of sessions that nobody gave one.
public enum SessionID {
    /// A name that nobody guesses: 128 random bits.
    public static func random() -> String {
        (0..<16).map { _ in
            let byte = String(UInt8.random(in: .min ... .max), radix: 16)
            return byte.count == 1 ? "0\(byte)" : byte
        }.joined()
    }
}
