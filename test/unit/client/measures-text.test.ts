import assert from 'node:assert/strict';
import type { CompletionMeasures } from '#protocol';
import { measuresLines } from '../../../client/src/text/measures-text';
import { sampleMeasures } from '../api/sample-state';

const times = { first_token_ms: { p50: 18.2, p95: 195 }, total_ms: { p50: 236.4, p95: 399 } };

describe('measures in the tooltip', () => {
  const rows: [what: string, changes: Partial<CompletionMeasures>, lines: string[]][] = [
    ['nothing before the first suggestion', { requests: 3 }, []],
    [
      'all of it',
      { shown: 7, accepted: 2, answered: { screen: 9, cache: 2, flight: 1, engine: 4 }, ...times },
      ['Completions: 7 shown, 2 accepted · 75% without the engine · first token 18 ms · whole 236 ms'],
    ],
    [
      'no times while the engine was not asked',
      { shown: 1, answered: { screen: 0, cache: 1, flight: 0, engine: 0 } },
      ['Completions: 1 shown, 0 accepted · 100% without the engine'],
    ],
  ];
  for (const [what, changes, lines] of rows)
    it(what, () => assert.deepEqual(measuresLines(sampleMeasures(changes)), lines));
});
