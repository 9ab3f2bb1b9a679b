/** A way into the API: how its connections are secured, and who may ask through it. */
import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http';

export interface Door {
  /** PEM. null: plain HTTP. */
  readonly tls: { readonly key: string; readonly cert: string } | null;
  readonly maxConnections: number;
  readonly maxPerAddress: number;
  judge(request: IncomingMessage): Verdict;
}

/** What is to be answered at once, before a route is looked for; nothing: the request passes. */
export interface Verdict {
  /** Of every answer to this request. */
  readonly headers: OutgoingHttpHeaders;
  readonly answer?: { readonly status: number; readonly refusal: Refusal | null };
}

export interface Refusal {
  readonly message: string;
  /** What programs may tell it by, as OpenAI spells it. */
  readonly code: string | null;
}

/** Every value that was sent: `request.headers` keeps only the first of several. */
export function headerValues(request: IncomingMessage, name: string): readonly string[] {
  return request.headersDistinct[name] ?? [];
}

/** What others sent, as it may stand in an answer. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}…` : text);
}
