// SPDX-License-Identifier: Apache-2.0
// The primitives without WebAssembly: the noble libraries, and libsodium's two compositions over them, crypto_box and
// crypto_secretstream_xchacha20poly1305. About a tenth as fast as sodium.ts.
import { chacha20, hchacha } from "@noble/ciphers/chacha.js";
import { hsalsa, secretbox } from "@noble/ciphers/salsa.js";
import { poly1305 } from "@noble/ciphers/_poly1305.js";
import { ed25519, x25519 } from "@noble/curves/ed25519.js";
import { blake2b } from "@noble/hashes/blake2.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { isEqual, joined, utf8 } from "./bytes";
import type { OpeningStream, Primitives, Stream } from "./primitives";

function words(bytes: Uint8Array): Uint32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Uint32Array.from({ length: bytes.length / 4 }, (_, at) => view.getUint32(4 * at, true));
}
function bytesOf(numbers: Uint32Array): Uint8Array {
  const bytes = new Uint8Array(4 * numbers.length);
  const view = new DataView(bytes.buffer);
  numbers.forEach((number, at) => view.setUint32(4 * at, number, true));
  return bytes;
}
const sigma = words(utf8("expand 32-byte k"));

function littleEndian(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value), true);
  return bytes;
}

// The state of a secretstream: subkey, counter (4 bytes) and inner nonce (8 bytes).
class StreamState {
  private key: Uint8Array;
  private readonly nonce = new Uint8Array(12);

  constructor(key: Uint8Array, header: Uint8Array) {
    const subkey = new Uint32Array(8);
    hchacha(sigma, words(key), words(header.subarray(0, 16)), subkey);
    this.key = bytesOf(subkey);
    this.nonce[0] = 1;
    this.nonce.set(header.subarray(16, 24), 4);
  }

  // The check value over additional data, tag block and sealed text, all padded as libsodium pads them.
  mac(place: Uint8Array, block: Uint8Array, sealed: Uint8Array): Uint8Array {
    const key = this.keystream(new Uint8Array(32), 0);
    const zeros = (bytes: number) => new Uint8Array(bytes);
    const lengths = joined(littleEndian(place.length), littleEndian(64 + sealed.length));
    // libsodium pads by (0x10 - 64 + size) & 15, which is size & 15: kept, or nothing would open on the other side.
    return poly1305(joined(place, zeros((16 - (place.length & 15)) & 15), block, sealed, zeros(sealed.length & 15), lengths), key);
  }
  keystream(bytes: Uint8Array, block: number): Uint8Array {
    return chacha20(this.key, this.nonce, bytes, undefined, block);
  }
  step(mac: Uint8Array, isLast: boolean): void {
    for (let at = 0; at < 8; ++at) this.nonce[4 + at] ^= mac[at];
    for (let at = 0; at < 4; ++at) {
      this.nonce[at] = (this.nonce[at] + 1) & 255;
      if (this.nonce[at] !== 0) break;
    }
    const isOver = this.nonce.subarray(0, 4).every((byte) => byte === 0);
    if (isLast || isOver) this.rekey();
  }
  private rekey(): void {
    const fresh = this.keystream(joined(this.key, this.nonce.subarray(4)), 0);
    this.key = fresh.slice(0, 32);
    this.nonce.set([1, 0, 0, 0]);
    this.nonce.set(fresh.subarray(32, 40), 4);
  }
}
const tagFinal = 3;

class PlainStream implements Stream, OpeningStream {
  private readonly state: StreamState;
  constructor(key: Uint8Array, header: Uint8Array) {
    this.state = new StreamState(key, header);
  }
  push(plain: Uint8Array, place: Uint8Array, isLast: boolean): Uint8Array {
    const block = new Uint8Array(64);
    block[0] = isLast ? tagFinal : 0;
    const sealedBlock = this.state.keystream(block, 1);
    const sealed = this.state.keystream(plain, 2);
    const mac = this.state.mac(place, sealedBlock, sealed);
    this.state.step(mac, isLast);
    return joined(sealedBlock.subarray(0, 1), sealed, mac);
  }
  pull(whole: Uint8Array, place: Uint8Array): { plain: Uint8Array; isLast: boolean } | null {
    if (whole.length < 17) return null;
    const block = new Uint8Array(64);
    block[0] = whole[0];
    const opened = this.state.keystream(block, 1);
    const tag = opened[0];
    opened[0] = whole[0];
    const sealed = whole.subarray(1, whole.length - 16);
    const mac = this.state.mac(place, opened, sealed);
    if (!isEqual(mac, whole.subarray(whole.length - 16)) || (tag !== 0 && tag !== tagFinal)) return null;
    const plain = this.state.keystream(sealed, 2);
    this.state.step(mac, tag === tagFinal);
    return { plain, isLast: tag === tagFinal };
  }
}

// crypto_box: XSalsa20-Poly1305 under the key that both sides derive.
function sharedBox(nonce: Uint8Array, theirs: Uint8Array, secret: Uint8Array) {
  const key = new Uint32Array(8);
  hsalsa(sigma, words(x25519.getSharedSecret(secret, theirs)), new Uint32Array(4), key);
  return secretbox(bytesOf(key), nonce);
}

export function plainPrimitives(): Primitives {
  const hash = (bytes: number, message: Uint8Array, key?: Uint8Array) => blake2b(message, key ? { dkLen: bytes, key } : { dkLen: bytes });
  return {
    name: "noble",
    sha256: (message) => sha256(message),
    blake2b: hash,
    derive: (bytes, number, context, root) => {
      const salt = new Uint8Array(16);
      salt.set(littleEndian(number));
      const personalization = new Uint8Array(16);
      personalization.set(utf8(context));
      return blake2b(new Uint8Array(0), { dkLen: bytes, key: root, salt, personalization });
    },
    publicKeyOf: (secret) => x25519.getPublicKey(secret),
    box: (plain, nonce, to, from) => sharedBox(nonce, to, from).seal(plain),
    openBox: (sealed, publicKey, secret) => {
      if (sealed.length < 48) return null;
      const once = sealed.subarray(0, 32);
      try {
        return sharedBox(hash(24, joined(once, publicKey)), once, secret).open(sealed.slice(32));
      } catch {
        return null;
      }
    },
    verify: (signature, message, key) => {
      try {
        return ed25519.verify(signature, message, key, { zip215: false });
      } catch {
        return false;
      }
    },
    stream: (key, header) => new PlainStream(key, header),
    openingStream: (key, header) => new PlainStream(key, header),
  };
}
