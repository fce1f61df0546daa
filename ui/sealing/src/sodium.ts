// SPDX-License-Identifier: Apache-2.0
// The primitives by libsodium as WebAssembly.
import sodium from "libsodium-wrappers";
import { sha256 } from "@noble/hashes/sha2.js";
import type { Primitives } from "./primitives";

export async function sodiumPrimitives(): Promise<Primitives> {
  await sodium.ready;
  const final = sodium.crypto_secretstream_xchacha20poly1305_TAG_FINAL;
  const message = sodium.crypto_secretstream_xchacha20poly1305_TAG_MESSAGE;
  return {
    name: "libsodium",
    sha256: (bytes) => sha256(bytes),
    blake2b: (bytes, text, key) => sodium.crypto_generichash(bytes, text, key ?? null),
    derive: (bytes, number, context, root) => sodium.crypto_kdf_derive_from_key(bytes, number, context, root),
    publicKeyOf: (secret) => sodium.crypto_scalarmult_base(secret),
    box: (plain, nonce, to, from) => sodium.crypto_box_easy(plain, nonce, to, from),
    openBox: (sealed, publicKey, secret) => {
      try {
        return sodium.crypto_box_seal_open(sealed, publicKey, secret);
      } catch {
        return null;
      }
    },
    verify: (signature, text, key) => {
      try {
        return sodium.crypto_sign_verify_detached(signature, text, key);
      } catch {
        return false;
      }
    },
    // init_pull only derives from header and key: the same state as init_push makes, with a header that is ours.
    stream: (key, header) => {
      const state = sodium.crypto_secretstream_xchacha20poly1305_init_pull(header, key);
      return { push: (plain, place, isLast) => sodium.crypto_secretstream_xchacha20poly1305_push(state, plain, place, isLast ? final : message) };
    },
    openingStream: (key, header) => {
      const state = sodium.crypto_secretstream_xchacha20poly1305_init_pull(header, key);
      return {
        pull: (sealed, place) => {
          if (sealed.length < 17) return null;
          const opened = sodium.crypto_secretstream_xchacha20poly1305_pull(state, sealed, place);
          if (!opened || (opened.tag !== final && opened.tag !== message)) return null;
          return { plain: opened.message, isLast: opened.tag === final };
        },
      };
    },
  };
}
