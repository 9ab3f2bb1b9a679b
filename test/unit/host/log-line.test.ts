import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type LogLine, openLog } from '../../../server/src/log';

describe('a line of the log', () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'vm-'));
  after(() => rmSync(folder, { recursive: true }));

  it('keeps its words and what went wrong, and nothing that commands a terminal', async () => {
    const { logger, onLine } = await openLog({ folder, level: undefined, terminal: false });
    const lines: LogLine[] = [];
    onLine((line) => lines.push(line));
    logger.warn({ err: new Error('no room') }, 'model \u001b]0;mine\u0007\u009b2J is\nhere');
    assert.deepEqual(lines, [{ level: 'warn', text: 'model �]0;mine��2J is\nhere: no room' }]);
  });
});
