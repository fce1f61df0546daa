// SPDX-License-Identifier: Apache-2.0
// What test/envelope.test.mjs looks at, bundled for node.
export * from "./envelope";
export * from "./bytes";
export { sodiumPrimitives } from "./sodium";
export { plainPrimitives } from "./plain";
