/// What `coord-agent attach --marked` puts around the agent's frames, because login shells print texts of their own
/// before and after what they are told to run.
public enum AttachMarks {
    /// Nothing before it is the agent's. Written once the daemon's socket is connected.
    public static let beginning = Array("coord-agent attached 5f0c7d1ae94b2836\n".utf8)
    /// A frame's length that no frame has: nothing after it is the agent's. Written when the daemon has hung up.
    public static let end: [UInt8] = [0, 0, 0, 0]
}
