// SPDX-License-Identifier: Apache-2.0
// To which size a text is padded before it is sealed (docs/formats/envelope.md).
const doublingEnds = 65536;
export const contentClassMin = 1024;

export function sizeClassOf(bytes: number, smallest: number): number {
  const wanted = bytes + 1;
  if (wanted > doublingEnds) return Math.ceil(wanted / doublingEnds) * doublingEnds;
  let size = smallest;
  while (size < wanted) size *= 2;
  return size;
}
export const contentClassOf = (bytes: number): number => sizeClassOf(bytes, contentClassMin);
