// SPDX-License-Identifier: Apache-2.0
// The desk's API as docs/formats/desk_api.md has it: the types of every answer, and one call for each.

export type SeverityName = "low" | "medium" | "high" | "critical";

export interface Me {
  id: string;
  name: string;
  role: string;
  ends_at: string;
}
export interface Status {
  version: string;
  now: string;
  is_demo: boolean;
  counts: { tips: number; processed: number; jobs_waiting: number; jobs_done: number; jobs_failed: number; ledger_size: number };
  tally: {
    is_exact: boolean;
    overdue: number;
    states: { state: string; tips: number }[];
    queues: { queue: string; tips: number; unopened: number; overdue: number; oldest_unopened_hour: string | null }[];
  };
}
export interface CategoryName {
  code: string;
  title: string;
}
export interface QueueRow {
  id: string;
  received_hour: string;
  channel: string;
  is_demo: boolean;
  category: CategoryName | null;
  group: string;
  severity: SeverityName | null;
  deadline: string | null;
  is_overdue: boolean;
  queue: string | null;
  state: string;
  reports: number;
  linked_tips: number;
  is_aside: boolean;
  is_muted: boolean;
  flood: { tips: number; aside: number; standing: number } | null;
  first_line: string | null;
  trouble?: string;
}
export interface Alarm {
  kind: string;
  partner: string;
  last_hour: string | null;
  silent_hours: number;
  silent_after_hours: number;
}
export interface QueuePage {
  offset: number;
  has_more: boolean;
  rows: QueueRow[];
}
export interface DueSoon {
  hours: number;
  has_more: boolean;
  rows: (QueueRow & { minutes_left: number })[];
}
export interface Sighting {
  kind: string;
  value: string;
  text: string;
  where: string;
  offset: number;
  context: string;
  warnings?: string[];
}
export interface Mark {
  from: number;
  to: number;
  sighting: number;
}
export interface Part {
  part: number;
  name: string;
  sha256: string;
  size_bytes: number;
  format: string;
  text: string;
  text_is_cut: boolean;
  sightings: Sighting[];
  sightings_total: number;
  marks: Mark[];
  unread: { where: string; reason: string }[];
}
export interface LinkedTip {
  tip: string;
  bits: number;
  first_line: string | null;
  category: CategoryName | null;
  severity: SeverityName | null;
  state: string;
  reasons: { kind: string; value: string; bits: number; words: string }[];
}
export interface DecisionOfTip {
  severity: SeverityName;
  deadline_hours: number;
  queue: string;
  duties: string[];
  fired: { table: string; row: string; words: string }[];
  rulebook: string;
}
export interface JobOfTip {
  id: string;
  skill: string;
  state: string;
  tries: number;
  created_hour: string;
  finding: null | {
    id: string;
    lab: string;
    lab_name: string;
    engine: string;
    summary: string;
    sightings: number;
    unread: number;
    is_guess: boolean;
  };
  progress: null | { done_bytes: number; all_bytes: number; bytes_per_second: number; seconds_left: number };
}
export interface MessageOfTip {
  id: string;
  direction: "to_reporter" | "from_reporter";
  hour: string;
  text: string | null;
  staff?: string;
  files?: { name: string; size_bytes: number }[];
  files_count?: number;
  notice?: { to: string; whom: string; words: string };
}
export interface CustodyEntry {
  index: number;
  kind: string;
  day: string;
  group: string;
  leaf: string;
  commitment: string;
  opening: { state: "opens" | "differs" | "missing"; statement?: string; words?: string };
}
export interface StateMove {
  to: string;
  reason: "none" | "optional" | "required";
}
export interface Tip {
  id: string;
  received_hour: string;
  channel: string;
  partner: string;
  is_demo: boolean;
  category: { code: string; title: string; plain: string; group: string; group_title: string } | null;
  state: string;
  moves: StateMove[];
  can_answer: boolean;
  is_muted: boolean;
  is_aside: boolean;
  is_held: boolean;
  is_erased: boolean;
  severity: SeverityName | null;
  deadline: string | null;
  is_overdue: boolean;
  first_opened_hour: string | null;
  withdrawn_hour: string | null;
  queue: string | null;
  loss: { minor_units: number; currency: string; digits: number } | null;
  answers: { name: string; value: string }[];
  contact: string;
  files: { n: number; name: string; media_type: string; size_bytes: number; format: string; added_hour: string | null }[];
  parts: Part[];
  links: LinkedTip[];
  links_total: number;
  cluster: { tips: string[]; total: number };
  decision: DecisionOfTip | null;
  facts: Record<string, unknown> | null;
  jobs: JobOfTip[];
  messages: MessageOfTip[];
  custody: CustodyEntry[];
  troubles: string[];
}
export interface IdentityState {
  is_named: boolean;
  can_open?: boolean;
  step?: "none" | "asked" | "approved";
  is_own?: boolean;
  may?: string[];
  requests?: { asked_by: string; asked_at: string; reason: string; approved_by: string; approved_at: string; step: string }[];
}
export interface FloodPage {
  tips: number;
  aside: number;
  standing: number;
  offset: number;
  rows: QueueRow[];
}
export interface DueTip {
  id: string;
  group: string;
  category: string;
  closed: string;
  days: number;
  due: string;
  is_held: boolean;
}
export interface ExposureOfDay {
  seconds: number;
  pictures: number;
  notice: string;
}
export interface GraphNode {
  id: string;
  type: "tip" | "value";
  kind?: string;
  label: string;
  is_self?: boolean;
  severity?: SeverityName | null;
  state?: string;
}
export interface GraphEdge {
  from: string;
  to: string;
  bits: number;
  words: string;
}
export interface Graph {
  nodes: GraphNode[];
  edges: GraphEdge[];
  left_off: number;
}
export interface Check {
  was_checked: boolean;
  is_ok: boolean;
  words: string;
}
export interface Verification {
  checkpoint: { size: number; root: string; signature: string } | null;
  entries: { index: number; kind: string; opening: Check; inclusion: Check }[];
  is_ok: boolean;
  not_checked: string[];
}

