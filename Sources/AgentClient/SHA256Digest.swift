import Crypto
import FleetModel

extension FleetModel.Digest {
    /// The SHA-256 of `bytes`.
    init(of bytes: [UInt8]) {
        guard let digest = Self(bytes: Array(SHA256.hash(data: bytes))) else {
            preconditionFailure("SHA-256 is 32 bytes (FIPS 180-4)")
        }
        self = digest
    }
}
