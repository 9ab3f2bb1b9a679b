import assert from 'node:assert/strict';
import type { CompletionMeasures } from '#protocol';
import { completionTable } from '../../../server/src/cli/completion-table';
import { sampleMeasures } from '../api/sample-state';

const used: Partial<CompletionMeasures> = {
  requests: 23,
  answered: { screen: 9, cache: 2, flight: 1, engine: 4 },
  shown: 7,
  accepted: 2,
  first_token_ms: { p50: 18.2, p95: 195 },
  total_ms: { p50: 236, p95: 399.6 },
  tokens: { reused: 140, evaluated: 210, generated: 50, wasted: 10 },
};

describe('completion table', () => {
  const rows: [what: string, changes: Partial<CompletionMeasures>, row: RegExp][] = [
    ['that nothing is sent anywhere', {}, /^Completions .* never sent anywhere\.\n/],
    ['requests', used, /^ {2}Requests +23, 16 with a suggestion$/m],
    [
      'where suggestions came from',
      used,
      /the screen 9, the cache 2, a generation under way 1, a new one 4$/m,
    ],
    ['how many cost nothing', used, /^ {2}Without the engine +75%$/m],
    ['what was accepted', used, /^ {2}Shown +7, accepted 2 \(29%\)$/m],
    ['times', used, /^ {2}First token +half within 18 ms, 95% within 195 ms$/m],
    ['all of the time', used, /^ {2}Whole answer +half within 236 ms, 95% within 400 ms$/m],
    ['what the KV cache saved', used, /^ {2}Prompt tokens +350, 40% of them found in the KV cache$/m],
    ['what was written for nobody', used, /^ {2}Written tokens +50, 20% of them never shown$/m],
    ['that all is well', used, /^ {2}Speed +as it should be$/m],
    [
      'that it is slow, and what helps',
      { ...used, slow: true },
      /^ {2}Speed +slow: half .* 1\.5 s\. A smaller/m,
    ],
    [
      '"—", not 0, for what is not known yet',
      {},
      /engine +—\n.*\n {2}First token +—\n.*—\n(.*\n)*.*Speed +—$/,
    ],
  ];
  for (const [what, changes, row] of rows)
    it(`shows ${what}`, () => assert.match(completionTable(sampleMeasures(changes)), row));
});
