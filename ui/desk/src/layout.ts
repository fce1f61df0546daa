// SPDX-License-Identifier: Apache-2.0
// Places the nodes of a small graph: springs along edges, repulsion between all, the tip in the middle. It starts from a
// circle and uses no randomness, so the same graph is drawn the same way each time.
import type { Graph } from "./api";

export interface Place { x: number; y: number }

export function place_nodes(graph: Graph, width: number, height: number): Map<string, Place> {
  const count = graph.nodes.length;
  const places = graph.nodes.map((node, i) => {
    if (node.is_self) return { x: 0, y: 0 };
    const angle = (2 * Math.PI * i) / Math.max(1, count - 1);
    const reach = node.type === "value" ? 0.45 : 0.9;
    return { x: Math.cos(angle) * reach * width * 0.5, y: Math.sin(angle) * reach * height * 0.5 };
  });
  const index = new Map(graph.nodes.map((node, i) => [node.id, i]));
  const springs = graph.edges.flatMap((edge) => {
    const a = index.get(edge.from);
    const b = index.get(edge.to);
    return a === undefined || b === undefined ? [] : [{ a, b }];
  });
  const rest = Math.sqrt((width * height) / Math.max(4, count)) * 0.5;
  const rounds = 260;
  for (let round = 0; round < rounds; round++) {
    const force = places.map(() => ({ x: 0, y: 0 }));
    for (let a = 0; a < count; a++) {
      for (let b = a + 1; b < count; b++) {
        const dx = places[a]!.x - places[b]!.x || 0.01 * (a + 1);
        const dy = places[a]!.y - places[b]!.y || 0.01 * (b + 1);
        const square = Math.max(36, dx * dx + dy * dy);
        const push = (rest * rest) / square;
        force[a]!.x += dx * push; force[a]!.y += dy * push;
        force[b]!.x -= dx * push; force[b]!.y -= dy * push;
      }
    }
    for (const { a, b } of springs) {
      const dx = places[b]!.x - places[a]!.x;
      const dy = places[b]!.y - places[a]!.y;
      const length = Math.max(1, Math.hypot(dx, dy));
      const pull = (length - rest) / length;
      force[a]!.x += dx * pull; force[a]!.y += dy * pull;
      force[b]!.x -= dx * pull; force[b]!.y -= dy * pull;
    }
    const step_max = 14 * (1 - round / rounds) + 0.5;
    places.forEach((place, i) => {
      if (graph.nodes[i]!.is_self) return;
      const f = force[i]!;
      const size = Math.hypot(f.x, f.y);
      const step = size > 0 ? Math.min(step_max, size * 0.12) / size : 0;
      place.x = Math.max(-width / 2, Math.min(width / 2, place.x + f.x * step - place.x * 0.01));
      place.y = Math.max(-height / 2, Math.min(height / 2, place.y + f.y * step - place.y * 0.01));
    });
  }
  return new Map(graph.nodes.map((node, i) => [node.id, places[i]!]));
}

export interface Label extends Place { id: string; text: string }

// Which labels to write and where, so that none covers another: the tip itself first, then values, then tips.
export function place_labels(graph: Graph, places: Map<string, Place>, width: number, height: number): Label[] {
  const letter = 6.9;
  const line = 15;
  const taken = graph.nodes.map((node) => {
    const at = places.get(node.id) ?? { x: 0, y: 0 };
    return { left: at.x - 8, right: at.x + 8, top: at.y - 8, bottom: at.y + 8 };
  });
  const rank = (node: Graph["nodes"][number]): number => (node.is_self ? 0 : node.type === "value" ? 1 : 2);
  const labels: Label[] = [];
  for (const node of [...graph.nodes].sort((a, b) => rank(a) - rank(b))) {
    const at = places.get(node.id);
    if (!at) continue;
    const words = node.is_self ? "this tip" : node.label;
    const text = words.length > 28 ? `${words.slice(0, 27)}…` : words;
    const half = (text.length * letter) / 2;
    const x = Math.max(-width / 2 + half + 4, Math.min(width / 2 - half - 4, at.x));
    for (const y of [at.y + 23, at.y - 13]) {
      const box = { left: x - half, right: x + half, top: y - line + 3, bottom: y + 3 };
      const is_inside = box.top > -height / 2 && box.bottom < height / 2;
      const is_free = taken.every((other) => box.right < other.left || box.left > other.right || box.bottom < other.top || box.top > other.bottom);
      if (!is_inside || !is_free) continue;
      taken.push(box);
      labels.push({ id: node.id, text, x, y });
      break;
    }
  }
  return labels;
}
