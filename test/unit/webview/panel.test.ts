/** What VS Code's side of the page rests on: the pace of updates, the document, the check of what the page sends. */
import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { pageActionSchema } from '#protocol';
import { paced } from '../../../client/src/panel/paced';
import { pageHtml } from '../../../client/src/panel/page-html';

describe('the pace of updates', () => {
  let runs = 0;
  const update = paced(1000, () => {
    runs += 1;
  });
  beforeEach(() => {
    runs = 0;
    mock.timers.enable({ apis: ['setTimeout'] });
  });
  afterEach(() => {
    update.cancel();
    mock.timers.reset();
  });

  it('shows the first change at once and the last of many at the end of the second', () => {
    for (let change = 0; change < 5; change += 1) update.run();
    assert.equal(runs, 1);
    mock.timers.tick(999);
    assert.equal(runs, 1);
    mock.timers.tick(1);
    assert.equal(runs, 2);
  });

  it('does nothing when nothing changed, and nothing after its end', () => {
    update.run();
    mock.timers.tick(10_000);
    assert.equal(runs, 1);
    update.run();
    update.run();
    update.cancel();
    mock.timers.tick(10_000);
    assert.equal(runs, 2);
  });
});

describe('the document of the page', () => {
  const html = pageHtml({ script: 'page:/a.js', style: 'page:/a.css', cspSource: 'page:', nonce: 'n0nce' });
  const policy = /Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1] ?? '';

  it('lets nothing run or load but its own script and style', () => {
    assert.match(policy, /^default-src 'none';/);
    assert.match(policy, /script-src 'nonce-n0nce';/);
    assert.doesNotMatch(policy, /unsafe|\*|https?:/);
  });
});

describe('what a page may ask for', () => {
  const cases: [unknown, boolean][] = [
    [{ type: 'models' }, true],
    [{ type: 'previews', model_id: 'tiny', wishes: {} }, true],
    [{ type: 'previews', model_id: 'tiny', wishes: { context_size: 8192, role: 'chat' } }, true],
    [{ type: 'previews', model_id: 'tiny', wishes: { context_size: 1e9 } }, false],
    [{ type: 'previews', model_id: 'tiny', wishes: { kv_cache_type: 'f64' } }, false],
    [{ type: 'previews', model_id: 'tiny' }, false],
    [{ type: 'previews', model_id: '', wishes: {} }, false],
    [{ type: 'previews', model_id: 'm'.repeat(4097), wishes: {} }, false],
    [{ type: 'place', model_id: 'tiny', preview_id: 'cpu', wishes: {} }, true],
    [{ type: 'place', model_id: 'tiny', wishes: {} }, false],
    [{ type: 'place', model_id: ['tiny'], preview_id: 'cpu', wishes: {} }, false],
    [{ type: 'pauseDownload', download_id: 'a' }, true],
    [{ type: 'resumeDownload', download_id: 'a' }, true],
    [{ type: 'discardDownload', download_id: '' }, false],
    [{ type: 'discardDownload', source: 'https://example.com/a.gguf' }, false],
    [{ type: 'placeOther' }, true],
    [{ type: 'invite' }, true],
    [{ type: 'leave' }, false],
    [{ type: 'unplace', instance_id: 'a' }, true],
    [{ type: 'unplace' }, false],
    [{ type: 'unplace', instance_id: 'a'.repeat(257) }, false],
    [{ type: 'unplace', instance_id: { toString: 'x' } }, false],
    [{ type: 'workbench.action.quit' }, false],
    ['place', false],
    [null, false],
  ];
  for (const [message, accepted] of cases) {
    it(`${accepted ? 'takes' : 'refuses'} ${JSON.stringify(message)?.slice(0, 60)}`, () => {
      assert.equal(pageActionSchema.safeParse(message).success, accepted);
    });
  }
});
