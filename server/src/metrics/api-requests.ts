/** What programs asked for over HTTP, how it ended, and what it cost. */
import { Counter, type Registry } from 'prom-client';
import type { ApiObserver } from './index';
import type { Times } from './times';

export function addApiRequests(registry: Registry, times: Times): ApiObserver {
  const requests = new Counter({
    name: 'vramesh_api_requests_total',
    help: 'Requests to a model, by route and by how they ended: ok, refused, busy, unavailable, failed, or gone.',
    labelNames: ['route', 'outcome'],
    registers: [registry],
  });
  const tokens = new Counter({
    name: 'vramesh_api_tokens_total',
    help: 'Tokens of prompts that were reused from the KV cache or evaluated, and tokens that were generated.',
    labelNames: ['kind'],
    registers: [registry],
  });
  for (const kind of ['reused', 'evaluated', 'generated']) tokens.inc({ kind }, 0);
  return {
    answered: (route, outcome) => requests.inc({ route, outcome }),
    generated({ reused_tokens, evaluated_tokens, generated_tokens, ...stats }, waitedMs) {
      tokens.inc({ kind: 'reused' }, reused_tokens);
      tokens.inc({ kind: 'evaluated' }, evaluated_tokens);
      tokens.inc({ kind: 'generated' }, generated_tokens);
      if (stats.queue_ms !== null) times.waited(waitedMs + stats.queue_ms);
      if (stats.first_token_ms !== null) times.firstToken(stats.first_token_ms);
      if (stats.tokens_per_second !== null) times.decoded(stats.tokens_per_second);
    },
  };
}
