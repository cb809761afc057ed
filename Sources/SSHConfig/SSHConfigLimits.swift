/// How much a configuration may hold; beyond it the files are refused, so that hostile ones end quickly.
public enum SSHConfigLimits {
    /// The bytes of one file.
    public static let maximumFileBytes = 4 << 20
    /// The bytes of one line.
    public static let maximumLineBytes = 65_536
    /// The files of one configuration, each as often as it is included.
    public static let maximumFiles = 1000
    /// The lines with a keyword of one configuration, its included files too.
    public static let maximumDirectives = 200_000
    /// The problems reported at once; the rest is only counted.
    public static let maximumProblems = 20
    /// Files that include each other, as in ssh (readconf.c, `READCONF_MAX_DEPTH`).
    static let maximumIncludeDepth = 16
    /// Hosts on the way to a host.
    static let maximumHops = 16
    /// `IdentityFile` and `CertificateFile`, each, as in ssh (readconf.h, `SSH_MAX_IDENTITY_FILES`).
    static let maximumKeyFiles = 100
}
