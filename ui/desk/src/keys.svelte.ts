// SPDX-License-Identifier: Apache-2.0
// Single-letter keys can be turned off (WCAG 2.2, 2.1.4) and never act while somebody types.

const place = "plumbline-desk-keys";
let are_on = $state(read());

function read(): boolean {
  try {
    return localStorage.getItem(place) !== "off";
  } catch {
    return true;
  }
}

export const keys = {
  get are_on() {
    return are_on;
  },
  toggle() {
    are_on = !are_on;
    try {
      localStorage.setItem(place, are_on ? "on" : "off");
    } catch {
      // Without storage the choice lasts as long as the page.
    }
  },
  is_for_us(event: KeyboardEvent): boolean {
    if (!are_on || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return false;
    const target = event.target as HTMLElement | null;
    return !target?.closest("input, textarea, select, [contenteditable]");
  },
};
