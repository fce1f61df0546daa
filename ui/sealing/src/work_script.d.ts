// SPDX-License-Identifier: Apache-2.0
// What ui/hotline/work.js gives to whoever bundles it.
declare module "*/hotline/work.js" {
  export interface Offer {
    bits: number;
    puzzles: number;
    challenge: string;
  }
  export function make_search(offer: Offer): { step(tries: number): boolean; solution(): string };
}
