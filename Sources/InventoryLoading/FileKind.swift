import Foundation

/// What is found under a path, links followed.
enum FileKind {
    case directory
    case regular(isExecutable: Bool)
    /// Pipes, devices, sockets.
    case other
    case missing

    init(of path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else {
            self = .missing
            return
        }
        switch status.st_mode & S_IFMT {
        case S_IFDIR: self = .directory
        case S_IFREG: self = .regular(isExecutable: access(path, X_OK) == 0)
        default: self = .other
        }
    }
}

extension FileKind: Equatable {}
