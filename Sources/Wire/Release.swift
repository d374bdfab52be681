/// What daemon and client were released as.
public enum Release {
    public static let version = "0.1.0"
}
