/// The version that coordinator and agent are released under, together (https://semver.org).
public enum ProductVersion {
    public static let text = "0.1.0"
}