// What a call that failed says: `detail` is for the person, `pointer` names the field.
export class CallFailed extends Error {
  constructor(
    readonly status: number,
    readonly detail: string,
    readonly pointer: string,
    readonly retry_seconds: number,
  ) {
    super(detail);
  }
}

let when_session_ends: () => void = () => {};
export function on_session_end(act: () => void): void {
  when_session_ends = act;
}

// The page's policy lets pictures come from itself and from data: addresses alone.
function as_data_url(bytes: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(new CallFailed(0, "The picture could not be read.", "", 0));
    reader.readAsDataURL(bytes);
  });
}

async function call<T>(method: "GET" | "POST", path: string, body?: unknown): Promise<T> {
  let answer: Response;
  try {
    answer = await fetch(`/api/desk/${path}`, {
      method,
      credentials: "same-origin",
      cache: "no-store",
      // A form is sent with the type that the browser gives it: it names the boundary.
      headers: method === "POST" ? { ...(body instanceof FormData ? {} : { "content-type": "application/json" }), "x-plumbline-desk": "1" } : {},
      ...(method === "POST" ? { body: body instanceof FormData ? body : JSON.stringify(body ?? {}) } : {}),
    });
  } catch {
    throw new CallFailed(0, "The desk does not answer. Is it running?", "", 0);
  }
  if (answer.ok && answer.headers.get("content-type") === "image/png") return (await as_data_url(await answer.blob())) as T;
  if (answer.ok) return (answer.status === 204 ? undefined : await answer.json()) as T;
  const problem = (await answer.json().catch(() => ({}))) as { title?: string; detail?: string; pointer?: string };
  if (answer.status === 401 && path !== "sign-in") when_session_ends();
  throw new CallFailed(
    answer.status,
    problem.detail ?? problem.title ?? `The desk answered ${answer.status}.`,
    problem.pointer ?? "",
    Number(answer.headers.get("retry-after") ?? 0),
  );
}

