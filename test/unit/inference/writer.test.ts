import assert from 'node:assert/strict';
import type { TokenLogprob } from '#protocol';
import { createWriter } from '../../../server/src/inference/engine/writer';

/** Each token is its text. */
function write(tokens: readonly string[], stops: readonly string[]) {
  const sent: [text: string, told: string[]][] = [];
  const characters = { push: (token: string) => token, end: () => '' };
  const writer = createWriter<string>(characters, stops, (text, logprobs) =>
    sent.push([text, logprobs.map(({ token }) => token)]),
  );
  for (const token of tokens) writer.push(token, { token, logprob: -1, top: [] } satisfies TokenLogprob);
  writer.end();
  return { sent, stoppedBy: writer.stoppedBy };
}

describe('what is told of tokens', () => {
  it('comes with their text', () => {
    assert.deepEqual(write(['a', 'b'], []).sent, [
      ['a', ['a']],
      ['b', ['b']],
    ]);
  });

  it('waits as long as the text does', () => {
    assert.deepEqual(write(['a', 'E', 'N', 'x'], ['END']).sent, [
      ['a', ['a']],
      ['ENx', ['E', 'N', 'x']],
    ]);
  });

  it('is left out with what a stop text cuts; a token that is cut in the middle is told', () => {
    assert.deepEqual(write(['a', 'bE', 'ND'], ['END']), {
      sent: [
        ['a', ['a']],
        ['b', ['bE']],
      ],
      stoppedBy: 'END',
    });
  });
});
