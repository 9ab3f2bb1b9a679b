/** Loaded by the extension host of the editor under test: runs the test files beside it with mocha. */
import { readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** VS Code waits for this and ends with its result. */
export async function run(): Promise<void> {
  const results = process.env.VRAMESH_TEST_RESULTS;
  const { default: Mocha } = await import('mocha'); // an ECMAScript module, which `require` in VS Code does not load
  const mocha = new Mocha({
    ui: 'bdd',
    timeout: 60_000,
    color: false,
    forbidOnly: true,
    forbidPending: true,
  });
  for (const file of readdirSync(__dirname).sort()) {
    if (file.endsWith('.test.js')) mocha.addFile(path.join(__dirname, file));
  }
  await new Promise<void>((resolve, reject) => {
    const failures: { title: string; message: string }[] = [];
    const runner = mocha.run((failed) => {
      const passed = runner.stats?.passes ?? 0;
      if (results) writeFileSync(results, JSON.stringify({ passed, failures }));
      if (failed === 0) resolve();
      else reject(new Error(`${failed} of ${passed + failed} tests failed`));
    });
    runner.on('fail', (test, error: Error) =>
      failures.push({ title: test.fullTitle(), message: error.message }),
    );
  });
}
