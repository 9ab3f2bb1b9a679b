/** Somebody types, and a real host with the embedded model completes: what must hold at every key. */
import assert from 'node:assert/strict';
import { cleanUp, startHost } from '../../support/host';
import {
  createProbe,
  generationsFor,
  type HostReport,
  mostAtOnce,
  numbersOf,
  type Played,
  play,
  readTraces,
} from '../../support/typing';
import { assertSound } from '../../unit/completion/sound';

/** Quicker than anybody types, so that keys come in the midst of everything. */
const SPEED = 2;

describe('host: somebody types', () => {
  const traces = readTraces();
  let played: readonly Played[];
  let report: HostReport;

  before(async () => {
    const probe = createProbe();
    const host = await startHost({ env: probe.env });
    const windows = await Promise.all(traces.map(() => host.lsp()));
    await windows[0]?.stateIs('a ready model', ({ instances: [only] }) => only?.state === 'ready');
    const begin = Date.now();
    played = await Promise.all(
      windows.map((window, index) => {
        const trace = traces[index];
        if (trace === undefined) throw new Error('There are as many windows as traces.');
        return play(window, trace, { speed: SPEED });
      }),
    );
    const { completions } = await host.state();
    await host.stop();
    report = probe.report(begin);
    for (const line of numbersOf(played, report, completions)) console.log(`      ${line}`);
  });
  after(cleanUp);

  it('what is on the screen stays as it is while it is typed', () => {
    assert.deepEqual(
      played.flatMap(({ flicker }) => flicker),
      [],
    );
  });

  it('at least six of ten keys need no engine', () => {
    const keys = played.reduce((sum, each) => sum + each.keys, 0);
    const asked = generationsFor(report);
    assert.ok(asked <= 0.4 * keys, `${asked} generations for ${keys} keys`);
  });

  it('what is offered keeps what stands around it, and has no special token', () => {
    const offers = played.flatMap((each) => each.offers);
    assert.ok(offers.length > traces.length, 'something is offered');
    for (const { document, start, end, text } of offers) {
      const typed = document.text.slice(start, document.cursor);
      assert.ok(text.startsWith(typed), `${JSON.stringify(text)} begins with what was typed of it`);
      assertSound(
        { text: document.text, offset: document.cursor },
        { id: 0, insertText: text.slice(typed.length), start: document.cursor, end },
        JSON.stringify(text),
      );
    }
  });

  it('one generation at a time for each document', () => {
    assert.equal(mostAtOnce(report), 1);
  });
});