const tip_path = (id: string, rest = ""): string => `tips/${encodeURIComponent(id)}${rest}`;

export const desk = {
  sign_in: (name: string, password: string) => call<Me>("POST", "sign-in", { name, password }),
  sign_out: () => call<void>("POST", "sign-out"),
  me: () => call<Me>("GET", "me"),
  status: () => call<Status>("GET", "status"),
  alarms: () => call<{ alarms: Alarm[] }>("GET", "alarms"),
  queue: (q: { state: string; queue: string; order: string; aside: string; offset: number; count: number }) =>
    call<QueuePage>("GET", `queue?${new URLSearchParams({ ...q, offset: String(q.offset), count: String(q.count) })}`),
  tip: (id: string) => call<Tip>("GET", tip_path(id)),
  open: (id: string) => call<{ state: string; was_moved: boolean }>("POST", tip_path(id, "/open")),
  graph: (id: string) => call<Graph>("GET", tip_path(id, "/graph")),
  verify: (id: string) => call<Verification>("GET", tip_path(id, "/verify")),
  due_soon: (hours: number) => call<DueSoon>("GET", `due-soon?hours=${hours}`),
  set_state: (id: string, from: string, to: string, reason: string, told: { whom: string; words: string }) =>
    call<{ state: string }>("POST", tip_path(id, "/state"), { from, to, reason, ...told }),
  answer: (id: string, text: string) => call<{ state: string; message: string }>("POST", tip_path(id, "/answer"), { text }),
  answer_with_files: (id: string, text: string, files: File[]) => {
    const form = new FormData();
    form.set("text", text);
    for (const file of files) form.append("files", file, file.name);
    return call<{ state: string; message: string }>("POST", tip_path(id, "/answer-with-files"), form);
  },
  identity: (id: string) => call<IdentityState>("GET", tip_path(id, "/identity")),
  ask_identity: (id: string, reason: string) => call<IdentityState>("POST", tip_path(id, "/identity/ask"), { reason }),
  refuse_identity: (id: string, reason: string) => call<IdentityState>("POST", tip_path(id, "/identity/refuse"), { reason }),
  approve_identity: (id: string) => call<IdentityState>("POST", tip_path(id, "/identity/approve")),
  show_identity: (id: string) => call<{ contact: string; hide_after_seconds: number }>("POST", tip_path(id, "/identity/show")),
  flood: (id: string, offset: number, count: number) => call<FloodPage>("GET", `floods/${encodeURIComponent(id)}?offset=${offset}&count=${count}`),
  put_aside: (id: string, reason: string) => call<{ tips: number }>("POST", `floods/${encodeURIComponent(id)}/aside`, { reason }),
  bring_back: (id: string, reason: string) => call<{ tips: number }>("POST", `floods/${encodeURIComponent(id)}/back`, { reason }),
  mute: (id: string, reason: string) => call<unknown>("POST", tip_path(id, "/mute"), { reason }),
  unmute: (id: string, reason: string) => call<unknown>("POST", tip_path(id, "/unmute"), { reason }),
  hold: (id: string, reason: string) => call<unknown>("POST", tip_path(id, "/hold"), { reason }),
  release: (id: string, reason: string) => call<unknown>("POST", tip_path(id, "/release"), { reason }),
  due: () => call<{ today: string; has_more: boolean; rows: DueTip[] }>("GET", "retention/due"),
  erase: (tips: string[], reason: string) => call<{ tips: number; log_is_cut: boolean }>("POST", "retention/erase", { tips, reason }),
  blurred_picture: (id: string, n: number) => call<string>("GET", tip_path(id, `/files/${n}/blurred`)),
  shown_picture: (id: string, n: number) => call<string>("POST", tip_path(id, `/files/${n}/show`)),
  add_exposure: (seconds: number) => call<ExposureOfDay>("POST", "exposure", { seconds }),
  file_href: (id: string, n: number) => `/api/desk/${tip_path(id, `/files/${n}`)}`,
};
