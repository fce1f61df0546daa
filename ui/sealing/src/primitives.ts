// SPDX-License-Identifier: Apache-2.0
// What the envelope needs of cryptography. Two makers give it: sodium.ts (libsodium as WebAssembly) and plain.ts (the noble
// libraries, where WebAssembly is switched off). Both pass the same known answers (test/envelope.test.mjs).

// One secretstream (XChaCha20-Poly1305) whose header is given: the tag FINAL on the last chunk, MESSAGE on the others.
export interface Stream {
  push(plain: Uint8Array, place: Uint8Array, isLast: boolean): Uint8Array;
}
export interface OpeningStream {
  // null where the bytes do not check.
  pull(sealed: Uint8Array, place: Uint8Array): { plain: Uint8Array; isLast: boolean } | null;
}

export interface Primitives {
  readonly name: string;
  sha256(message: Uint8Array): Uint8Array;
  blake2b(bytes: number, message: Uint8Array, key?: Uint8Array): Uint8Array;
  // libsodium's crypto_kdf; the context has 8 letters.
  derive(bytes: number, number: number, context: string, root: Uint8Array): Uint8Array;
  publicKeyOf(secret: Uint8Array): Uint8Array;
  box(plain: Uint8Array, nonce: Uint8Array, to: Uint8Array, from: Uint8Array): Uint8Array;
  // crypto_box_seal; null where it does not open.
  openBox(sealed: Uint8Array, publicKey: Uint8Array, secret: Uint8Array): Uint8Array | null;
  verify(signature: Uint8Array, message: Uint8Array, key: Uint8Array): boolean;
  stream(key: Uint8Array, header: Uint8Array): Stream;
  openingStream(key: Uint8Array, header: Uint8Array): OpeningStream;
}

// Gives that many random bytes. Only tests pass another one than the browser's.
export type Random = (bytes: number) => Uint8Array;
export const systemRandom: Random = (bytes) => crypto.getRandomValues(new Uint8Array(bytes));
