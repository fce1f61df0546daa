// SPDX-License-Identifier: Apache-2.0
// How long this staff member has looked at pictures today: the desk counts, the page shows it to them alone.
import { desk } from "./api";

let seconds = $state(0);
let pictures = $state(0);
let notice = $state("");

export const exposure = {
  async add(more: number) {
    try {
      const sum = await desk.add_exposure(more);
      seconds = sum.seconds;
      pictures = sum.pictures;
      notice = sum.notice;
    } catch {
      // Not counted this time; the next call counts what comes then.
    }
  },
  get words(): string {
    const minutes = Math.floor(seconds / 60);
    return `You have looked at ${pictures} ${pictures === 1 ? "picture" : "pictures"} for ${minutes} min today. Only you see this.`;
  },
  get notice(): string {
    return notice;
  },
};
