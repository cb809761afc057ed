import Crypto
import FleetModel

/// SHA-256 of a stream, by swift-crypto, which uses the processor's instructions for it.
struct ContentHash {
    private var hash = Crypto.SHA256()

    mutating func update(_ bytes: ArraySlice<UInt8>) { hash.update(data: bytes) }

    func digest() -> FleetModel.Digest {
        guard let digest = FleetModel.Digest(bytes: Array(hash.finalize())) else {
            preconditionFailure("SHA-256 has 32 bytes")
        }
        return digest
    }
}
