// SPDX-License-Identifier: Apache-2.0
// Solves a challenge of GET /api/v1/work (docs/formats/work.md). No WebAssembly, no library. Runs in a Worker where there is one,
// else in slices on the page, so that nothing stands still meanwhile.
//
//     const solution = await plumbline_work.obtain((done) => show(done));   // done: 0 to 1; "" where the hotline asks for none
//
// The solution goes into the form's field "work" or the header "Plumbline-Work".
"use strict";
(function () {
  const K = new Int32Array([
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74,
    0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d,
    0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e,
    0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5,
    0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
  ]);
  const W = new Int32Array(64);

  // The first word of SHA-256 of the one block that stands in W[0..15]: difficulties stay below 32 bits.
  function first_word() {
    for (let i = 16; i < 64; i++) {
      const x = W[i - 15], y = W[i - 2];
      const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
      const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
      W[i] = (W[i - 16] + s0 + W[i - 7] + s1) | 0;
    }
    let a = 0x6a09e667, b = 0xbb67ae85 | 0, c = 0x3c6ef372, d = 0xa54ff53a | 0, e = 0x510e527f, f = 0x9b05688c | 0, g = 0x1f83d9ab, h = 0x5be0cd19;
    for (let i = 0; i < 64; i++) {
      const t1 = (h + (((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7))) + ((e & f) ^ (~e & g)) + K[i] + W[i]) | 0;
      const t2 = ((((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10))) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g; g = f; f = e; e = (d + t1) | 0; d = c; c = b; b = a; a = (t1 + t2) | 0;
    }
    return (a + 0x6a09e667) | 0;
  }

  function bytes_of(challenge) {
    const text = atob(challenge.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
  }

  // A search that can be stopped and gone on with. The message: challenge(38) || puzzle(1) || nonce(4), one block of SHA-256.
  function make_search(offer) {
    const head = bytes_of(offer.challenge);
    const block = new Uint8Array(64);
    const words = new DataView(block.buffer);
    block.set(head);
    block[head.length + 5] = 0x80;
    words.setUint32(60, (head.length + 5) * 8);
    const nonces = [];
    let nonce = 0;
    return {
      nonces,
      // True once all puzzles are solved.
      step(tries) {
        while (tries-- > 0) {
          block[head.length] = nonces.length;
          words.setUint32(head.length + 1, nonce);
          for (let i = 0; i < 16; i++) W[i] = words.getInt32(4 * i);
          if (first_word() >>> (32 - offer.bits) === 0) {
            nonces.push(nonce);
            nonce = 0;
            if (nonces.length === offer.puzzles) return true;
          } else {
            nonce++;
          }
        }
        return false;
      },
      solution: () => `${offer.challenge}.${nonces.join(",")}`,
    };
  }

  function solve_here(offer, on_progress) {
    const search = make_search(offer);
    return new Promise((resolve) => {
      const slice = () => {
        const until = Date.now() + 30;
        let is_done = false;
        while (!is_done && Date.now() < until) is_done = search.step(500);
        on_progress(search.nonces.length / offer.puzzles);
        if (is_done) resolve(search.solution());
        else setTimeout(slice, 0);
      };
      slice();
    });
  }

  function start_worker() {
    const policy = self.trustedTypes ? self.trustedTypes.createPolicy("plumbline-work", { createScriptURL: (url) => url }) : null;
    return new Worker(policy ? policy.createScriptURL("/work.js") : "/work.js");
  }
  let worker = null;
  function solve_apart(offer, on_progress) {
    return new Promise((resolve, reject) => {
      worker = worker || start_worker();
      worker.onerror = () => reject(new Error("no worker"));
      worker.onmessage = (event) => {
        if (typeof event.data === "string") resolve(event.data);
        else on_progress(event.data);
      };
      worker.postMessage(offer);
    });
  }

  async function solve(offer, on_progress = () => {}) {
    if (!offer.bits) return "";
    try {
      return await solve_apart(offer, on_progress);
    } catch {
      return solve_here(offer, on_progress);
    }
  }
  async function obtain(on_progress) {
    const answer = await fetch("/api/v1/work", { cache: "no-store", credentials: "omit" });
    if (!answer.ok) return "";   // the form goes without: the hotline has places for those
    return solve(await answer.json(), on_progress);
  }

  if (typeof module !== "undefined") {
    module.exports = { make_search, solve_here };
  } else if (typeof window === "undefined") {
    self.onmessage = (event) => {
      const search = make_search(event.data);
      while (!search.step(2000)) self.postMessage(search.nonces.length / event.data.puzzles);
      self.postMessage(search.solution());
    };
  } else {
    window.plumbline_work = { obtain, solve };
  }
})();
