// SPDX-License-Identifier: Apache-2.0
// Elements without HTML texts: nothing that was typed is ever read as markup.
type Props = Record<string, string | boolean | ((event: Event) => void)>;

export function make<K extends keyof HTMLElementTagNameMap>(tag: K, props: Props = {}, ...children: (Node | string)[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (typeof value === "boolean") element.toggleAttribute(name, value);
    else element.setAttribute(name, value);
  }
  element.append(...children);
  return element;
}

// The heading takes the focus, so that a screen reader begins there.
export function show(section: HTMLElement): void {
  const heading = section.querySelector<HTMLElement>("h1, h2");
  heading?.setAttribute("tabindex", "-1");
  heading?.focus();
  section.scrollIntoView?.({ block: "start" });
}
