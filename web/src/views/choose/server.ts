// What the view and `nonlin lab` say to each other: src/nonlin/lab/server.
import { language } from '../../text.svelte';

export interface Guess {
  table: string; // what the server calls it
  name: string;
  data: string;
  task: string;
  kind: string;
  kinds: string[];
  target: string;
  names: string[];
  score: string;
  notes: string[];
  command: string;
}

export interface Place {
  label: string;
  rate: number;
  score: number | null; // of networks that diverged there is none
  half_width: number | null;
  rounds: number;
  stopped: boolean;
  leader: boolean;
}

export interface Told {
  choice: string;
  table: string;
  state: 'running' | 'finished' | 'stopped' | 'failed';
  done?: number;
  total?: number;
  ranking: Place[];
  error?: string;
  said?: string[]; // from here on: where there is an answer
  points?: string[];
  recommended?: string;
  score?: string;
  model?: boolean;
}

export type Refused = { error: string };
export interface Wishes {
  table: string;
  target?: string;
  task?: string;
  quick?: boolean;
}

async function posted<T>(path: string, body: BodyInit): Promise<T | Refused> {
  const answer = await fetch(path, { method: 'POST', body });
  return (await answer.json()) as T | Refused;
}

export const drop = (file: File): Promise<Guess | Refused> =>
  posted(`api/table?${new URLSearchParams({ name: file.name, lang: language() })}`, file);

export const guess = (wishes: Wishes): Promise<Guess | Refused> =>
  posted(`api/guess?lang=${language()}`, JSON.stringify(wishes));

export const report = (choice: string): string => `api/report/${choice}?lang=${language()}`;
export const model = (choice: string): string => `api/model/${choice}`;

export async function choices(): Promise<Told[]> {
  return (await (await fetch(`api/choices?lang=${language()}`)).json()) as Told[];
}

export interface Line {
  say: (what: object) => void;
  close: () => void;
}

/** A line to the server, on which a choice is told as it happens. */
export function openLine(told: (news: Told | Refused) => void, lost: () => void): Line {
  const { host, pathname } = new URL('api/choose', location.href);
  const socket = new WebSocket(`ws://${host}${pathname}`);
  const open = new Promise((resolve) => { socket.onopen = resolve; });
  socket.onmessage = (event) => told(JSON.parse(String(event.data)) as Told | Refused);
  socket.onclose = lost;
  return {
    say: (what) => void open.then(() => socket.send(JSON.stringify({ ...what, lang: language() }))),
    close() {
      socket.onclose = null;
      socket.close();
    },
  };
}
